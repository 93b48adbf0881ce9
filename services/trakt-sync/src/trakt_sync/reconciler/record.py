"""The record of a step: progress, ledger, account, queue and events, in one statement, or in one transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.job import Change, Job, Step
from trakt_sync.mirroring.list_responses import gone
from trakt_sync.mirroring.policy import Policy
from trakt_sync.reconciler.reauthorization import give_up
from trakt_sync.store import mirrors, steps, work_queue
from trakt_sync.store.rows import StoredJob
from watchbuddy_contracts import (
    Event,
    TraktListCreated,
    TraktListDeleted,
    TraktSynced,
    TraktSyncFailed,
)

log = structlog.get_logger()

WITH_OTHERS: Final = (TraktListCreated, TraktListDeleted)
"""Events that mean something for other lists too: their steps are more than one statement."""


async def record(
    pool: Pool,
    account: Account,
    stored: StoredJob,
    step: Step,
    now: datetime,
    policy: Policy,
    *,
    next_write_at: datetime | None = None,
) -> tuple[Change, datetime | None]:
    """Record a step of a claimed account's list and give the account back.

    Returns: the change with the events that were sent (of a version that is not wanted any more, no failure is), and
        when the account can be claimed again.

    Raises:
        LeaseLostError: the account has another holder; nothing was recorded.
    """
    change = step.change
    makes_room = account.has_limited and (_left_a_place(stored.job, change) or any(map(_made_room, change.events)))
    if makes_room or change.account.needs_reauthorization or any(isinstance(one, WITH_OTHERS) for one in change.events):
        async with pool.acquire() as connection, connection.transaction():
            await _take_from_holders(connection, stored, change, now, policy)
            recorded = await steps.record(connection, account, stored, step, now, next_write_at=next_write_at)
            reached(KillPoint.RECORD_SAVED)
            await _tell_others(connection, account, change, now)
            if makes_room:
                await _resume_limited(connection, account, now, besides=stored.job.list_id)
            reached(KillPoint.RECORD_TOLD)
    else:
        recorded = await steps.record(pool, account, stored, step, now, next_write_at=next_write_at)
    return (change if recorded.is_current else _without_failures(change)), recorded.claim_at


async def _take_from_holders(
    connection: Connection, stored: StoredJob, change: Change, now: datetime, policy: Policy
) -> None:
    for event in change.events:
        if isinstance(event, TraktListCreated):
            await _take_from_holder(connection, event.trakt_list_id, stored, now, policy)


async def _tell_others(connection: Connection, account: Account, change: Change, now: datetime) -> None:
    """Do what a step means for other lists, and for the user's imports."""
    if any(isinstance(event, TraktListDeleted) for event in change.events):
        await _resume_limited(connection, account, now)
    if change.account.needs_reauthorization:
        await give_up(connection, account, now)


async def _resume_limited(connection: Connection, account: Account, now: datetime, *, besides: int = 0) -> None:
    await work_queue.resume_limited(
        connection, account.user_id, now, besides=besides, trakt_account=account.trakt_account
    )


def _made_room(event: Event) -> bool:
    return isinstance(event, TraktSynced) and event.removed > event.added


def _left_a_place(job: Job, change: Change) -> bool:
    """Return whether the account has a Trakt list less, and this list does not make another."""
    progress = change.progress
    return progress.former_ids != job.progress.former_ids and progress.recreated_version != job.version


def _without_failures(change: Change) -> Change:
    """Return the change of a version that is not wanted any more."""
    sent = tuple(event for event in change.events if not isinstance(event, TraktSyncFailed))
    return replace(change, events=sent, result=change.result if change.result in sent else None)


async def _take_from_holder(
    connection: Connection, trakt_list_id: int, made: StoredJob, now: datetime, policy: Policy
) -> None:
    """Take a new Trakt list's id from whoever had it: a Trakt that lost its state gives its ids again."""
    other = await mirrors.holder(connection, trakt_list_id, besides=made.mirror_id)
    if other is None:
        return
    log.warning("trakt_list_id_given_again", list_id=other.job.list_id, trakt_list_id=trakt_list_id)
    step = advance(other.job, gone(other.job), now, policy)
    await steps.save(connection, other, step.change, now)
    if step.next.due_at is not None:
        await work_queue.enqueue(connection, other.job.list_id, now)
