"""The audit of a claimed account: one reading of its lists, and what is recorded of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.outbox import outbox
from chassis.postgres.database import Pool
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.session import Session
from trakt_sync.errors import AppRefusedError, TokenRefusedError, TraktError
from trakt_sync.mirroring.audit import Audit, audited
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.policy import Policy
from trakt_sync.reconciler.reauthorization import end_imports
from trakt_sync.store import audits, mirrors
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker
from watchbuddy_contracts import TraktReauthorizationRequired

log = structlog.get_logger()

AFTER_A_FAILURE: Final = timedelta(minutes=10)
"""An audit that failed is tried again then, or when Trakt says."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """Audits accounts.

    Args:
        watched: returns the client for a user's account; the breaker counts its responses.
        wake_relay: called when there are events in the outbox.
        every: between two audits of an account.
        jitter: gives a number from 0 to 1.
    """

    pool: Pool
    accounts: AccountStore
    watched: Callable[[str], Trakt]
    breaker: Breaker
    wake_relay: Callable[[], None]
    policy: Policy
    every: timedelta
    now: Clock
    jitter: Callable[[], float]

    async def serve(self, account: Account) -> bool:
        """Audit the account and give it back. False: nobody knows yet whose it is; it is kept.

        Raises:
            LeaseLostError: the account has another holder; nothing was recorded.
        """
        if not account.is_identified:
            return False
        session = Session(account, self.accounts, self.watched(account.user_id), now=self.now, jitter=self.jitter)
        try:
            if await session.freshen() is not None:
                return False  # its lists' next step says what ends with it
            found = await self._audit(session)
        except TokenRefusedError:
            return await self._renewed(session)
        except TraktError as error:
            await self._failed(session, error)
            return True
        await self._record(session.account, found)
        return True

    async def _audit(self, session: Session) -> Audit:
        known, began_at = await audits.mirrors_of(self.pool, session.account), self.now()
        if not known:
            return Audit(())
        lists = await session.trakt.read_lists(session.token)
        owned = await mirrors.owned(self.pool, (one.trakt_list_id for one in lists.lists))
        return audited(known, lists, owned, began_at, self.policy)

    async def _record(self, account: Account, found: Audit) -> None:
        now = self.now()
        audit_at = now + self.every if found.again_at is None else max(now, found.again_at)
        async with self.pool.acquire() as connection, connection.transaction():
            await audits.record(connection, account, found.findings, now, audit_at)
        if any(finding.events for finding in found.findings):
            self.wake_relay()
        moved = [finding.mirror.list_id for finding in found.findings if finding.is_due or finding.events]
        if moved:
            log.info("lists_moved_on_trakt", user_id=account.user_id, list_ids=moved)

    async def _failed(self, session: Session, error: TraktError) -> None:
        if isinstance(error, AppRefusedError) and self.breaker.refused(self.now(), error.retry_after):
            log.error("trakt_app_refused", error=error.detail)
        log.info("audit_failed", user_id=session.account.user_id, error=error.detail)
        now = self.now()
        audit_at = now + max(AFTER_A_FAILURE, error.retry_after or AFTER_A_FAILURE)
        async with self.pool.acquire() as connection, connection.transaction():
            await audits.record(connection, session.account, (), now, audit_at)

    async def _renewed(self, session: Session) -> bool:
        """Renew refused tokens. An account whose tokens cannot be renewed waits for its user, who is told."""
        try:
            change = await session.renew_refused()
        except TraktError as error:
            await self._failed(session, error)
            return True
        now = self.now()
        async with self.pool.acquire() as connection, connection.transaction():
            if change.needs_reauthorization:
                await end_imports(connection, session.account.user_id, now)
                told = TraktReauthorizationRequired(user_id=session.account.user_id)
                await outbox.append(connection, told, source=SOURCE, now=now)
            audit_at = max(now, change.blocked_until or now)
            await audits.record(connection, session.account, (), now, audit_at)
            await audits.change_account(connection, session.account, change)
        if change.needs_reauthorization:
            self.wake_relay()
        return True
