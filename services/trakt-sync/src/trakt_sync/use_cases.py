"""What is recorded from outside the reconciler: desired states and imports from Kafka, and accounts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import structlog
from uuid_utils.compat import uuid7

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.token_import import Import
from trakt_sync.accounts.vault import Vault
from trakt_sync.erasing import finish
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.bounds import check
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.list_import import ListImport, failure
from trakt_sync.mirroring.newest import State, Trace, newest
from trakt_sync.mirroring.remote import AccountSettings
from trakt_sync.store import (
    audits,
    connections,
    desired_lists,
    imports,
    leaving,
    logins,
    mirrors,
    results,
    work_queue,
)
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import (
    Event,
    ListDeleted,
    ListState,
    ListSynced,
    ListSyncFailed,
    ListSyncUnchanged,
    ReadFailureReason,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktImportRequested,
    TraktListDeleted,
    TraktListRead,
    TraktListReadFailed,
    is_pseudonym,
)

log = structlog.get_logger()

RUN_ENDS: Final = (ListSynced, ListSyncUnchanged, ListSyncFailed)
"""How a sync run ends. Whoever asked for it wants Trakt to be looked at."""


async def record(pool: Pool, events: Sequence[tuple[Event, Trace]], now: datetime) -> bool:
    """Record what events of lists-api, in their order, want; return whether there is work, or an event in the outbox.

    The states of all lists are one transaction, and so is each deletion and each import. Any of them may be recorded
    again: that changes nothing. Events of one list that name different users are recorded one by one: whose list it is,
    the database tells.

    Raises:
        TooLargeError: an event asks for a larger list than lists are.
    """
    for event, _ in events:
        check(event)
    if _name_different_users(event for event, _ in events):
        return any([await record(pool, [one], now) for one in events])
    states, deletions = newest((event, trace) for event, trace in events if isinstance(event, ListState | ListDeleted))
    is_news = False
    for deletion, trace in deletions:  # first: what a deleted list had may be another's
        is_news |= await record_deletion(pool, deletion, now, trace)
    is_news |= await record_states(pool, states, now)
    reached(KillPoint.STATES_RECORDED)
    for event, trace in events:
        if isinstance(event, TraktImportRequested):
            is_news |= await record_import(pool, event, now, trace)
        elif isinstance(event, RUN_ENDS) and event.trigger == "manual":
            is_news |= await ask(pool, event.user_id, event.list_id, now)
    return is_news


def _name_different_users(events: Iterable[Event]) -> bool:
    owners: dict[int, str] = {}
    return any(
        owners.setdefault(event.list_id, event.user_id) != event.user_id
        for event in events
        if isinstance(event, ListState | ListDeleted)
    )


async def ask(pool: Pool, user_id: str, list_id: int, now: datetime) -> bool:
    """Try again what waits of a list, and compare the account with Trakt: its owner asked for it.

    Returns: False when the user has no such list.
    """
    return await audits.ask(pool, user_id, list_id, now)


async def ask_audit(pool: Pool, user_id: str, now: datetime) -> None:
    """Compare the user's Trakt lists with what we left there."""
    await audits.ask_audit(pool, user_id, now)


async def record_states(pool: Pool, states: Sequence[State], now: datetime) -> bool:
    """Record the desired states of different lists; return whether there is work, or an event in the outbox.

    One statement for all of them, and so one transaction.
    """
    if not states:
        return False
    news = await desired_lists.want(pool, states, now)
    known = [(event, trace) for event, trace in states if event.list_id not in news]
    if known:
        async with pool.acquire() as connection, connection.transaction():
            return await _repeat_results(connection, known, now) or bool(news)
    return bool(news)


async def record_deletion(pool: Pool, event: ListDeleted, now: datetime, trace: Trace) -> bool:
    """Record that a list is not wanted any more; return whether there is work, or an event in the outbox.

    What never came to Trakt is gone at once, account or not. The lock on the list's row keeps a worker from beginning
    its creation meanwhile (see `steps.BEGIN_WRITE`).
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await desired_lists.want_absent(connection, event, now, trace):
            return await _repeat_results(connection, [(event, trace)], now)
        if await mirrors.is_on_trakt(connection, event.list_id, event.user_id):
            await work_queue.enqueue(connection, event.list_id, now)
            return True
        await work_queue.remove(connection, event.list_id)
        deleted = TraktListDeleted(
            user_id=event.user_id, list_id=event.list_id, version=event.version, title=event.title
        )
        event_id = uuid7()
        await outbox.append(connection, deleted, source=SOURCE, now=now, event_ids=[event_id], traceparent=trace)
        await results.save(connection, event.list_id, event.version, deleted, event_id)
        return True


async def connect(pool: Pool, vault: Vault, user_id: str, given: Import, now: datetime) -> None:
    """Save a user's account. Their lists go on where they are, or on the other Trakt account if it is one."""
    async with pool.acquire() as connection, connection.transaction():
        await connect_within(connection, vault, user_id, given, now)


async def connect_within(connection: Connection, vault: Vault, user_id: str, given: Import, now: datetime) -> None:
    """Do the same in the caller's transaction."""
    await connections.connect_account(connection, vault, user_id, given, now)
    event = TraktAccountConnected(user_id=user_id, trakt_user=given.trakt_user, vip=given.is_vip)
    await outbox.append(connection, event, source=SOURCE, now=now)


async def disconnect(pool: Pool, vault: Vault, user_id: str, now: datetime) -> tuple[bool, Tokens | None]:
    """Let a user's account go: its tokens are deleted, logins and imports end. Lists stay, here and on Trakt.

    Returns: whether an account was connected; its tokens, which are to be revoked, if a key opens them.
    """
    async with pool.acquire() as connection, connection.transaction():
        await logins.forget(connection, user_id)
        sealed = await end_account(connection, user_id, now)
        if sealed is None:
            return False, None
        await _abandon_imports(connection, user_id, now)
        return True, connections.opened(vault, sealed)


async def leave(pool: Pool, user_id: str, now: datetime) -> bool:
    """Have a user's lists deleted on Trakt, and the account end then; logins and imports end now. Lists stay here.

    Returns: False when no account is connected that Trakt accepts.
    """
    async with pool.acquire() as connection, connection.transaction():
        await logins.forget(connection, user_id)
        if await leaving.begin(connection, user_id, now):
            await _abandon_imports(connection, user_id, now)
        summary = await leaving.summary(connection, user_id)
        return summary is not None and summary.state == "disconnecting"


async def end_left_account(pool: Pool, account: Account, now: datetime) -> None:
    """End a claimed account of which nothing is left on Trakt.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    async with pool.acquire() as connection, connection.transaction():
        await leaving.hold(connection, account)
        await end_account(connection, account.user_id, now)


async def end_account(connection: Connection, user_id: str, now: datetime) -> connections.SealedTokens | None:
    """Delete an account's tokens and tell what is left on Trakt, in the caller's transaction; return the tokens.

    None: no account was connected. Of an erased user nothing stays.
    """
    if is_pseudonym(user_id):
        await finish(connection, user_id, now)
        return None
    summary = await leaving.summary(connection, user_id)
    sealed = await connections.disconnect_account(connection, user_id)
    if summary is None or sealed is None:
        return None
    told = TraktAccountDisconnected(user_id=user_id, removed_list_ids=summary.removed, lists_left=summary.lists_left)
    await outbox.append(connection, told, source=SOURCE, now=now)
    return sealed


async def _abandon_imports(connection: Connection, user_id: str, now: datetime) -> None:
    for job in await imports.abandon(connection, user_id, now):
        await answer_import(connection, job, failure(job, "not_connected"), now)


async def record_import(pool: Pool, event: TraktImportRequested, now: datetime, trace: Trace) -> bool:
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
        trace_context=trace,
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
        await outbox.append(connection, answer[0], source=SOURCE, now=now, event_ids=[answer[1]], traceparent=trace)
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


async def identify(pool: Pool, account: Account, settings: AccountSettings, now: datetime) -> None:
    """Save whose a claimed account's tokens are, and what it may have.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connections.identify_account(connection, account, settings, now)
    reached(KillPoint.ACCOUNT_IDENTIFIED)


async def _repeat_results(
    connection: Connection, events: Sequence[tuple[ListState | ListDeleted, Trace]], now: datetime
) -> bool:
    """Send the last result again under its own id when the state of its very version comes again (a republish).

    Whoever missed the result learns of it. All others know its id. What names another user than the list's owner is
    logged, and nothing else becomes of it. Returns: whether one was sent.
    """
    foreign = await desired_lists.foreign(connection, [event for event, _ in events])
    for list_id in foreign:
        log.warning("foreign_event_skipped", list_id=list_id)
    events = [(event, trace) for event, trace in events if event.list_id not in foreign]
    found = await results.load(connection, [(event.list_id, event.version) for event, _ in events])
    for event, trace in events:
        if (result := found.get(event.list_id)) is not None:
            ids = [result.event_id]
            await outbox.append(connection, result.event, source=SOURCE, now=now, event_ids=ids, traceparent=trace)
    return bool(found)
