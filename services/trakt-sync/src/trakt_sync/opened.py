"""What every process of this service has open. It loads neither the reconciler nor the Trakt client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from chassis.bootstrap import bootstrap
from chassis.health import Health
from chassis.outbox import outbox
from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from chassis.settings import DatabaseSettings
from trakt_sync.settings import SERVICE

WORK: Final = "work"
"""The channel that wakes the workers."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What every command of this service needs."""

    pool: Pool
    work_waker: Waker
    outbox_waker: Waker
    health: Health

    def wake(self) -> None:
        """Wake the workers and the relay."""
        self.work_waker.wake()
        self.outbox_waker.wake()


@asynccontextmanager
async def opened(settings: DatabaseSettings, *, connections: int = 4) -> AsyncIterator[Runtime]:
    """Open what every command of this service needs."""
    async with (
        bootstrap(SERVICE, settings, connections=connections + 2) as base,  # two for the wakers
        Waker(base.pool, WORK) as work_waker,
        Waker(base.pool, outbox.CHANNEL) as outbox_waker,
    ):
        yield Runtime(base.pool, work_waker, outbox_waker, base.health)
