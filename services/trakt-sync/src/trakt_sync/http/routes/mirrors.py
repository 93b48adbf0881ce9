"""How a user's lists are on Trakt, and what would be sent."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from fastapi import Path, Query

from chassis.clock import utc_now
from chassis.http.problem_kinds import NotFound, documented
from chassis.postgres.database import Pool
from trakt_sync import use_cases
from trakt_sync.http.dependencies import Caller, Database, ServerSettings, Waits, Wake, users_router
from trakt_sync.http.problems import ListNotFoundError
from trakt_sync.http.schemas.mirrors import ItemsOut, ItemsQuery, MirrorOut
from trakt_sync.http.schemas.plans import PlanOut, PlanQuery
from trakt_sync.mirroring.plan import plan
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.views import MirrorView
from trakt_sync.store import views

T = TypeVar("T")
MAX_ID: Final = 2**63 - 1
MAX_ON_LOOP: Final = 500
"""Titles of a list that is described without a thread: within ten milliseconds."""
ListId = Annotated[int, Path(ge=1, le=MAX_ID)]

router = users_router("lists")


@router.get("/lists/{list_id}", responses=documented(NotFound))
async def read_mirror(
    user_id: Caller, pool: Database, policy: Waits, settings: ServerSettings, list_id: ListId
) -> MirrorOut:
    """Read how one of your lists is on Trakt."""
    return await _described(await _view(pool, user_id, list_id, policy), settings.trakt_site)


@router.get("/lists/{list_id}/items", responses=documented(NotFound))
async def read_mirror_items(
    user_id: Caller, pool: Database, policy: Waits, list_id: ListId, query: Annotated[ItemsQuery, Query()]
) -> ItemsOut:
    """Read a page of its titles, each with its state on Trakt, the reason and what can be done."""
    view = await _view(pool, user_id, list_id, policy)
    return await _aside(view, lambda: ItemsOut.of(view, query))


@router.post("/lists/{list_id}/plan", responses=documented(NotFound))
async def plan_mirror(
    user_id: Caller, pool: Database, policy: Waits, list_id: ListId, query: Annotated[PlanQuery, Query()]
) -> PlanOut:
    """Read what would be sent to Trakt for the list now, or after a change of it. Nothing is sent."""
    view = await _view(pool, user_id, list_id, policy)
    job = query.applied_to(view.job)
    if view.account_state == "disconnecting":
        job = job.leaving()
    return await _aside(view, lambda: PlanOut.of(view, plan(job.desired, job.actual), utc_now()))


@router.post("/lists/{list_id}/retry", status_code=202, responses=documented(NotFound))
async def retry_mirror(
    user_id: Caller, pool: Database, policy: Waits, wake: Wake, settings: ServerSettings, list_id: ListId
) -> MirrorOut:
    """Try the list again, now: what it waits for, titles that Trakt did not know, limits. Trakt is looked at, too.

    What is tried again counts as missing in the answer.
    """
    if not await use_cases.ask(pool, user_id, list_id, utc_now()):
        raise ListNotFoundError(list_id)
    wake()
    return await _described(await _view(pool, user_id, list_id, policy), settings.trakt_site)


@router.post("/lists/{list_id}/audit", status_code=202, responses=documented(NotFound))
async def audit_mirror(
    user_id: Caller, pool: Database, policy: Waits, wake: Wake, settings: ServerSettings, list_id: ListId
) -> MirrorOut:
    """Have it looked at, now, whether anything was changed on Trakt by hand: on the account's other lists as well.

    The answer says how the list is before that.
    """
    view = await _view(pool, user_id, list_id, policy)
    await use_cases.ask_audit(pool, user_id, utc_now())
    wake()
    return await _described(view, settings.trakt_site)


async def _view(pool: Pool, user_id: str, list_id: int, policy: Policy) -> MirrorView:
    view = await views.mirror(pool, user_id, list_id, utc_now(), policy)
    if view is None:
        raise ListNotFoundError(list_id)
    return view


async def _described(view: MirrorView, site: str) -> MirrorOut:
    return await _aside(view, lambda: MirrorOut.of(view, utc_now(), site))


async def _aside(view: MirrorView, describe: Callable[[], T]) -> T:
    """Describe a long list in a thread, so that other requests go on meanwhile: 10,000 titles take 0.2 s."""
    if max(len(view.job.desired.items), len(view.job.entries)) <= MAX_ON_LOOP:
        return describe()
    return await asyncio.to_thread(describe)
