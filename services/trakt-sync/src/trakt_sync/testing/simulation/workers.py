"""The worker processes of a schedule: one takes the steps, and others may stand still in theirs."""

import asyncio
from collections.abc import Callable

from trakt_sync.testing.fakes import KilledError
from trakt_sync.testing.simulation.interrupts import Interruption
from trakt_sync.testing.simulation.process import Process
from trakt_sync.testing.simulation.protection import Protection


class Workers:
    """Takes steps, and interrupts them where that is planned.

    Args:
        start: starts a process.

    Attributes:
        process: that takes the next step.
        planned: what happens to it; None: nothing.
    """

    def __init__(self, start: Callable[[], Process], protection: Protection) -> None:
        self._start = start
        self._protection = protection
        self._frozen: list[tuple[asyncio.Task[None], Interruption, dict[int, int]]] = []
        self.process = start()
        self.planned: Interruption | None = None

    @property
    def are_untroubled(self) -> bool:
        return not self._frozen and self.planned is None

    async def step(self) -> None:
        """Take a step. One that is to stand still stays behind, and a new process goes on."""
        process, interruption = self.process, self.planned
        process.calls.step = interruption or Interruption()
        began = self._protection.begin()
        if interruption is None:
            await process.step()
            return
        self.planned = None
        task = asyncio.create_task(process.step())
        freezing = asyncio.create_task(interruption.frozen.wait())
        await asyncio.wait([task, freezing], return_when=asyncio.FIRST_COMPLETED)
        freezing.cancel()
        if not task.done():
            self._frozen.append((task, interruption, began))
            self.process = self._start()
        else:
            self._ended(task)

    async def thaw(self) -> None:
        """Let the processes that stand still end their steps, one after the other."""
        for task, interruption, began in self._frozen:
            self._protection.began = began
            interruption.thawed.set()
            await asyncio.wait([task])
            self._ended(task)
        self._frozen = []

    def _ended(self, task: "asyncio.Task[None]") -> None:
        try:
            task.result()
        except KilledError:
            self.process = self._start()
