"""The audit of a claimed account: one reading of its lists, and what is recorded of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.postgres.database import Pool
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.session import Session
from trakt_sync.errors import AccountLockedError, TokenRefusedError, TraktError
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.audit import Audit, Mirror, audited
from trakt_sync.mirroring.failures import LOCKED_FOR
from trakt_sync.mirroring.job import NO_ACCOUNT_CHANGE, AccountChange
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.remote import RemoteLists
from trakt_sync.reconciler.account_settings import read_settings
from trakt_sync.reconciler.history import HistoryReader
from trakt_sync.reconciler.reauthorization import give_up
from trakt_sync.reconciler.recover import Recovery
from trakt_sync.store import audits, mirrors, watched
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.use_cases import identify

log = structlog.get_logger()

AFTER_A_FAILURE: Final = timedelta(minutes=10)
"""An audit that failed is tried again then, or when Trakt says."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """Audits accounts.

    Args:
        watched: returns the client for a user's account; the breaker counts its responses.
        recovery: tells whether a 403 was for our application.
        history: reads what the user watched.
        wake_relay: called when there are events in the outbox.
        every: between two audits of an account.
        jitter: gives a number from 0 to 1.
    """

    pool: Pool
    accounts: AccountStore
    watched: Callable[[str], Trakt]
    recovery: Recovery
    history: HistoryReader
    wake_relay: Callable[[], None]
    policy: Policy
    every: timedelta
    now: Clock
    jitter: Callable[[], float]

    async def serve(self, account: Account) -> None:
        """Audit the account, or look at its history alone, and give it back. Where nobody knows
        yet whose it is, that is asked, and it is due again.

        Raises:
            LeaseLostError: the account has another holder; nothing was recorded.
        """
        began_at = self.now()
        session = Session(account, self.accounts, self.watched(account.user_id), now=self.now, jitter=self.jitter)
        try:
            if (blocked := await session.freshen()) is not None:
                await self._changed(session, blocked)
            elif not account.is_identified:
                settings = await session.trakt.read_settings(session.token)
                await identify(self.pool, session.account, settings, self.now())
                await self._changed(session, NO_ACCOUNT_CHANGE)
            else:
                await self._look(session, began_at)
        except TokenRefusedError:
            await self._renewed(session)
        except TraktError as error:
            await self._failed(session, error)

    async def _look(self, session: Session, began_at: datetime) -> None:
        """Look at what is due: the lists and the history, or the history alone."""
        if not session.account.is_audit_due:
            await self.history.read(session)
            await self.accounts.release(session.account)
            return
        if session.account.are_settings_due(self.now()):
            await read_settings(self.pool, session, self.now)
        found = await self._audit(session)
        await self.history.read(session)
        reached(KillPoint.AUDIT_READ)
        await self._record(session.account, found, began_at)

    async def _audit(self, session: Session) -> Audit:
        known, began_at = await audits.mirrors_of(self.pool, session.account), self.now()
        if not known:
            return Audit(())
        lists = await _read_lists(session, known)
        owned = await mirrors.owned(self.pool, (one.trakt_list_id for one in lists.lists))
        return audited(known, lists, owned, began_at, self.policy)

    async def _record(self, account: Account, found: Audit, began_at: datetime) -> None:
        now = self.now()
        audit_at = now + self.every if found.again_at is None else max(now, found.again_at)
        async with self.pool.acquire() as connection, connection.transaction():
            await audits.record(connection, account, found.findings, now, began_at=began_at, audit_at=audit_at)
        reached(KillPoint.AUDIT_RECORDED)
        if any(finding.events for finding in found.findings):
            self.wake_relay()
        moved = [finding.mirror.list_id for finding in found.findings if finding.is_due or finding.events]
        if moved:
            log.info("lists_moved_on_trakt", user_id=account.user_id, list_ids=moved)

    async def _failed(self, session: Session, error: TraktError) -> None:
        await self.recovery.note_refusal(session, error)
        log.info("audit_failed", user_id=session.account.user_id, error=error.detail)
        until = None if not error.retry_after else self.now() + error.retry_after
        change = AccountChange(until, None if until is None else "rate_limited", refusals=session.account.refusals)
        if isinstance(error, AccountLockedError):
            until = max(self.now() + LOCKED_FOR, until or self.now())
            change = AccountChange(until, "account_locked")
        await self._changed(session, change, after=AFTER_A_FAILURE)

    async def _renewed(self, session: Session) -> None:
        """Renew refused tokens."""
        try:
            change = await session.renew_refused()
        except TraktError as error:
            await self._failed(session, error)
        else:
            await self._changed(session, change)

    async def _changed(self, session: Session, change: AccountChange, *, after: timedelta = timedelta(0)) -> None:
        """Give the account back, to be looked at after that. One whose tokens cannot be renewed waits for its user."""
        now, account = self.now(), session.account
        again_at = max(now + after, change.blocked_until or now)
        audit_at = again_at if account.is_audit_due else None
        async with self.pool.acquire() as connection, connection.transaction():
            if account.is_history_due:
                await watched.put_off(connection, account, again_at)
            await audits.record(connection, account, (), now, began_at=now, audit_at=audit_at)
            await audits.change_account(connection, account, change)
            if change.needs_reauthorization:
                await give_up(connection, account, now)
        if change.needs_reauthorization:
            self.wake_relay()


async def _read_lists(session: Session, known: Sequence[Mirror]) -> RemoteLists:
    """Ask for what tells of these mirrors: the account's lists, the watchlist's stamp, or both."""
    lists = RemoteLists(())
    if any(not one.job.is_on_watchlist or one.progress.drift.lost_creations for one in known):
        lists = await session.trakt.read_lists(session.token)
    if any(one.job.is_on_watchlist for one in known):
        lists = replace(lists, watchlist=await session.trakt.show_watchlist(session.token))
    return lists
