"""A process with a health address and a log file of its own."""

import asyncio
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from local_stack.errors import PartFailedError
from local_stack.processes import children
from local_stack.processes.health import is_ready

READY_TIMEOUT = timedelta(seconds=60)
STOP_GRACE = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How one process is started.

    Args:
        environment: all of its variables.
        health_url: answers 200 when the process is ready; None: ready when started.
        live_url: answers 200 unless the process hangs; then it is restarted. None: it is not asked.
        death_signal: the signal that it gets when the supervisor is killed.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)  # it holds secrets
    health_url: str | None
    live_url: str | None = None
    death_signal: signal.Signals = signal.SIGKILL


class ServiceProcess:
    """A process with a health address and a log file of its own."""

    def __init__(self, spec: ProcessSpec, *, logs: Path) -> None:
        self.name = spec.name
        self.log: Path | None = logs / f"{spec.name.replace(' ', '-')}.log"
        self.spec = spec  # a restart uses the spec that is set then
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
        if self.exit_status() is not None:  # another process has answered at this port
            raise PartFailedError(self.name, f"ended with status {self.exit_status()}", self.log)

    async def stop(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=STOP_GRACE)

    async def kill(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=timedelta(0), first=signal.SIGKILL)
