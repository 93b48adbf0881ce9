"""What is recorded from outside the reconciler: desired states and imports from Kafka, and accounts."""

from datetime import datetime
from typing import Final

from uuid_utils.compat import uuid7

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from chassis.telemetry.trace_context import TraceContext
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.token_import import Import
from trakt_sync.accounts.vault import Vault
from trakt_sync.mirroring.list_import import ListImport, failure
from trakt_sync.store import connections, desired_lists, imports, mirrors, results, work_queue
from watchbuddy_contracts import (
    ListDeleted,
    ListState,
    ReadFailureReason,
    TraktAccountConnected,
    TraktImportRequested,
    TraktListDeleted,
    TraktListRead,
    TraktListReadFailed,
)

SOURCE: Final = "/trakt-sync"
"""CloudEvents source of this service's events."""


async def record_state(pool: Pool, event: ListState, now: datetime) -> bool:
    """Record a list's desired state; return whether there is work, or an event in the outbox."""
    async with pool.acquire() as connection, connection.transaction():
        if await desired_lists.want(connection, event, now, TraceContext.current().to_text()):
            return True
        return await _repeat_result(connection, event, now)


async def record_deletion(pool: Pool, event: ListDeleted, now: datetime) -> bool:
    """Record that a list is not wanted any more; return whether there is work, or an event in the outbox.

    What never came to Trakt is gone at once, account or not. The lock on the list's row keeps a worker from beginning
    its creation meanwhile (see `steps.BEGIN_WRITE`).
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await desired_lists.want_absent(connection, event, now, TraceContext.current().to_text()):
            return await _repeat_result(connection, event, now)
        if await mirrors.is_on_trakt(connection, event.list_id, event.user_id):
            await work_queue.enqueue(connection, event.list_id, now)
            return True
        await work_queue.remove(connection, event.list_id)
        deleted = TraktListDeleted(
            user_id=event.user_id, list_id=event.list_id, version=event.version, title=event.title
        )
        event_id = uuid7()
        await outbox.append(connection, deleted, source=SOURCE, now=now, event_ids=[event_id])
        await results.save(connection, event.list_id, event.version, deleted, event_id)
        return True


async def connect(pool: Pool, vault: Vault, user_id: str, given: Import, now: datetime) -> None:
    """Save a user's account. Their lists go on where they are, or on the other Trakt account if it is one."""
    async with pool.acquire() as connection, connection.transaction():
        await connections.connect_account(connection, vault, user_id, given, now)
        event = TraktAccountConnected(user_id=user_id, trakt_user=given.trakt_user, vip=given.is_vip)
        await outbox.append(connection, event, source=SOURCE, now=now)


async def record_import(pool: Pool, event: TraktImportRequested, now: datetime) -> bool:
    """Record that a list on Trakt is to be read; return whether there is work, or an event in the outbox.

    Without an account that Trakt can be asked with, the answer is sent at once. A request that comes again gets the
    answer again, under its own id: whoever missed it learns of it.
    """
    job = ListImport(
        event.import_id,
        event.user_id,
        event.trakt_list,
        event.owner,
        now,
        trace_context=TraceContext.current().to_text(),
    )
    async with pool.acquire() as connection, connection.transaction():
        state = await imports.account_state(connection, event.user_id, now)
        is_done = state != "connected"
        if await imports.add(connection, job, is_done=is_done):
            if is_done:
                reason: ReadFailureReason = "auth" if state == "reauthorization_required" else "not_connected"
                await answer_import(connection, job, failure(job, reason), now)
            return True
        answer = await imports.load_answer(connection, event.import_id)
        if answer is None:
            return False
        await outbox.append(connection, answer[0], source=SOURCE, now=now, event_ids=[answer[1]])
        return True


async def answer_import(
    connection: Connection, job: ListImport, answer: TraktListRead | TraktListReadFailed, now: datetime
) -> None:
    """Send an import's answer, in the caller's transaction. The one that ends it is kept."""
    event_id = uuid7()
    trace = job.trace_context
    await outbox.append(connection, answer, source=SOURCE, now=now, event_ids=[event_id], traceparent=trace)
    if isinstance(answer, TraktListRead) or answer.retry_at is None:
        await imports.save_answer(connection, job.import_id, answer, event_id)


async def identify(pool: Pool, account: Account, trakt_id: str | None, now: datetime) -> None:
    """Save whose a claimed account's tokens are.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connections.identify_account(connection, account, trakt_id, now)


async def _repeat_result(connection: Connection, event: ListState | ListDeleted, now: datetime) -> bool:
    """Send the last result again under its own id when the state of its very version comes again (a republish).

    Whoever missed the result learns of it. All others know its id.
    """
    result = await results.load(connection, event.list_id, event.version)
    if result is None:
        return False
    await outbox.append(connection, result.event, source=SOURCE, now=now, event_ids=[result.event_id])
    return True
