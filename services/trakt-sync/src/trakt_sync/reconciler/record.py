"""The record of a step: progress, ledger, account, queue and events, in one transaction."""

from dataclasses import replace
from datetime import datetime

import structlog
from uuid_utils.compat import uuid7

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.job import Change, Step
from trakt_sync.mirroring.list_responses import gone
from trakt_sync.mirroring.policy import Policy
from trakt_sync.reconciler.reauthorization import end_imports
from trakt_sync.store import ledger, mirrors, results, steps, work_queue
from trakt_sync.store.rows import StoredJob
from trakt_sync.use_cases import SOURCE
from watchbuddy_contracts import (
    TraktListCreated,
    TraktListDeleted,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)

log = structlog.get_logger()


async def record(
    pool: Pool,
    account: Account,
    stored: StoredJob,
    step: Step,
    now: datetime,
    policy: Policy,
    *,
    next_write_at: datetime | None = None,
) -> Change:
    """Record a step of a claimed account's list and give the account back.

    Returns: the change with the events that were sent. Of a version that is not wanted any more, no failure is.

    Raises:
        LeaseLostError: the account has another holder; nothing was recorded.
    """
    change = step.change
    async with pool.acquire() as connection, connection.transaction():
        for event in change.events:
            if isinstance(event, TraktListCreated):
                await _take_from_holder(connection, event.trakt_list_id, stored, now, policy)
        is_current = await steps.record(connection, account, stored, step, next_write_at=next_write_at)
        if any(isinstance(event, TraktListDeleted) for event in change.events):
            await work_queue.resume_limited(connection, account.user_id, now)
        if change.account.needs_reauthorization:
            change = replace(change, events=(*change.events, TraktReauthorizationRequired(user_id=account.user_id)))
            await end_imports(connection, account.user_id, now)
        if not is_current:
            change = _without_failures(change)
        await _save(connection, stored, change, now)
    return change


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
    await steps.save(connection, other, step.change.progress)
    if step.next.due_at is not None:
        await work_queue.enqueue(connection, other.job.list_id, now)
    await _save(connection, other, step.change, now)


async def _save(connection: Connection, stored: StoredJob, change: Change, now: datetime) -> None:
    """Save the ledger's change and send the events. The result is kept, so that it can be sent again under its id."""
    job = stored.job
    await ledger.save(connection, stored.mirror_id, change.ledger, now)
    if not change.events:
        return
    ids = [uuid7() for _ in change.events]
    trace = job.trace_context
    if change.result is None:
        await outbox.append(connection, *change.events, source=SOURCE, now=now, event_ids=ids, traceparent=trace)
        return
    result = results.Result(ids[change.events.index(change.result)], change.result)
    sent = outbox.to_parameters(change.events, ids, source=SOURCE, now=now, traceparent=trace)
    await results.send_and_save(connection, job.list_id, job.version, result, sent)
