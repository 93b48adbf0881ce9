"""The record of a step: progress, ledger, account, queue and events, in one transaction."""

from dataclasses import replace
from datetime import datetime

import structlog
from uuid_utils.compat import uuid7

from chassis import outbox
from chassis.postgres import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.job import Job, Step
from trakt_sync.mirroring.list_responses import gone
from trakt_sync.mirroring.policy import Policy
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
) -> Step:
    """Record a step of a claimed account's list and give the account back.

    Returns: the step with the events that were sent. Of a version that is not wanted any more, no failure is.

    Raises:
        LeaseLostError: the account has another holder; nothing was recorded.
    """
    job = stored.job
    async with pool.acquire() as connection, connection.transaction():
        for event in step.events:
            if isinstance(event, TraktListCreated):
                await _take_from_holder(connection, event.trakt_list_id, stored, now, policy)
        is_current = await steps.record(connection, account, stored, step, next_write_at=next_write_at)
        await _save_ledger(connection, stored, step, now)
        if any(isinstance(event, TraktListDeleted) for event in step.events):
            await work_queue.resume_limited(connection, account.user_id, now)
        if step.account.needs_reauthorization:
            step = replace(step, events=(*step.events, TraktReauthorizationRequired(user_id=account.user_id)))
        if not is_current:
            step = _overtaken(step)
        await _send(connection, job, step, now)
    return step


def _overtaken(step: Step) -> Step:
    """Return the step of a version that is not wanted any more."""
    sent = tuple(event for event in step.events if not isinstance(event, TraktSyncFailed))
    return replace(step, events=sent, result=None if isinstance(step.result, TraktSyncFailed) else step.result)


async def _take_from_holder(
    connection: Connection, trakt_list_id: int, made: StoredJob, now: datetime, policy: Policy
) -> None:
    """Take a new Trakt list's id from whoever had it: a Trakt that lost its state gives its ids again."""
    other = await mirrors.holder(connection, trakt_list_id, besides=made.mirror_id)
    if other is None:
        return
    log.warning("trakt_list_id_given_again", list_id=other.job.list_id, trakt_list_id=trakt_list_id)
    step = advance(other.job, gone(other.job), now, policy)
    await steps.save(connection, other, step.progress)
    await _save_ledger(connection, other, step, now)
    if step.next.due_at is not None:
        await work_queue.enqueue(connection, other.job.list_id, now)
    await _send(connection, other.job, step, now)


async def _save_ledger(connection: Connection, stored: StoredJob, step: Step, now: datetime) -> None:
    if stored.mirror_id is not None:
        await ledger.save(connection, stored.mirror_id, step.ledger, now)


async def _send(connection: Connection, job: Job, step: Step, now: datetime) -> None:
    """Write the step's events to the outbox, and keep the result, so that it can be sent again under its id."""
    ids = {id(event): uuid7() for event in step.events}
    if step.events:
        await outbox.append(
            connection, *step.events, source=SOURCE, now=now, event_ids=list(ids.values()), traceparent=job.traceparent
        )
    if step.result is not None:
        await results.save(connection, job.list_id, job.version, step.result, ids[id(step.result)])
