"""The worker: claims accounts with due work, some at a time, and sleeps until it is woken or the next due time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.postgres.database import DATABASE_ERRORS, Pool
from chassis.postgres.wakeup import Listener
from chassis.work_loop import WorkLoop
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.reconciler.auditor import Auditor
from trakt_sync.reconciler.importer import Importer
from trakt_sync.reconciler.leaver import Leaver
from trakt_sync.reconciler.outage import OutageWatch
from trakt_sync.reconciler.reconcile import Reconciler
from trakt_sync.store import connections, imports, mirrors, work_queue
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.breaker import Breaker

log = structlog.get_logger()

SOON: Final = timedelta(milliseconds=100)
MIN_SLEEP: Final = timedelta(milliseconds=2)
MAX_SLEEP: Final = timedelta(seconds=5)
"""A notification and the next due time end a sleep earlier."""


@dataclass(slots=True)
class Worker:
    """Serves accounts until cancelled.

    Args:
        concurrency: accounts served at a time.
    """

    pool: Pool
    accounts: AccountStore
    reconciler: Reconciler
    importer: Importer
    auditor: Auditor
    leaver: Leaver
    outage: OutageWatch
    breaker: Breaker
    listener: Listener
    now: Clock
    concurrency: int = 16
    _loop: WorkLoop = field(init=False)

    def __post_init__(self) -> None:
        self._loop = WorkLoop(
            "accounts with work", self.now, concurrency=self.concurrency, max_sleep=MAX_SLEEP, min_sleep=MIN_SLEEP
        )

    async def check(self) -> None:
        """Raise when the worker has not looked for work for long."""
        await self._loop.check()

    async def run(self) -> None:
        """Serve until cancelled; steps in hand are ended first."""
        await self._loop.run(self._round, self.listener)

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        now = self.now()
        if self.breaker.is_open:
            return min(await self.outage.watch(now), MAX_SLEEP)
        if self.breaker.has_recovered:
            await work_queue.resume(self.pool, now)
            reached(KillPoint.WAITING_RESUMED)
            await imports.resume(self.pool, now)
            self.breaker.resumed()
        free = self._loop.free
        if free == 0:
            return MAX_SLEEP
        claimed = await self.accounts.claim(now, free)
        for account in claimed:
            self._loop.start(self._serve(account), name=f"serve {account.user_id}")
        if claimed:
            return SOON  # what is due at once ends the sleep; others may fall due meanwhile
        return self._loop.until(await self.accounts.next_due())

    async def serve(self, account: Account) -> datetime | None:
        """Take a claimed account's next step and give the account back; return when more of it is due.

        Raises:
            LeaseLostError: the account has another holder; nothing was recorded.
        """
        if account.has_import and await self.importer.serve(account):
            return self.now()
        if account.has_unchecked:
            await connections.check_lists(self.pool, account, self.now())
            reached(KillPoint.LISTS_CHECKED)
        if await self.leaver.serve(account):
            return None
        if account.is_audit_due or account.is_history_due:
            await self.auditor.serve(account)
            return self.now()
        return await self.reconciler.serve(account)

    async def _serve(self, account: Account) -> datetime | None:
        """Serve an account; return when more of it is due: meanwhile, it was due no sooner than at its lease's end."""
        renewing = asyncio.create_task(self._keep_lease(account), name=f"lease {account.user_id}")
        try:
            return await self.serve(account)
        except LeaseLostError:
            log.warning("lease_lost", user_id=account.user_id)
        except Exception as exc:  # a defect: this list waits, the others go on
            log.exception("step_failed", user_id=account.user_id, error=repr(exc))
            with suppress(*DATABASE_ERRORS):  # then the lease runs out by itself
                if account.has_import:  # it was put off when it was taken
                    await self.accounts.release(account)
                else:
                    await mirrors.postpone(self.pool, account, self.now())
        finally:
            renewing.cancel()
        return None

    async def _keep_lease(self, account: Account) -> None:
        while True:
            await asyncio.sleep(self.accounts.lease_for.total_seconds() / 3)
            try:
                await self.accounts.renew(account, self.now())
            except DATABASE_ERRORS as exc:
                log.warning("lease_not_renewed", user_id=account.user_id, error=repr(exc))
