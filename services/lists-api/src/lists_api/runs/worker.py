"""The worker: queues runs of lists that are due, takes runs, some at a time, and sleeps until there is more to do."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from chassis.clock import Clock
from chassis.health import StuckError
from chassis.postgres.database import DATABASE_ERRORS, Pool, is_away
from chassis.postgres.wakeup import Listener
from lists_api.runs.domain.run import Lease
from lists_api.runs.runner import RunLostError, Runner
from lists_api.store import run_queue

log = structlog.get_logger()

CHANNEL: Final = "sync_run"
"""The channel of the workers. Wake it after a commit that queued a run or left a list due."""
DUE_AT_A_TIME: Final = 300
MIN_SLEEP: Final = timedelta(milliseconds=20)
AFTER_A_DEFECT: Final = timedelta(seconds=1)
STUCK_AFTER: Final = timedelta(seconds=30)
"""Beyond the longest sleep."""


async def queue_due(pool: Pool, *, new_id: Callable[[], UUID], now: datetime) -> int:
    """Queue a run of every list that is due and that no other scheduler has in hand. Return how many lists."""
    total = 0
    while True:
        count = await run_queue.queue_due(pool, [new_id() for _ in range(DUE_AT_A_TIME)], now=now)
        total += count
        if count < DUE_AT_A_TIME:
            return total


@dataclass(slots=True)
class Worker:
    """Schedules and carries out runs until cancelled. There may be any number, in any number of processes.

    Args:
        concurrency: runs at a time.
        max_sleep: a notification and the next due time end a sleep earlier.
    """

    pool: Pool
    runner: Runner
    listener: Listener
    now: Clock
    concurrency: int = 4
    max_sleep: timedelta = timedelta(seconds=30)
    _wake: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _last_round: datetime | None = field(init=False, default=None)

    async def check(self) -> None:
        """Raise when the worker has not looked for work for long."""
        if self._last_round is None or self.now() - self._last_round > self.max_sleep + STUCK_AFTER:
            raise StuckError("the worker has not looked for runs")

    async def run(self) -> None:
        """Work until cancelled. Runs in hand are ended first."""
        listening = asyncio.create_task(self._listen(), name="listen runs")
        try:
            while True:
                self._wake.clear()
                try:
                    sleep = await self._round()
                except Exception as exc:  # noqa: BLE001 - Postgres away, or a defect: neither may end the worker
                    log.error("round_failed", error=repr(exc))  # noqa: TRY400
                    sleep = AFTER_A_DEFECT
                with suppress(TimeoutError):
                    async with asyncio.timeout(sleep.total_seconds()):
                        await self._wake.wait()
        finally:
            listening.cancel()
            if self._running:
                await asyncio.wait(self._running, timeout=5)
            for task in self._running:
                task.cancel()

    async def work_off(self) -> None:
        """Queue what is due, and carry out one run after another until none waits."""
        await queue_due(self.pool, new_id=self.runner.new_id, now=self.now())
        while leases := await self._claim(1):
            await self._carry_out(leases[0])

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        self._last_round = self.now()
        await queue_due(self.pool, new_id=self.runner.new_id, now=self.now())
        free = self.concurrency - len(self._running)
        leases = await self._claim(free) if free else []
        for lease in leases:
            task = asyncio.create_task(self._carry_out(lease), name=f"run {lease.run_id}")
            self._running.add(task)
            task.add_done_callback(self._ended)
        if len(self._running) >= self.concurrency:
            return self.max_sleep  # the first run that ends, ends the sleep
        due_at = await run_queue.next_due(self.pool)
        return self.max_sleep if due_at is None else max(MIN_SLEEP, min(self.max_sleep, due_at - self.now()))

    async def _claim(self, limit: int) -> list[Lease]:
        now = self.now()
        return await run_queue.claim_runs(self.pool, limit=limit, now=now, until=now + self.runner.lease_for)

    async def _carry_out(self, lease: Lease) -> None:
        try:
            await self.runner.carry_out(lease)
        except RunLostError:
            log.info("run_lost", run_id=str(lease.run_id))
        except Exception as exc:
            if is_away(exc):  # the lease runs out, and then the run is taken again
                log.warning("run_interrupted", run_id=str(lease.run_id), error=repr(exc))
                return
            log.exception("run_failed", run_id=str(lease.run_id), list_id=lease.list_id, error=repr(exc))
            with suppress(RunLostError, *DATABASE_ERRORS):
                await self.runner.fail(lease)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._wake.set()

    async def _listen(self) -> None:
        while True:
            if await self.listener.wait(self.max_sleep):
                self._wake.set()
