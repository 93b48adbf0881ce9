"""Routes of a list's sync runs."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.problems import documented
from lists_api.errors import RunNotFoundError
from lists_api.http.dependencies import PREFIX, Caller, Cases, IfMatch, ListId
from lists_api.http.json_route import JsonRoute
from lists_api.http.schemas.etags import versions
from lists_api.http.schemas.queries import SyncQuery
from lists_api.http.schemas.run_responses import RunOut, RunStartedOut
from lists_api.store import runs

router: Final = APIRouter(prefix=PREFIX, route_class=JsonRoute)


@router.post("/{list_id}/sync", status_code=202, responses=documented(404, 412))
async def start_sync(
    user_id: Caller,
    cases: Cases,
    list_id: ListId,
    query: Annotated[SyncQuery, Query()],
    response: Response,
    if_match: IfMatch = None,
) -> RunStartedOut:
    run_id = await cases.sync(user_id, list_id, trigger=query.trigger, if_match=versions(if_match))
    status_url = f"{PREFIX}/{list_id}/runs/{run_id}"
    response.headers["Location"] = status_url
    return RunStartedOut(run_id=run_id, status_url=status_url)


@router.get("/{list_id}/runs/{run_id}", responses=documented(404))
async def read_run(user_id: Caller, cases: Cases, list_id: ListId, run_id: UUID) -> RunOut:
    summary = await runs.read_run(cases.pool, list_id, run_id, user_id=user_id)
    if summary is None:
        raise RunNotFoundError(list_id, run_id)
    return RunOut.of(summary)
