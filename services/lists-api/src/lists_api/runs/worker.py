"""The worker: queues runs of lists that are due, takes runs, some at a time, and sleeps until there is more to do."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from chassis.clock import Clock
from chassis.postgres.database import DATABASE_ERRORS, Pool, is_away
from chassis.postgres.wakeup import Listener
from chassis.work_loop import WorkLoop
from lists_api.runs.domain.run import Lease
from lists_api.runs.runner import RunLostError, Runner
from lists_api.store import run_queue

log = structlog.get_logger()

CHANNEL: Final = "sync_run"
"""The channel of the workers. Wake it after a commit that queued a run or left a list due."""
DUE_AT_A_TIME: Final = 300
MAX_SLEEP: Final = timedelta(seconds=30)
"""A notification and the next due time end a sleep earlier."""


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
    """

    pool: Pool
    runner: Runner
    listener: Listener
    now: Clock
    concurrency: int = 4
    _loop: WorkLoop = field(init=False)

    def __post_init__(self) -> None:
        self._loop = WorkLoop("runs", self.now, concurrency=self.concurrency, max_sleep=MAX_SLEEP)

    async def check(self) -> None:
        """Raise when the worker has not looked for runs for long."""
        await self._loop.check()

    async def run(self) -> None:
        """Work until cancelled. Runs in hand are ended first."""
        await self._loop.run(self._round, self.listener)

    async def work_off(self) -> None:
        """Queue what is due, and carry out one run after another until none waits."""
        await queue_due(self.pool, new_id=self.runner.new_id, now=self.now())
        while leases := await self._claim(1):
            await self._carry_out(leases[0])

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        await queue_due(self.pool, new_id=self.runner.new_id, now=self.now())
        free = self._loop.free
        for lease in await self._claim(free) if free else ():
            self._loop.start(self._carry_out(lease), name=f"run {lease.run_id}")
        if not self._loop.free:
            return MAX_SLEEP  # the first run that ends, ends the sleep
        return self._loop.until(await run_queue.next_due(self.pool))

    async def _claim(self, limit: int) -> list[Lease]:
        now = self.now()
        return await run_queue.claim_runs(self.pool, limit=limit, now=now, until=now + self.runner.lease_for)

    async def _carry_out(self, lease: Lease) -> datetime:
        """Carry a run out. More may be due at once: a list that was changed meanwhile."""
        try:
            await self.runner.carry_out(lease)
        except RunLostError:
            log.info("run_lost", run_id=str(lease.run_id))
        except Exception as exc:
            if is_away(exc):  # the lease runs out, and then the run is taken again
                log.warning("run_interrupted", run_id=str(lease.run_id), error=repr(exc))
            else:
                log.exception("run_failed", run_id=str(lease.run_id), list_id=lease.list_id, error=repr(exc))
                with suppress(RunLostError, *DATABASE_ERRORS):
                    await self.runner.fail(lease)
        return self.now()
