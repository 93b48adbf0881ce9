"""The worker: claims accounts with due work, some at a time, and sleeps until the waker or the next due time."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis import outbox
from chassis.health import StuckError
from chassis.postgres import DATABASE_ERRORS, Pool
from chassis.wakeup import Listener, Waker
from trakt_sync import store_mirrors
from trakt_sync.accounts import Account
from trakt_sync.breaker import Breaker
from trakt_sync.errors import (
    AppRefusedError,
    LeaseLostError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.failures import outage
from trakt_sync.reconcile import Reconciler
from trakt_sync.record import SOURCE
from trakt_sync.store_accounts import AccountStore
from trakt_sync.trakt import Trakt

log = structlog.get_logger()

TOLD_AT_ONCE: Final = 100
SOON: Final = timedelta(milliseconds=100)
SHORTEST_SLEEP: Final = timedelta(milliseconds=2)
AFTER_A_DEFECT: Final = timedelta(seconds=1)


class Worker:
    """Serves accounts until cancelled.

    Args:
        concurrency: accounts served at a time.
        look_every: the longest sleep; the waker and the next due time end it earlier.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        pool: Pool,
        accounts: AccountStore,
        reconciler: Reconciler,
        trakt: Trakt,
        breaker: Breaker,
        listener: Listener,
        outbox_waker: Waker,
        now: Callable[[], datetime],
        concurrency: int = 16,
        look_every: timedelta = timedelta(seconds=5),
    ) -> None:
        self._pool = pool
        self._accounts = accounts
        self._reconciler = reconciler
        self._trakt = trakt
        self._breaker = breaker
        self._listener = listener
        self._outbox_waker = outbox_waker
        self._now = now
        self._concurrency = concurrency
        self._look_every = look_every
        self._wake = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()
        self._last_round: datetime | None = None

    async def check(self) -> None:
        """Raise when the worker has not looked for work for long."""
        if self._last_round is None or self._now() - self._last_round > self._look_every + timedelta(seconds=10):
            raise StuckError("the worker has not looked for work")

    async def run(self) -> None:
        """Serve until cancelled; steps in hand are ended first."""
        listening = asyncio.create_task(self._listen(), name="listener work")
        try:
            while True:
                self._wake.clear()
                try:
                    wait = await self._round()
                except Exception as exc:  # noqa: BLE001 - Postgres away, or a defect: neither may end the worker
                    log.error("round_failed", error=repr(exc))  # noqa: TRY400
                    wait = AFTER_A_DEFECT
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(wait.total_seconds(), 0)):
                        await self._wake.wait()
        finally:
            listening.cancel()
            if self._serving:
                await asyncio.wait(self._serving, timeout=5)
            for task in self._serving:
                task.cancel()

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        now = self._now()
        self._last_round = now
        if self._breaker.is_open:
            return await self._wait_for_trakt(now)
        if self._breaker.has_news:
            await store_mirrors.unpark(self._pool, now)
            self._breaker.told()
        free = self._concurrency - len(self._serving)
        if free == 0:
            return self._look_every
        claimed = await self._accounts.claim(now, free)
        for account in claimed:
            task = asyncio.create_task(self._serve(account), name=f"serve {account.user_id}")
            self._serving.add(task)
            task.add_done_callback(self._served)
        if claimed:
            return SOON  # whoever is served first ends the sleep; others may fall due meanwhile
        due_at = await self._accounts.next_due()
        return self._look_every if due_at is None else max(SHORTEST_SLEEP, min(self._look_every, due_at - self._now()))

    async def _serve(self, account: Account) -> None:
        renewing = asyncio.create_task(self._keep_lease(account), name=f"lease {account.user_id}")
        try:
            await self._reconciler.serve(account)
        except LeaseLostError:
            log.warning("lease_lost", user_id=account.user_id)
        except Exception as exc:  # a defect: this list waits, the others go on
            log.exception("step_failed", user_id=account.user_id, error=repr(exc))
            with suppress(*DATABASE_ERRORS):  # then the lease runs out by itself
                await store_mirrors.set_aside(self._pool, account, self._now())
        finally:
            renewing.cancel()

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._serving.discard(task)
        self._wake.set()

    async def _keep_lease(self, account: Account) -> None:
        while True:
            await asyncio.sleep(self._accounts.lease_for.total_seconds() / 3)
            try:
                await self._accounts.renew(account, self._now())
            except DATABASE_ERRORS as exc:
                log.warning("lease_not_renewed", user_id=account.user_id, error=repr(exc))

    async def _listen(self) -> None:
        while True:
            if await self._listener.wait(self._look_every):
                self._wake.set()

    async def _wait_for_trakt(self, now: datetime) -> timedelta:
        if self._breaker.cause == "network" and self._breaker.is_sure:
            await self._tell_outage(now)
        probe_at = self._breaker.probe_at or now
        if now < probe_at:
            return min(probe_at - now, self._look_every)
        tokens = await self._accounts.any_tokens(besides=self._breaker.suspect)
        try:
            if tokens is not None:
                await self._trakt.probe(tokens.access)
        except (TraktUnreachableError, TraktUnavailableError):
            self._breaker.probe_failed(self._now())
            return timedelta(0)
        except AppRefusedError:
            self._breaker.refused(self._now())
            return timedelta(0)
        except TraktError:
            pass  # an answer, whatever it says
        self._breaker.succeeded(self._now())
        log.info("breaker_closed")
        return timedelta(0)

    async def _tell_outage(self, now: datetime) -> None:
        """Tell the users of due lists, once, that Trakt is away."""
        async with self._pool.acquire() as connection, connection.transaction():
            jobs = await store_mirrors.untold(connection, now, TOLD_AT_ONCE)
            for job in jobs:
                step = outage(job)
                await store_mirrors.save_progress(connection, job, step.progress)
                await outbox.append(connection, *step.events, source=SOURCE, now=now, traceparent=job.traceparent)
        if jobs:
            self._outbox_waker.wake()
