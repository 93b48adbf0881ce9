"""Waking another process through Postgres: a Waker is rung after a commit, an Listener hears it.

NOTIFY takes a lock of the whole database at commit: -30 % transactions a second were measured when it rode in the
write. So it is sent after the commit, on another of the pool's connections, at most once per `SPACING`.
Whoever listens also looks by himself from time to time: a lost wake costs time, never an event.
"""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self

import asyncpg
import structlog

from chassis.postgres import CONNECT_TIMEOUT_S, DATABASE_ERRORS, Pool

log = structlog.get_logger()

SPACING = timedelta(milliseconds=5)
RECONNECT_AFTER = timedelta(seconds=1)


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
    """Rings a channel. The first wake goes out at once, those within `SPACING` after it together."""

    def __init__(self, pool: Pool, channel: str) -> None:
        super().__init__(f"waker {channel}")
        self._pool = pool
        self._channel = channel
        self._waiting: set[str] = set()
        self._rung = asyncio.Event()

    def wake(self, payload: str = "") -> None:
        """Wake whoever listens. Call it after the commit. Returns at once and never raises."""
        self._waiting.add(payload)
        self._rung.set()

    async def __aexit__(self, *exc: object) -> None:
        await super().__aexit__(*exc)
        if self._waiting:
            with suppress(*DATABASE_ERRORS):
                await self._send()

    async def _run(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                await self._send()
            except DATABASE_ERRORS as exc:
                log.warning("wake_not_sent", channel=self._channel, error=repr(exc))
            await asyncio.sleep(SPACING.total_seconds())

    async def _send(self) -> None:
        payloads, self._waiting = list(self._waiting), set()
        await self._pool.execute(
            "SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload", self._channel, payloads
        )


class Listener(_Running):
    """Hears a channel on a connection of its own, which it makes anew when it is lost."""

    def __init__(self, dsn: str, channel: str) -> None:
        super().__init__(f"listener {channel}")
        self._dsn = dsn
        self._channel = channel
        self._heard: dict[str, None] = {}  # each payload once: whoever is busy elsewhere must not drown
        self._event = asyncio.Event()

    async def wait(self, timeout: timedelta) -> list[str]:  # noqa: ASYNC109 - part of the contract: [] after it
        """Return the payloads heard since the last call, each once, at the latest after `timeout` (then [] when silent).

        A new connection counts as heard (payload ""): wakes may have been lost before it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout.total_seconds()):
                await self._event.wait()
        self._event.clear()
        heard, self._heard = list(self._heard), {}
        return heard

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except DATABASE_ERRORS as exc:
                log.warning("listener_lost_connection", channel=self._channel, error=repr(exc))
            await asyncio.sleep(RECONNECT_AFTER.total_seconds())

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=CONNECT_TIMEOUT_S)
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        try:
            await connection.add_listener(self._channel, self._on_notify)
            self._on_notify(connection, 0, self._channel, "")
            await closed.wait()
        finally:
            with suppress(*DATABASE_ERRORS):
                await connection.close(timeout=1)

    def _on_notify(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:  # noqa: ANN401
        self._heard[str(payload)] = None
        self._event.set()
