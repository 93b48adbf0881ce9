"""Routes of a list's sync runs."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from chassis.http.paging import PageQuery
from lists_api.errors import ListNotFoundError, RunNotFoundError
from lists_api.http.dependencies import PREFIX, Caller, IfMatch, ListId
from lists_api.http.documentation import ABSENT, CANCEL, CHANGE, DECIDE, LOCATION, START, with_headers
from lists_api.http.json_route import users_router
from lists_api.http.schemas.etags import versions
from lists_api.http.schemas.queries import RunTitlesQuery, SyncAllQuery, SyncQuery
from lists_api.http.schemas.run_responses import (
    RunOut,
    RunsOut,
    RunsStartedOut,
    RunStartedOut,
    RunTitlesOut,
)
from lists_api.runs.domain.run import Demand
from lists_api.store import runs as store
from lists_api.store.held_titles import read_held_titles
from lists_api.store.names import read_names

router: Final = users_router("runs", prefix=PREFIX)


_STARTED: Final = with_headers(202, "The run is queued, or one that has not ended yet was joined.", LOCATION)


@router.post("/sync", status_code=202, responses=START)
async def start_all(caller: Caller, query: Annotated[SyncAllQuery, Query()]) -> RunsStartedOut:
    """Start a sync run of each of your lists."""
    demand = Demand("manual", query.force_full)
    started = await caller.runs.start_all(caller.user_id, demand, due_only=query.due_only)
    return RunsStartedOut(runs=[RunStartedOut.of(list_id, run_id) for list_id, run_id in sorted(started.items())])


@router.post("/{list_id}/sync", status_code=202, responses=CHANGE | START | _STARTED)
async def start_sync(
    caller: Caller,
    list_id: ListId,
    query: Annotated[SyncQuery, Query()],
    response: Response,
    if_match: IfMatch = None,
) -> RunStartedOut:
    """Start a sync run. The run of a manual list sends it to Trakt if it is not there."""
    run_id = await caller.runs.start(caller.user_id, list_id, query.demand, if_match=versions(if_match))
    return _started(list_id, run_id, response)


@router.get("/{list_id}/runs", responses=ABSENT)
async def read_runs(caller: Caller, list_id: ListId, query: Annotated[PageQuery, Query()]) -> RunsOut:
    """Read a page of the list's sync runs, newest first."""
    page = await store.read_runs(
        caller.runs.pool, list_id, user_id=caller.user_id, limit=query.limit, offset=query.offset
    )
    if page is None:
        raise ListNotFoundError(list_id)
    found, total = page
    return RunsOut(runs=[RunOut.of(run) for run in found], page=query.page, limit=query.limit, total=total)


@router.get("/{list_id}/runs/{run_id}", responses=ABSENT)
async def read_run(caller: Caller, list_id: ListId, run_id: UUID) -> RunOut:
    """Read a sync run."""
    run = await store.read_run(caller.runs.pool, list_id, run_id, user_id=caller.user_id)
    if run is None:
        raise RunNotFoundError(list_id, run_id)
    return RunOut.of(run)


@router.get("/{list_id}/runs/{run_id}/titles", responses=ABSENT)
async def read_run_titles(
    caller: Caller, list_id: ListId, run_id: UUID, query: Annotated[RunTitlesQuery, Query()]
) -> RunTitlesOut:
    """Read a page of the titles that a held run would take off the list, or put on it. Other runs have none."""
    page = await read_held_titles(
        caller.runs.pool,
        list_id,
        run_id,
        query.change,
        user_id=caller.user_id,
        limit=query.limit,
        offset=query.offset,
    )
    if page is None:
        raise RunNotFoundError(list_id, run_id)
    found, total = page
    return RunTitlesOut.of(await read_names(caller.runs.pool, found), query, total)


@router.post("/{list_id}/runs/{run_id}/cancel", responses=ABSENT | CANCEL)
async def cancel_run(caller: Caller, list_id: ListId, run_id: UUID) -> RunOut:
    """Cancel a sync run that has not ended yet. The list stays as it is."""
    return RunOut.of(await caller.runs.cancel(caller.user_id, list_id, run_id))


@router.post("/{list_id}/runs/{run_id}/approve", status_code=202, responses=ABSENT | DECIDE | _STARTED)
async def approve_run(caller: Caller, list_id: ListId, run_id: UUID, response: Response) -> RunStartedOut:
    """Approve a held run. The list is run anew, whatever that removes."""
    return _started(list_id, await caller.runs.approve(caller.user_id, list_id, run_id), response)


@router.post("/{list_id}/runs/{run_id}/reject", responses=ABSENT | DECIDE)
async def reject_run(caller: Caller, list_id: ListId, run_id: UUID) -> RunOut:
    """Reject a held run. The list keeps its items until its next run."""
    return RunOut.of(await caller.runs.reject(caller.user_id, list_id, run_id))


def _started(list_id: int, run_id: UUID, response: Response) -> RunStartedOut:
    answer = RunStartedOut.of(list_id, run_id)
    response.headers["Location"] = answer.status_url
    return answer
