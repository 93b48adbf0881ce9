"""The simulator as a child process."""

import asyncio
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from trakt_simulator.testing.admin_client import SimulatorAdmin

_READY = "trakt-simulator listening on "
_READY_AUTH = "trakt-simulator OAuth on "


class SimulatorProcess:
    """The simulator as a child process, on a free port unless one is given.

    `async with SimulatorProcess("--no-rate-limits") as simulator:` gives `url`, `auth_url` (with `--auth-port`),
    `admin` and `pid`. The child process ends with the block.

    Raises:
        RuntimeError: it ended before it was ready; the reason is on its standard error stream.
        TimeoutError: it was not ready within 30 s.
    """

    def __init__(self, *arguments: str, port: int = 0) -> None:
        self._arguments: Sequence[str] = arguments
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""
        self.auth_url = ""
        self.admin = SimulatorAdmin("http://127.0.0.1:9")

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        command = [sys.executable, "-m", "trakt_simulator", "--port", str(self._port), *self._arguments]
        self._process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(30):
                await self._read_addresses()
        except BaseException:  # no half-started process may remain
            await self.stop()
            raise
        await self.admin.aclose()
        self.admin = SimulatorAdmin(self.url)

    async def _read_addresses(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while not self.url:
            line = (await self._process.stdout.readline()).decode()
            if not line:
                raise RuntimeError("the simulator ended before it was ready")
            if line.startswith(_READY_AUTH):
                self.auth_url = line.removeprefix(_READY_AUTH).strip()
            elif line.startswith(_READY):
                self.url = line.removeprefix(_READY).strip()

    async def stop(self) -> int | None:
        """End the process with SIGTERM, after 5 s with SIGKILL; return its exit status."""
        await self.admin.aclose()
        process, self._process = self._process, None
        if process is None:
            return None
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(5):
                # Not wait() alone: the process cannot end while its output pipe is full.
                await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()
        self.url = ""
        return process.returncode

    async def kill(self) -> None:
        """End the process with SIGKILL, as a crash does."""
        assert self._process is not None, "not started"
        self._process.kill()
        await self.stop()
