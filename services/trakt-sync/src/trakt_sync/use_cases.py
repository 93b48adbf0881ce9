"""What is recorded when something is wanted: desired states, and accounts."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from chassis import outbox
from chassis.postgres import Connection, Pool
from chassis.telemetry import current_traceparent
from contracts import EVENTS, ListDeleted, ListState, TraktAccountConnected
from trakt_sync import store_mirrors, store_wanted
from trakt_sync.accounts import Account, Import, Vault
from trakt_sync.mirror import Job, Progress, Result
from trakt_sync.plan import Desired, Details
from trakt_sync.steps import Step, deleted, left_behind
from trakt_sync.store_accounts import connect_account, identify_account

log = structlog.get_logger()

SOURCE: Final = "/trakt-sync"


async def record_state(pool: Pool, event: ListState, now: datetime) -> bool:
    """Record what is wanted of a list; return whether there is anything to tell: work, or an event in the outbox."""
    async with pool.acquire() as connection, connection.transaction():
        if await store_wanted.want(connection, event, now, current_traceparent()):
            return True
        return await _repeat_result(connection, event, now)


async def record_deletion(pool: Pool, event: ListDeleted, now: datetime) -> bool:
    """Record that a list is not wanted any more. What never came to Trakt is gone at once, account or not."""
    async with pool.acquire() as connection, connection.transaction():
        progress = await store_wanted.want_gone(connection, event, now, current_traceparent())
        if progress is None:
            return await _repeat_result(connection, event, now)
        if progress.trakt_list_id is None and progress.intent is None:
            await _end_deletion(connection, event, progress, now)
        return True


async def connect(pool: Pool, vault: Vault, user_id: str, given: Import, now: datetime) -> None:
    """Save a user's account and let his lists go on: where they are, or anew when it is another Trakt account."""
    async with pool.acquire() as connection, connection.transaction():
        if await connect_account(connection, vault, user_id, given, now):
            await _begin_anew(connection, user_id, now)
        event = TraktAccountConnected(user_id=user_id, trakt_user=given.trakt_user)
        await outbox.append(connection, event, source=SOURCE, now=now)


async def identify(pool: Pool, account: Account, trakt_id: str | None, now: datetime) -> bool:
    """Save whose a claimed account's tokens are; return whether its lists begin anew, on another Trakt account.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    async with pool.acquire() as connection, connection.transaction():
        is_another = await identify_account(connection, account, trakt_id)
        if is_another:
            await _begin_anew(connection, account.user_id, now)
        return is_another


async def _begin_anew(connection: Connection, user_id: str, now: datetime) -> None:
    log.warning("trakt_account_changed", user_id=user_id)
    for job in await store_mirrors.live(connection, user_id):
        await _save(connection, job, left_behind(job, now), now)


async def _end_deletion(connection: Connection, event: ListDeleted, progress: Progress, now: datetime) -> None:
    desired = Desired(is_present=False, details=Details(event.title, ""))
    job = Job(event.list_id, event.user_id, event.version, desired, progress)
    await _save(connection, job, deleted(job), now)


async def _save(connection: Connection, job: Job, step: Step, now: datetime) -> None:
    """Save a step that needs no call; its event, if any, is the version's result."""
    result = None
    for event in step.events:
        (event_id,) = await outbox.append(connection, event, source=SOURCE, now=now, traceparent=job.traceparent)
        result = Result(job.version, event.ce_type, event.model_dump(mode="json"), event_id)
    await store_mirrors.save_progress(connection, job, step.progress, result)
    await store_mirrors.save_ledger(connection, job, step.change, now)


async def _repeat_result(connection: Connection, event: ListState | ListDeleted, now: datetime) -> bool:
    """Send the last result again under its own id when the state of its very version comes again (a republish).

    Whoever missed the result learns of it; all others know its id.
    """
    last = await store_wanted.last_result(connection, event.list_id)
    if last is None or last.result is None or last.result.event_id is None:
        return False
    if not event.version == last.version == last.result.version:
        return False
    model = EVENTS[last.result.ce_type]
    again = model.model_validate(last.result.payload)
    event_ids: list[UUID] = [last.result.event_id]
    await outbox.append(connection, again, source=SOURCE, now=now, event_ids=event_ids)
    return True
