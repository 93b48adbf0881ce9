"""Starts parts together, watches them, restarts and ends them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Protocol

from local_stack.errors import PartFailedError
from local_stack.processes.concurrently import together
from local_stack.processes.health import is_ready
from local_stack.processes.part import Part
from local_stack.processes.service import ServiceProcess

RESTART_DELAYS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Waits before the 1st, 2nd, … restart in a row; the last one is repeated."""
LOOK_EVERY_S = 0.5
LIVENESS_EVERY_S = 15.0
"""Between two liveness checks. After `SILENT_TIMES` failed checks in a row the process is killed and restarted."""
SILENT_TIMES = 3
STEADY_S = 60.0
"""A part that ran this long has recovered: the next wait is the first one again."""


class Display(Protocol):
    """Shows what the supervisor does."""

    def starting(self, name: str) -> None: ...

    def ready(self, name: str, after: timedelta) -> None: ...

    def say(self, line: str) -> None: ...


class Supervisor:
    """Keeps parts running until they are stopped."""

    def __init__(
        self,
        display: Display,
        *,
        restart: bool,
        on_change: Callable[[], None] = lambda: None,
        liveness_every_s: float = LIVENESS_EVERY_S,
    ) -> None:
        """Watch over parts.

        Args:
            display: where it is said what happens.
            restart: whether a part that ends by itself is started again.
            on_change: called when a process id changed.
            liveness_every_s: between two questions whether a process is alive.
        """
        self._liveness_every_s = liveness_every_s
        self._display = display
        self._restart = restart
        self._on_change = on_change
        self._parts: dict[str, Part] = {}
        self._wanted: set[str] = set()
        self._started_at: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._restarts: dict[str, asyncio.Task[None]] = {}
        self.after_restart: Callable[[Part], Awaitable[None]] | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that were started, in their order."""
        return tuple(self._parts.values())

    async def start(self, *parts: Part) -> None:
        """Start parts side by side; return when all are ready.

        Raises:
            PartFailedError: of the first one that failed. The others are left as they are: stop them.
        """
        await together(*(self._start(part) for part in parts))

    async def _start(self, part: Part) -> None:
        self._parts[part.name] = part
        self._display.starting(part.name)
        begin = time.monotonic()
        await part.start()
        self._wanted.add(part.name)
        self._started_at[part.name] = time.monotonic()
        self._display.ready(part.name, timedelta(seconds=time.monotonic() - begin))

    async def watch(self) -> None:
        """Watch the parts until cancelled.

        Raises:
            PartFailedError: one ended by itself, and restarts are off.
        """
        restarts = self._restarts
        asking = asyncio.create_task(self._end_what_hangs())
        try:
            while True:
                for name in [name for name in self._wanted if name not in restarts]:
                    part = self._parts[name]
                    if part.exit_status() is not None:
                        restarts[name] = asyncio.create_task(self._start_again(part))
                for name in [name for name, task in restarts.items() if task.done()]:
                    await restarts.pop(name)
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            for task in (asking, *restarts.values()):
                task.cancel()
            await asyncio.gather(asking, *restarts.values(), return_exceptions=True)

    async def _end_what_hangs(self) -> None:
        """Kill a process that runs and does not answer, as an orchestrator does after its liveness probes.

        A process that is being started again is not asked: that it becomes ready has a limit of its own.
        """
        silent: dict[str, int] = {}
        while True:
            await asyncio.sleep(self._liveness_every_s)
            asked = [
                part
                for part in self.parts
                if isinstance(part, ServiceProcess) and part.name in self._wanted and part.name not in self._restarts
            ]
            for part in asked:
                url = part.spec.live_url
                is_silent = url is not None and part.exit_status() is None and not await is_ready(url)
                silent[part.name] = silent.get(part.name, 0) + 1 if is_silent else 0
                if silent[part.name] >= SILENT_TIMES:
                    self._display.say(f"{part.name} runs and does not answer {url}")
                    silent[part.name] = 0
                    await part.kill()

    async def _start_again(self, part: Part) -> None:
        failure = PartFailedError(part.name, f"ended by itself with status {part.exit_status()}", part.log)
        if not self._restart:
            raise failure
        if time.monotonic() - self._started_at[part.name] > STEADY_S:
            self._failures[part.name] = 0
        delay = restart_delay_s(self._failures.get(part.name, 0))
        self._failures[part.name] = self._failures.get(part.name, 0) + 1
        self._display.say(f"{failure}; starting it again in {delay:g} s (log: {part.log})")
        await asyncio.sleep(delay)
        self._started_at[part.name] = time.monotonic()
        try:
            await part.start()
        except PartFailedError as error:
            self._display.say(str(error))
            return  # the watch finds it ended again
        if self.after_restart is not None:
            await self.after_restart(part)
        self._display.say(f"{part.name} is ready again")
        self._on_change()

    async def stop(self, names: Iterable[str] | None = None) -> None:
        """Stop these parts side by side. None: stop all, one after the other, the last started first."""
        if names is None:
            for part in reversed(self.parts):
                self._wanted.discard(part.name)
                await part.stop()
            return
        chosen = [self._parts[name] for name in names if name in self._parts]
        self._wanted.difference_update(part.name for part in chosen)
        await asyncio.gather(*(part.stop() for part in chosen))

    async def kill(self) -> None:
        """Kill all parts at once."""
        self._wanted.clear()
        await asyncio.gather(*(part.kill() for part in self.parts))


def restart_delay_s(failures: int) -> float:
    """Return the wait before the next start. Args: failures: restarts already made in a row, >= 0."""
    return RESTART_DELAYS_S[min(failures, len(RESTART_DELAYS_S) - 1)]
