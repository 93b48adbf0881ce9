"""The worker: claims accounts with due work, some at a time, and sleeps until it is woken or the next due time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.health import StuckError
from chassis.postgres.database import DATABASE_ERRORS, Pool
from chassis.postgres.wakeup import Listener
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
AFTER_A_DEFECT: Final = timedelta(seconds=1)
STUCK_AFTER: Final = timedelta(seconds=10)
"""Beyond the longest sleep."""


@dataclass(slots=True)
class Worker:
    """Serves accounts until cancelled.

    Args:
        concurrency: accounts served at a time.
        max_sleep: a notification and the next due time end a sleep earlier.
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
    max_sleep: timedelta = timedelta(seconds=5)
    _wake: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _serving: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _last_round: datetime | None = field(init=False, default=None)

    async def check(self) -> None:
        """Raise when the worker has not looked for work for long."""
        if self._last_round is None or self.now() - self._last_round > self.max_sleep + STUCK_AFTER:
            raise StuckError("the worker has not looked for work")

    async def run(self) -> None:
        """Serve until cancelled; steps in hand are ended first."""
        listening = asyncio.create_task(self._listen(), name="listen work")
        try:
            while True:
                self._wake.clear()
                try:
                    sleep = await self._round()
                except Exception as exc:  # noqa: BLE001 - Postgres away, or a defect: neither may end the worker
                    log.error("round_failed", error=repr(exc))  # noqa: TRY400
                    sleep = AFTER_A_DEFECT
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(sleep.total_seconds(), 0)):
                        await self._wake.wait()
        finally:
            listening.cancel()
            if self._serving:
                await asyncio.wait(self._serving, timeout=5)
            for task in self._serving:
                task.cancel()

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        now = self.now()
        self._last_round = now
        if self.breaker.is_open:
            return min(await self.outage.watch(now), self.max_sleep)
        if self.breaker.has_recovered:
            await work_queue.resume(self.pool, now)
            reached(KillPoint.WAITING_RESUMED)
            await imports.resume(self.pool, now)
            self.breaker.resumed()
        free = self.concurrency - len(self._serving)
        if free == 0:
            return self.max_sleep
        claimed = await self.accounts.claim(now, free)
        for account in claimed:
            task = asyncio.create_task(self._serve(account), name=f"serve {account.user_id}")
            self._serving.add(task)
            task.add_done_callback(self._served)
        if claimed:
            return SOON  # what is due at once ends the sleep; others may fall due meanwhile
        due_at = await self.accounts.next_due()
        return self.max_sleep if due_at is None else max(MIN_SLEEP, min(self.max_sleep, due_at - self.now()))

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

    async def _serve(self, account: Account) -> None:
        renewing = asyncio.create_task(self._keep_lease(account), name=f"lease {account.user_id}")
        try:
            self._wake_at(await self.serve(account))
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

    def _wake_at(self, due_at: datetime | None) -> None:
        """End the sleep then: while the account was served, it was due no sooner than at its lease's end."""
        if due_at is not None and (wait := due_at - self.now()) < self.max_sleep:
            asyncio.get_running_loop().call_later(max(wait.total_seconds(), 0), self._wake.set)

    def _served(self, task: "asyncio.Task[None]") -> None:
        if len(self._serving) == self.concurrency:  # others may have waited for a place
            self._wake.set()
        self._serving.discard(task)

    async def _keep_lease(self, account: Account) -> None:
        while True:
            await asyncio.sleep(self.accounts.lease_for.total_seconds() / 3)
            try:
                await self.accounts.renew(account, self.now())
            except DATABASE_ERRORS as exc:
                log.warning("lease_not_renewed", user_id=account.user_id, error=repr(exc))

    async def _listen(self) -> None:
        while True:
            if await self.listener.wait(self.max_sleep):
                self._wake.set()
