"""Waking another process through Postgres: a Waker notifies a channel after a commit, a Listener waits for it.

NOTIFY takes a lock of the whole database at commit: it cost 30 % of the transactions a second when it was part of the
write. So the Waker sends it after the commit, on another connection of the pool, at most once per `SPACING`.
A notification may be lost. So whoever listens also looks for work by themselves, from time to time.
"""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

import structlog

from chassis.clock import Clock, utc_now
from chassis.health import StuckError
from chassis.postgres.database import DATABASE_ERRORS, Pool, connect

log = structlog.get_logger()

SPACING: Final = timedelta(milliseconds=5)
SEND_TIMEOUT_S: Final = 5.0
RECONNECT_AFTER: Final = timedelta(seconds=1)
STUCK_AFTER: Final = timedelta(seconds=30)
"""A question to Postgres with its pause, or a failed connection with its pause, takes half of it at most."""


class _Running(ABC):
    """Runs a task for as long as it is entered."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=self._name)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @abstractmethod
    async def _run(self) -> None: ...


class Waker(_Running):
    """Wakes the listeners of a channel. The first call is sent at once, those within `SPACING` after it together."""

    def __init__(self, pool: Pool, channel: str) -> None:
        super().__init__(f"waker {channel}")
        self._pool = pool
        self._channel = channel
        self._payloads: dict[str, None] = {}  # each once, in the order of the calls
        self._called = asyncio.Event()

    def wake(self, payload: str = "") -> None:
        """Wake whoever listens. Call it after the commit. It returns at once and never raises."""
        self._payloads[payload] = None
        self._called.set()

    async def __aexit__(self, *exc: object) -> None:
        await super().__aexit__(*exc)
        if self._payloads:
            with suppress(*DATABASE_ERRORS):
                await self._send()

    async def _run(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            try:
                await self._send()
            except DATABASE_ERRORS as exc:
                log.warning("wake_not_sent", channel=self._channel, error=repr(exc))
            await asyncio.sleep(SPACING.total_seconds())

    async def _send(self) -> None:
        payloads, self._payloads = list(self._payloads), {}
        await self._pool.execute(
            "SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload",
            self._channel,
            payloads,
            timeout=SEND_TIMEOUT_S,
        )


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a listener finds out that its connection is half open: it asks Postgres now and then.

    Args:
        every: the pause between two questions.
        patience: how long Postgres may take for an answer, and for a new connection.
    """

    every: timedelta = timedelta(seconds=10)
    patience: timedelta = timedelta(seconds=5)


class Listener(_Running):
    """Listens to a channel on a connection of its own. It makes a new one when the connection is lost or half open."""

    def __init__(self, dsn: str, channel: str, *, heartbeat: Heartbeat | None = None, now: Clock = utc_now) -> None:
        super().__init__(f"listener {channel}")
        self._dsn = dsn
        self._channel = channel
        self._heartbeat = heartbeat or Heartbeat()
        self._now = now
        self._last_try = now()
        self._is_connected = False
        self._payloads: dict[str, None] = {}  # each once: a caller who is busy must not find thousands
        self._event = asyncio.Event()

    async def wait(self, timeout: timedelta) -> list[str]:  # noqa: ASYNC109 - part of the contract: [] after it
        """Return the payloads since the last call, each once. After `timeout` without one, return [].

        A new connection counts as the payload "": notifications may have been lost before it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout.total_seconds()):
                await self._event.wait()
        self._event.clear()
        payloads, self._payloads = list(self._payloads), {}
        return payloads

    async def check(self) -> None:
        """Raise when there is no connection that answers.

        Raises:
            StuckError: the listener does not even try to connect any more.
            ConnectionError: it tries, and Postgres does not answer.
        """
        silent = self._now() - self._last_try
        if silent > STUCK_AFTER:
            raise StuckError(f"the listener to {self._channel} has done nothing for {silent.total_seconds():.0f} s")
        if not self._is_connected:
            raise ConnectionError(f"the listener to {self._channel} has no connection: is Postgres away?")

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except DATABASE_ERRORS as exc:
                log.warning("listener_lost_connection", channel=self._channel, error=repr(exc))
            self._is_connected = False
            self._last_try = self._now()
            await asyncio.sleep(RECONNECT_AFTER.total_seconds())

    async def _listen(self) -> None:
        connection = await connect(self._dsn, purpose="listener", patience=self._heartbeat.patience)
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        try:
            await connection.add_listener(self._channel, self._on_notify)
            self._on_notify(connection, 0, self._channel, "")
            while not closed.is_set():
                self._is_connected = True
                self._last_try = self._now()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._heartbeat.every.total_seconds()):
                        await closed.wait()
                        continue
                await connection.execute("SELECT 1")
        finally:
            with suppress(*DATABASE_ERRORS):
                await connection.close(timeout=1)

    def _on_notify(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:  # noqa: ANN401
        self._payloads[str(payload)] = None
        self._event.set()
