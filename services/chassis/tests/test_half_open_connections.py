"""Connections to Postgres that are half open: nothing comes and nobody says so. The relay and the listeners notice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
from aiokafka import AIOKafkaProducer
from structlog.testing import capture_logs

from chassis.health import StuckError
from chassis.kafka.producer import start_producer
from chassis.outbox import outbox
from chassis.outbox.relay import POLL_EVERY, Relay
from chassis.postgres.database import DIRECT_TIMEOUT, Pool, create_pool
from chassis.postgres.wakeup import Heartbeat, Listener, Waker
from chassis.settings import ServiceSettings
from chassis.testing import FakeClock, eventually
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import LISTS, ListDeleted

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = Heartbeat(every=timedelta(milliseconds=100), patience=timedelta(milliseconds=400))
SOON = timedelta(seconds=5)


class Link:
    """A connection through the proxy. Args: passes: whether it carries anything."""

    def __init__(self, *, passes: bool) -> None:
        self.passes = passes

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.passes:
                    writer.write(data)
                    await writer.drain()
        writer.close()  # when the client gave up, as the server's TCP keepalive does


class Proxy:
    """Stands before Postgres. Its connections can stay open and carry nothing any more."""

    def __init__(self, dsn: str) -> None:
        self._upstream = urlsplit(dsn)
        self._server: asyncio.Server | None = None
        self._links: list[Link] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_open = True

    @property
    def dsn(self) -> str:
        assert self._server is not None
        user = self._upstream.netloc.rpartition("@")[0]
        port = self._server.sockets[0].getsockname()[1]
        return urlunsplit(self._upstream._replace(netloc=f"{user}@127.0.0.1:{port}", query=""))

    def freeze(self, *, new_ones_too: bool = False) -> None:
        """Let the connections that are there carry nothing for good, and new ones until `thaw`."""
        self._is_open = not new_ones_too
        for link in self._links:
            link.passes = False

    def thaw(self) -> None:
        self._is_open = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(passes=self._is_open)
        self._links.append(link)
        upstream_reader, upstream_writer = await self._connect()
        for ends in ((reader, upstream_writer), (upstream_reader, writer)):
            self._tasks.add(asyncio.create_task(link.carry(*ends)))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if folder := parse_qs(self._upstream.query).get("host"):
            return await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.5432")
        return await asyncio.open_connection(self._upstream.hostname, self._upstream.port or 5432)


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await create_pool(dsn) as pool:
        yield pool


@pytest.fixture
async def proxy(dsn: str) -> AsyncIterator[Proxy]:
    async with Proxy(dsn).running() as proxy:
        yield proxy


@pytest.fixture
async def kafka(dsn: str) -> AsyncIterator[ServiceSettings]:
    kafka = EmbeddedKafka(topics={LISTS.name: 1})
    await kafka.start()
    yield ServiceSettings(database_url=dsn, kafka_bootstrap_servers=kafka.bootstrap_servers)
    await kafka.stop()


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def relay_behind(proxy: Proxy, settings: ServiceSettings, clock: FakeClock) -> Relay:
    patience = timedelta(milliseconds=500)
    return Relay(proxy.dsn, partial(start_producer, settings), now=clock, patience=patience, heartbeat=QUICK)


async def write(pool: Pool, list_id: int) -> None:
    event = ListDeleted(list_id=list_id, user_id="ada", version=1, title="Heists")
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, event, source="/test", now=NOW)


async def is_empty(pool: Pool) -> bool:
    return not await pool.fetchval("SELECT count(*) FROM outbox")


async def is_well(part: Relay | Listener) -> bool:
    with suppress(OSError):
        await part.check()
        return True
    return False


async def is_ill(part: Relay | Listener) -> bool:
    return not await is_well(part)


def test_half_a_minute_is_enough_with_the_intervals_that_are_shipped() -> None:
    shipped = Heartbeat()
    assert shipped.every + shipped.patience <= timedelta(seconds=30)
    assert timedelta(seconds=30) >= DIRECT_TIMEOUT + POLL_EVERY


async def test_a_listener_whose_connection_froze_takes_another_and_misses_nothing(pool: Pool, proxy: Proxy) -> None:
    with capture_logs() as lines:
        async with Listener(proxy.dsn, "work", heartbeat=QUICK) as listener, Waker(pool, "work") as waker:
            assert await listener.wait(SOON) == [""]
            proxy.freeze()
            waker.wake("lost on the frozen connection")
            assert await listener.wait(SOON) == [""], "a new connection is a reason to look"
            waker.wake("ada")
            assert await listener.wait(SOON) == ["ada"]
    assert [line["event"] for line in lines] == ["listener_lost_connection"]


async def test_a_listener_that_cannot_connect_again_is_not_ready_and_becomes_ready(proxy: Proxy) -> None:
    async with Listener(proxy.dsn, "work", heartbeat=QUICK) as listener:
        await eventually(lambda: is_well(listener))
        proxy.freeze(new_ones_too=True)
        await eventually(lambda: is_ill(listener))
        with pytest.raises(ConnectionError, match="the listener to work has no connection: is Postgres away"):
            await listener.check()
        proxy.thaw()
        await eventually(lambda: is_well(listener))


async def test_a_listener_that_has_ended_is_stuck(proxy: Proxy) -> None:
    clock = FakeClock()
    async with Listener(proxy.dsn, "work", now=clock) as listener:
        await eventually(lambda: is_well(listener))
    clock.advance(timedelta(seconds=31))
    with pytest.raises(StuckError, match="the listener to work has done nothing for 31 s"):
        await listener.check()


async def test_a_relay_whose_connection_froze_takes_another_and_sends_on(
    pool: Pool, proxy: Proxy, kafka: ServiceSettings
) -> None:
    with capture_logs() as lines:
        async with running(relay_behind(proxy, kafka, FakeClock())) as relay:
            await write(pool, 1)
            await eventually(lambda: is_empty(pool))
            await eventually(lambda: is_well(relay))
            proxy.freeze()
            await write(pool, 2)
            await eventually(lambda: is_empty(pool))
    assert {line["event"] for line in lines} <= {"relay_leads", "relay_interrupted", "listener_lost_connection"}
    assert [line["error"] for line in lines if line["event"] == "relay_interrupted"] == ["TimeoutError()"]


async def test_a_relay_that_cannot_connect_again_is_not_ready_and_becomes_ready(
    proxy: Proxy, kafka: ServiceSettings
) -> None:
    clock = FakeClock()
    async with running(relay_behind(proxy, kafka, clock)) as relay:
        await eventually(lambda: is_well(relay))
        proxy.freeze(new_ones_too=True)

        async def has_failed() -> bool:
            clock.advance(timedelta(seconds=1))
            return await is_ill(relay)

        await eventually(has_failed)
        with pytest.raises(TimeoutError, match="has not ended a round for 10 s: is Kafka or Postgres away"):
            await relay.check()
        proxy.thaw()
        await eventually(lambda: is_well(relay))


async def test_a_relay_that_hangs_is_stuck(dsn: str) -> None:
    clock = FakeClock()

    async def hang() -> AIOKafkaProducer:
        await asyncio.Event().wait()
        raise AssertionError

    async with running(Relay(dsn, hang, now=clock)) as relay:
        await eventually(lambda: is_ill(relay))
        clock.advance(timedelta(seconds=61))
        with pytest.raises(StuckError, match="the relay hangs"):
            await relay.check()
