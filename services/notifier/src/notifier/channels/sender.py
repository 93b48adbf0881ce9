"""Sends by a process of its own, which is there while there is something to send."""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from notifier.channels.attempts import Failed, Outcome
from notifier.channels.outbound.__main__ import LIMIT_S

PATIENCE: Final = timedelta(seconds=LIMIT_S + 10)
"""The longest that an answer takes: the job's own limit, and the start of a process on a machine that is busy."""
IDLE: Final = timedelta(seconds=30)
"""How long the process stays when there is nothing to send. It holds up to 60 MB, and starts within a second."""
INHERITED: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV")
"""Of the environment. None of our secrets, and no proxy: it would resolve names where nobody looks at them."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST. Args: body: JSON; headers: with the signatures."""

    url: str
    headers: dict[str, str]
    body: str

    def job(self) -> dict[str, Any]:
        return {"kind": "webhook", "url": self.url, "headers": self.headers, "body": self.body}


@dataclass(frozen=True, slots=True)
class Note:
    """A text for an address of Apprise."""

    url: str
    title: str
    body: str
    severity: str

    def job(self) -> dict[str, Any]:
        text = {"title": self.title, "body": self.body, "severity": self.severity}
        return {"kind": "apprise", "url": self.url, **text}


class Sending(Protocol):
    """Sends to users' addresses."""

    async def send(self, what: Webhook | Note) -> Outcome:
        """Return what came of it; it never raises for what a receiver does."""


class Sender:
    """Starts the process with the first message, and ends it when none has come for a while.

    Args:
        networks: those that may be sent to although they are not public, with commas between them.
    """

    def __init__(self, networks: str, *, idle: timedelta = IDLE) -> None:
        self._networks = networks
        self._idle = idle
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Outcome]] = {}
        self._last = 0
        self._ending: asyncio.TimerHandle | None = None
        self._starting = asyncio.Lock()

    async def send(self, what: Webhook | Note) -> Outcome:
        async with self._starting:
            stdin = await self._started()
            self._last += 1
            job, answer = self._last, asyncio.get_running_loop().create_future()
            self._waiting[job] = answer
            stdin.write(json.dumps(what.job() | {"job": job}).encode() + b"\n")
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                outcome: Outcome = await answer
        except TimeoutError:
            self._kill()  # it does not do what it should
            return Failed("broken")
        finally:
            self._waiting.pop(job, None)
            if not self._waiting:
                self._ending = asyncio.get_running_loop().call_later(self._idle.total_seconds(), self._end)
        return outcome

    async def close(self) -> None:
        """End the process now."""
        self._kill()
        if self._reading is not None:
            await self._reading

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    async def _started(self) -> asyncio.StreamWriter:
        if self._ending is not None:
            self._ending.cancel()
        if self._process is not None and self._process.returncode is not None:
            self._forget()  # it ended, and `_read` is about to see it
        if self._process is None:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "notifier.channels.outbound",
                self._networks,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # a traceback may hold an address
                start_new_session=True,  # it and its forks are ended together
                env={name: os.environ[name] for name in INHERITED if name in os.environ},
            )
            self._process = process
            self._reading = asyncio.create_task(self._read(process), name="answers")
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        return self._process.stdin

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Hand out answers until the process ends; then those that wait for one have failed."""
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        mine = self._waiting
        async for line in process.stdout:
            answer = json.loads(line)
            waiting = mine.get(answer["job"])
            if waiting is not None and not waiting.done():
                waiting.set_result(_outcome(answer))
        await process.wait()
        if self._process is process:
            self._forget()
        for waiting in mine.values():
            if not waiting.done():
                waiting.set_result(Failed("broken"))

    def _forget(self) -> None:
        self._process, self._waiting = None, {}

    def _end(self) -> None:
        """Let the process end by itself: nothing is under way."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._forget()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _outcome(answer: dict[str, Any]) -> Outcome:
    if answer["failure"] is None:
        return None
    seconds = answer["retry_after"]
    return Failed(answer["failure"], answer["status"], None if seconds is None else timedelta(seconds=seconds))
