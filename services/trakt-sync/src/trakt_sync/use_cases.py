"""What is recorded when something is wanted: desired states, and accounts."""

from datetime import datetime
from uuid import UUID

import structlog

from chassis import outbox
from chassis.postgres import Connection, Pool
from chassis.telemetry import current_traceparent
from trakt_sync import store_left_behind, store_mirrors, store_wanted
from trakt_sync.accounts import Account, Import, Vault
from trakt_sync.mirror import Job, Progress
from trakt_sync.plan import Desired, Details
from trakt_sync.record import SOURCE, save_step
from trakt_sync.steps import deleted, left_behind, taken_up
from trakt_sync.store_accounts import Switch, connect_account, identify_account
from watchbuddy_contracts import EVENTS, ListDeleted, ListState, TraktAccountConnected

log = structlog.get_logger()


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
    """Save a user's account and let his lists go on: where they are, or on the other Trakt account if it is one."""
    async with pool.acquire() as connection, connection.transaction():
        if switch := await connect_account(connection, vault, user_id, given, now):
            await _move(connection, user_id, switch, now)
        event = TraktAccountConnected(user_id=user_id, trakt_user=given.trakt_user)
        await outbox.append(connection, event, source=SOURCE, now=now)


async def identify(pool: Pool, account: Account, trakt_id: str | None, now: datetime) -> bool:
    """Save whose a claimed account's tokens are; return whether its lists go on on another Trakt account.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    async with pool.acquire() as connection, connection.transaction():
        switch = await identify_account(connection, account, trakt_id)
        if switch:
            await _move(connection, account.user_id, switch, now)
        return switch is not None


async def _move(connection: Connection, user_id: str, switch: Switch, now: datetime) -> None:
    """Begin the lists anew on another Trakt account, but for those that are there from an earlier time."""
    log.warning("trakt_account_changed", user_id=user_id)
    for job in await store_mirrors.live(connection, user_id):
        await store_left_behind.leave(connection, job, switch.before)
        await save_step(connection, job, left_behind(job, now), now)
    for job, trakt_list_id, entries in await store_left_behind.take_up(connection, user_id, switch.after):
        await save_step(connection, job, taken_up(job, trakt_list_id, entries, now), now)


async def _end_deletion(connection: Connection, event: ListDeleted, progress: Progress, now: datetime) -> None:
    desired = Desired(is_present=False, details=Details(event.title, ""))
    job = Job(event.list_id, event.user_id, event.version, desired, progress)
    await save_step(connection, job, deleted(job), now)


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
