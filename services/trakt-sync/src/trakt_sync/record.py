"""The record of a step: progress, ledger, account and events, in one transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from uuid_utils.compat import uuid7

from chassis import outbox
from chassis.postgres import Connection, Pool
from trakt_sync import outcomes, steps, store_left_behind, store_mirrors
from trakt_sync.accounts import Account
from trakt_sync.mirror import AccountChange, Job, Result
from trakt_sync.steps import Policy, Step
from watchbuddy_contracts import TraktListCreated, TraktListDeleted, TraktSyncFailed

log = structlog.get_logger()

SOURCE: Final = "/trakt-sync"


async def record_step(
    pool: Pool,
    account: Account,
    job: Job,
    step: Step,
    now: datetime,
    policy: Policy,
    *,
    next_write_at: datetime | None = None,
) -> Step:
    """Record a step of a claimed account's list and give the account back.

    Returns: the step with the events that were told: of a version that is no longer wanted, no failure is.

    Raises:
        LeaseLostError: the account has another holder; nothing was recorded.
    """
    ids = [uuid7() for _ in step.events]
    result = None
    if step.has_result:
        event = step.events[-1]
        result = Result(job.version, event.ce_type, event.model_dump(mode="json"), ids[-1])
    async with pool.acquire() as connection, connection.transaction():
        for event in step.events:
            if isinstance(event, TraktListCreated):
                await _release(connection, event, now, policy)
        is_current = await store_mirrors.record(
            connection,
            account,
            job,
            step.progress,
            result=result,
            next_write_at=next_write_at,
            change=step.account or AccountChange(),
        )
        await store_mirrors.save_ledger(connection, job, step.change, now)
        if any(isinstance(event, TraktListDeleted) for event in step.events):
            await store_mirrors.unpark_limited(connection, account.user_id, now)
        told = [
            (event, event_id)
            for event, event_id in zip(step.events, ids, strict=True)
            if is_current or not isinstance(event, TraktSyncFailed)
        ]
        events = tuple(event for event, _ in told)
        if events:
            event_ids = [event_id for _, event_id in told]
            await outbox.append(connection, *events, source=SOURCE, now=now, event_ids=event_ids)
    return replace(step, events=events)


async def save_step(connection: Connection, job: Job, step: Step, now: datetime) -> None:
    """Save a step that needs neither a call nor the lease, in the caller's transaction, which has the row locked."""
    ids = await outbox.append(connection, *step.events, source=SOURCE, now=now, traceparent=job.traceparent)
    result = None
    if step.has_result:
        event = step.events[-1]
        result = Result(job.version, event.ce_type, event.model_dump(mode="json"), ids[-1])
    await store_mirrors.save_progress(connection, job, step.progress, result)
    await store_mirrors.save_ledger(connection, job, step.change, now)


async def _release(connection: Connection, made: TraktListCreated, now: datetime, policy: Policy) -> None:
    """Take a new Trakt list's id from whoever had it: a Trakt that lost its state gives its ids again."""
    for other in await store_mirrors.holders(connection, made.trakt_list_id, besides=made.list_id):
        log.warning("trakt_list_id_given_again", list_id=other.list_id, trakt_list_id=made.trakt_list_id)
        gone = outcomes.gone(other, now, policy) if other.desired.is_present else steps.deleted(other)
        await save_step(connection, other, gone, now)
    await store_left_behind.forget(connection, made.trakt_list_id)
