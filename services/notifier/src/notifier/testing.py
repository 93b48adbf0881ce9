"""For tests: events as they arrive, the HTTP application on a real port, a client of the stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import httpx
from starlette.types import Message

from chassis.bootstrap import Foundation, health_of
from chassis.kafka.envelope import Delivered
from chassis.local_tokens import issue_token
from chassis.postgres.database import create_pool
from notifier.app import HttpApplication, http_application
from notifier.settings import HttpSettings
from notifier.streams import HEARTBEAT, PATIENCE, Stream, Streams
from watchbuddy_contracts import Event, EventHeaders, ListRunChanged, ListSyncStarted

KEY: Final = "a key of the tests, of enough characters"
ENCRYPTION_KEY: Final = "a2V5IG9mIHRoZSB0ZXN0cywgb2YgMzIgYnl0ZXMhISE="
TIME: Final = datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC)


def settings_for(
    dsn: str, *, stream_lifetime: timedelta = timedelta(hours=1), streams_per_user: int = 20
) -> HttpSettings:
    """Return settings on this database, with a local key; Kafka is nowhere."""
    return HttpSettings.model_validate(
        {
            "database_url": dsn,
            "kafka_bootstrap_servers": "127.0.0.1:1",
            "auth_local_key": KEY,
            "channel_encryption_keys": ENCRYPTION_KEY,
            "stream_lifetime": stream_lifetime,
            "streams_per_user": streams_per_user,
            "user_requests_per_minute": 0,
            "address_requests_per_minute": 0,
        }
    )


@asynccontextmanager
async def application_on(
    settings: HttpSettings, *, heartbeat: timedelta = HEARTBEAT, patience: timedelta = PATIENCE
) -> AsyncIterator[HttpApplication]:
    """Give the HTTP application on a migrated database."""
    streams = Streams(limit=settings.streams_per_user, heartbeat=heartbeat, patience=patience)
    dsn = settings.database_url.get_secret_value()
    async with (
        await create_pool(dsn) as pool,
        http_application(settings, Foundation(dsn, pool, health_of(pool)), streams) as http,
    ):
        yield http


def sync_started(user_id: str = "ada", title: str = "Heists", list_id: int = 7) -> ListSyncStarted:
    """Return an event whose message is "Syncing '<title>'..."."""
    return ListSyncStarted(
        user_id=user_id, list_id=list_id, version=1, title=title, run_id=UUID(int=1), trigger="manual"
    )


def run_changed(percent: int = 60, *, user_id: str = "ada", run: int = 1, **fields: object) -> ListRunChanged:
    """Return an event that says how far a run is; it is running unless the fields say otherwise."""
    about = {"user_id": user_id, "list_id": 7, "version": 1, "title": "Heists", "run_id": UUID(int=run)}
    return ListRunChanged.model_validate(
        about | {"trigger": "manual", "state": "running", "step": "scoring", "percent": percent} | fields
    )


def delivered(event: Event, *, event_id: UUID | None = None, time: datetime = TIME) -> Delivered:
    """Return the event as a record brings it, under a new id unless one is given."""
    headers = EventHeaders.of(event, event_id=event_id or uuid4(), source="/tests", time=time)
    return Delivered(event, headers)


def bearer(user_id: str = "ada") -> dict[str, str]:
    """Return the headers of a request of this user."""
    token = issue_token(KEY, user_id=user_id, issuer="watchbuddy", audience="watchbuddy", lifetime=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One block of a stream: its fields, None where it has none."""

    id: str | None = None
    event: str | None = None
    data: str | None = None
    comment: str | None = None


class StreamClient:
    """Reads a stream block by block."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> StreamEvent:
        """Return the next block.

        Raises:
            EOFError: the server has ended the stream.
        """
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line and fields:
                return StreamEvent(**fields)
            name, _, value = line.partition(":")
            if line:
                fields[name or "comment"] = value.removeprefix(" ")
        raise EOFError

    async def next_message(self) -> StreamEvent:
        """Return the next block that is a message."""
        return await self.next_event("message")

    async def next_event(self, name: str) -> StreamEvent:
        """Return the next block that is an event of this name.

        Raises:
            TimeoutError: there is none for 30 s.
        """
        async with asyncio.timeout(30):  # heartbeats come for ever
            while (block := await self.next()).event != name:
                pass
        return block


class FakeClient:
    """A client in place of a connection: what a stream wrote, and whether there is no room for more.

    Its `send` waits before it writes, as uvicorn's does (`test_streams.py` has both).
    """

    def __init__(self) -> None:
        self.is_slow = False
        self.is_aborted = False
        self.blocks: list[bytes] = []

    async def send(self, message: Message) -> None:
        if self.is_slow:
            await asyncio.Event().wait()
        self.blocks.append(message["body"])

    def stream(self, user_id: str = "ada", *, last: int = 0, lasts: float = 60) -> Stream:
        """Return a stream to this client."""
        return Stream(user_id, last, asyncio.get_running_loop().time() + lasts, self.send, self._abort)

    def _abort(self) -> None:
        self.is_aborted = True


@asynccontextmanager
async def stream_of(url: str, *, user_id: str = "ada", last_event_id: int | None = None) -> AsyncIterator[StreamClient]:
    """Open a user's stream."""
    headers = bearer(user_id)
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    async with (
        httpx.AsyncClient(timeout=10, trust_env=False) as client,
        client.stream("GET", f"{url}/api/notifications/stream", headers=headers) as response,
    ):
        yield StreamClient(response)
