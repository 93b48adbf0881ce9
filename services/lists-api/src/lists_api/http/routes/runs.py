"""Routes of a list's sync runs."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from lists_api.errors import RunNotFoundError
from lists_api.http.dependencies import PREFIX, Caller, Cases, IfMatch, ListId
from lists_api.http.documentation import ABSENT, CHANGE, LOCATION, with_headers
from lists_api.http.json_route import JsonRoute
from lists_api.http.schemas.etags import versions
from lists_api.http.schemas.queries import SyncQuery
from lists_api.http.schemas.run_responses import RunOut, RunStartedOut
from lists_api.store import runs

router: Final = APIRouter(prefix=PREFIX, tags=["runs"], route_class=JsonRoute)


@router.post("/{list_id}/sync", status_code=202, responses=CHANGE | with_headers(202, "The run was started.", LOCATION))
async def start_sync(
    user_id: Caller,
    cases: Cases,
    list_id: ListId,
    query: Annotated[SyncQuery, Query()],
    response: Response,
    if_match: IfMatch = None,
) -> RunStartedOut:
    """Start a sync run. The run of a manual list sends it to Trakt as a new version."""
    run_id = await cases.sync(user_id, list_id, trigger=query.trigger, if_match=versions(if_match))
    status_url = f"{PREFIX}/{list_id}/runs/{run_id}"
    response.headers["Location"] = status_url
    return RunStartedOut(run_id=run_id, status_url=status_url)


@router.get("/{list_id}/runs/{run_id}", responses=ABSENT)
async def read_run(user_id: Caller, cases: Cases, list_id: ListId, run_id: UUID) -> RunOut:
    """Read a sync run."""
    summary = await runs.read_run(cases.pool, list_id, run_id, user_id=user_id)
    if summary is None:
        raise RunNotFoundError(list_id, run_id)
    return RunOut.of(summary)
