"""A worker process without its loop: a step is what it does in one round, for one account."""

from contextlib import suppress
from datetime import datetime
from typing import cast

from chassis.health import Health
from chassis.postgres.database import Connection
from chassis.postgres.wakeup import Listener, Waker
from trakt_sync.app import build_worker
from trakt_sync.errors import LeaseLostError
from trakt_sync.opened import Runtime
from trakt_sync.reconciler.worker import Worker
from trakt_sync.settings import Settings
from trakt_sync.store import imports, work_queue
from trakt_sync.testing.simulation.interrupts import Interruptible
from trakt_sync.testing.simulation.trakt import SimulatedTrakt


class Process:
    """A worker process: its own breaker, and calls that can be interrupted."""

    def __init__(self, settings: Settings, connection: Connection, trakt: SimulatedTrakt) -> None:
        self.calls = Interruptible()
        runtime = Runtime(self.calls.pool(connection), cast("Waker", _Nobody()), cast("Waker", _Nobody()), Health())
        client, listener = self.calls.trakt(trakt.client), cast("Listener", None)
        self.worker: Worker = build_worker(settings, runtime, client, listener, now=trakt.clock, jitter=lambda: 0.5)
        self._due_at: datetime | None = None

    def due_at(self) -> datetime | None:
        """Return when there is something to do, as the last step found; None: ask Postgres."""
        due_at, self._due_at = self._due_at, None
        return due_at

    async def step(self) -> None:
        """Do what the worker does in a round, for one account."""
        worker = self.worker
        now = worker.now()
        if worker.breaker.is_open:
            self._due_at = now + await worker.outage.watch(now)
            return
        if worker.breaker.has_recovered:
            await work_queue.resume(worker.pool, now)
            await imports.resume(worker.pool, now)
            worker.breaker.resumed()
        claimed = await worker.accounts.claim(now, 1)
        self.calls.step.has_claimed = True
        if claimed:
            with suppress(LeaseLostError):
                self._due_at = await worker.serve(claimed[0])


class _Nobody:
    def wake(self) -> None:
        """Wake nobody: the driver looks for work by itself."""
