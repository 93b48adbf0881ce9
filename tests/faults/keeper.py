"""What starts the system's processes again: those that end by themselves, and those that say that they hang."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

import httpx

from integration.system import RunningSystem
from local_stack.errors import PartFailedError

LOOK_EVERY_S: Final = 2.0
HANGS_AFTER: Final = 3
"""Answers in a row."""


class Keeper:
    """Keeps a system's processes running. Args: `restarts` has how often each was started again."""

    def __init__(self, system: RunningSystem) -> None:
        self.restarts = Counter[str]()
        self._system = system
        self._hangs = Counter[str]()

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=LOOK_EVERY_S, trust_env=False) as http:
            while True:
                await asyncio.gather(*(self._look(name, http) for name in self._system.processes))
                await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, name: str, http: httpx.AsyncClient) -> None:
        process = self._system.processes[name]
        live_url = process.spec.live_url
        if process.exit_status() is None and live_url is not None:
            with suppress(httpx.TransportError):
                answer = await http.get(live_url)
                self._hangs[name] = self._hangs[name] + 1 if answer.is_error else 0
        if process.exit_status() is None and self._hangs[name] < HANGS_AFTER:
            return
        self._hangs[name] = 0
        self.restarts[name] += 1
        await process.stop()
        with suppress(PartFailedError):  # what it needs is away: it is looked at again
            await process.start()
