"""Routes of lists."""

from typing import Annotated, Final

from fastapi import Query, Response

from lists_api.errors import ListNotFoundError
from lists_api.http.dependencies import PREFIX, Caller, IfMatch, IfNoneMatch, Key, ListId
from lists_api.http.documentation import ABSENT, CHANGE, EDIT, ETAG, LOCATION, NEW_LIST, with_headers
from lists_api.http.json_route import users_router
from lists_api.http.schemas.etags import etag_of, is_known, versions
from lists_api.http.schemas.queries import ListsQuery
from lists_api.http.schemas.requests import ListIn, ListPatch
from lists_api.http.schemas.responses import ListOut, ListsOut
from lists_api.lists.domain import changes
from lists_api.lists.domain.summary import ListSummary
from lists_api.lists.idempotency import IdempotencyKey
from lists_api.store import views

router: Final = users_router("lists", prefix=PREFIX)


@router.post("", status_code=201, responses=NEW_LIST | with_headers(201, "The list was made.", ETAG, LOCATION))
async def create_list(caller: Caller, response: Response, body: ListIn, idempotency_key: Key = None) -> ListOut:
    """Make a list."""
    key = None
    if idempotency_key is not None:
        key = IdempotencyKey(idempotency_key, body.fingerprint(), keep=caller.settings.idempotency_retention)
    summary = await caller.cases.create(
        caller.user_id, body.to_properties(), body.to_titles(), key, may_repeat=body.allow_duplicate
    )
    response.headers["Location"] = f"{PREFIX}/{summary.list_id}"
    return _read(summary, response)


@router.get("")
async def read_lists(caller: Caller, query: Annotated[ListsQuery, Query()]) -> ListsOut:
    """Read a page of the caller's lists, newest first."""
    page, total = await views.read_lists(
        caller.cases.pool, user_id=caller.user_id, mirrored=query.mirrored, limit=query.limit, offset=query.offset
    )
    return ListsOut(lists=[ListOut.of(one) for one in page], page=query.page, limit=query.limit, total=total)


@router.get(
    "/{list_id}",
    response_model=ListOut,
    responses=ABSENT
    | with_headers(200, "The list.", ETAG)
    | with_headers(304, "The reader has it already: `If-None-Match` names its ETag.", ETAG),
)
async def read_list(
    caller: Caller, list_id: ListId, response: Response, if_none_match: IfNoneMatch = None
) -> ListOut | Response:
    """Read a list without its items."""
    summary = await views.read_list(caller.cases.pool, list_id, user_id=caller.user_id)
    if summary is None:
        raise ListNotFoundError(list_id)
    etag = etag_of(summary)
    if is_known(if_none_match, etag):
        return Response(status_code=304, headers={"ETag": etag})
    return _read(summary, response)


@router.patch("/{list_id}", responses=CHANGE | EDIT | with_headers(200, "The list after the change.", ETAG))
async def edit_list(
    caller: Caller, list_id: ListId, body: ListPatch, response: Response, if_match: IfMatch = None
) -> ListOut:
    """Change properties of a list."""
    changed = await caller.cases.edit(
        caller.user_id, list_id, body.applied_to, if_match=versions(if_match), may_repeat=body.allow_duplicate
    )
    return _read(changed.summary_now, response)


@router.delete("/{list_id}", status_code=204, responses=CHANGE)
async def delete_list(caller: Caller, list_id: ListId, if_match: IfMatch = None) -> None:
    """Delete a list, here and on Trakt."""
    await caller.cases.change(caller.user_id, list_id, changes.delete, if_match=versions(if_match))


def _read(summary: ListSummary, response: Response) -> ListOut:
    response.headers["ETag"] = etag_of(summary)
    return ListOut.of(summary)
