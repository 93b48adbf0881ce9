"""Routes of a list's versions."""

from typing import Annotated, Final

from fastapi import Path, Response
from pydantic import BeforeValidator, Field

from lists_api.errors import ListNotFoundError
from lists_api.http.dependencies import MAX_LIST_ID, PREFIX, Caller, IfMatch, ListId, digits
from lists_api.http.documentation import ABSENT, CHANGE, ETAG, RESTORE, with_headers
from lists_api.http.json_route import users_router
from lists_api.http.schemas.etags import etag_of, versions
from lists_api.http.schemas.responses import ListOut
from lists_api.http.schemas.version_responses import VersionOut, VersionsOut
from lists_api.store import versions as store

router: Final = users_router("versions", prefix=PREFIX)
Number = Annotated[int, Field(ge=1, le=MAX_LIST_ID), BeforeValidator(digits), Path()]


@router.get("/{list_id}/versions", responses=ABSENT)
async def read_versions(caller: Caller, list_id: ListId) -> VersionsOut:
    """Read what the last twenty versions of a list changed, and why."""
    known = await store.read_versions(caller.cases.pool, list_id, user_id=caller.user_id)
    if not known and not await store.has_list(caller.cases.pool, list_id, user_id=caller.user_id):
        raise ListNotFoundError(list_id)
    return VersionsOut(versions=[VersionOut.of(one) for one in known])


@router.post(
    "/{list_id}/versions/{version}/restore",
    responses=CHANGE | RESTORE | with_headers(200, "The list after the change.", ETAG),
)
async def restore_version(
    caller: Caller, list_id: ListId, version: Number, response: Response, if_match: IfMatch = None
) -> ListOut:
    """Give a list the items of an earlier version again. A list that fills itself keeps them until its next run."""
    changed = await caller.cases.restore(caller.user_id, list_id, version, if_match=versions(if_match))
    response.headers["ETag"] = etag_of(changed.summary_now)
    return ListOut.of(changed.summary_now)
