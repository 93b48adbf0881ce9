"""The parts of a running system: what each one can do, and those that are processes with a health address."""

import asyncio
import contextlib
import signal
import subprocess
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from local_stack import children
from local_stack.errors import PartFailedError

READY_TIMEOUT = timedelta(seconds=60)
READY_ANSWER = timedelta(seconds=3)
STOP_GRACE = timedelta(seconds=8)
_HTTP_OK = b"200"


class Part(Protocol):
    """What the supervisor needs to know of a part."""

    name: str
    log: Path | None

    @property
    def health_url(self) -> str | None:
        """Answers 200 when the part is ready; None: it has no HTTP."""

    @property
    def pid(self) -> int | None: ...

    def exit_status(self) -> int | None:
        """Return how it ended; None: it runs, or was never started."""

    async def start(self) -> None:
        """Return when it is ready; raise PartFailedError when it does not get there."""

    async def stop(self) -> None: ...

    async def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How one process is started.

    Args:
        environment: all of its variables.
        health_url: answers 200 when the process is ready; None: ready when started.
        live_url: answers 200 unless the process hangs and should be started again; None: it is not asked.
        death_signal: what it gets when the supervisor is killed. Whatever is told to survive SIGKILL gets that.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)  # holds secrets
    health_url: str | None
    live_url: str | None = None
    death_signal: signal.Signals = signal.SIGKILL


class ServiceProcess:
    """A process with a health address and a log file of its own."""

    def __init__(self, spec: ProcessSpec, *, logs: Path) -> None:
        self.name = spec.name
        self.log: Path | None = logs / f"{spec.name.replace(' ', '-')}.log"
        self.spec = spec  # a restart takes the environment that is here then
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def health_url(self) -> str | None:
        return self.spec.health_url

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def exit_status(self) -> int | None:
        return self._child.poll() if self._child else None

    async def start(self) -> None:
        self._child = children.spawn(
            self.spec.command,
            environment=self.spec.environment,
            log=self.log,
            death_signal=self.spec.death_signal,
        )
        over = children.deadline(READY_TIMEOUT)
        while self.health_url is not None and not await is_ready(self.health_url):
            if self.exit_status() is not None:
                raise PartFailedError(self.name, f"ended with status {self.exit_status()}", self.log)
            if over():
                await self.kill()
                raise PartFailedError(self.name, f"not ready within {READY_TIMEOUT.total_seconds():.0f} s", self.log)
            await asyncio.sleep(0.05)
        if self.exit_status() is not None:  # the answer came from another process at our port
            raise PartFailedError(self.name, f"ended with status {self.exit_status()}", self.log)

    async def stop(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=STOP_GRACE)

    async def kill(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=timedelta(0), first=signal.SIGKILL)


async def is_ready(url: str, within: timedelta = READY_ANSWER) -> bool:
    """Return whether a GET is answered by 200.

    By hand: this runs in the supervisor all the time, and a client library would bring a pool of connections along.
    """
    address = urlsplit(url)
    try:
        async with asyncio.timeout(within.total_seconds()):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            try:
                writer.write(f"GET {address.path} HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n".encode())
                return (await reader.readline()).split()[1:2] == [_HTTP_OK]
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False


async def together(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run side by side; when one fails, or we are cancelled, the others are cancelled and its error is raised."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
