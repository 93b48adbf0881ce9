"""From the outbox to the broker: every committed event arrives, in order. One that was rolled back never does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from chassis.kafka.producer import start_producer
from chassis.outbox import outbox
from chassis.outbox.relay import Relay, pause_after
from chassis.postgres.database import Pool, create_pool
from chassis.postgres.wakeup import Listener, Waker
from chassis.settings import ServiceSettings
from chassis.telemetry.providers import configure, tracer
from chassis.testing import eventually
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import LISTS, Item, ItemIds, ListCreated, ListDeleted

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    pool = await create_pool(dsn)
    yield pool
    await pool.close()


@pytest.fixture
async def kafka() -> AsyncIterator[EmbeddedKafka]:
    kafka = EmbeddedKafka(topics={LISTS.name: 1})
    await kafka.start()
    yield kafka
    await kafka.stop()


def settings(kafka: EmbeddedKafka, dsn: str) -> ServiceSettings:
    return ServiceSettings(database_url=dsn, kafka_bootstrap_servers=kafka.bootstrap_servers)


@asynccontextmanager
async def relaying(kafka: EmbeddedKafka, dsn: str) -> AsyncIterator[Relay]:
    relay = Relay(dsn, lambda: start_producer(settings(kafka, dsn)))
    task = asyncio.create_task(relay.run())
    yield relay
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def deletion(list_id: int) -> ListDeleted:
    return ListDeleted(list_id=list_id, user_id="ada", version=1, title="Heists")


async def write(pool: Pool, *list_ids: int, event_ids: list[UUID] | None = None) -> list[UUID]:
    async with pool.acquire() as connection, connection.transaction():
        events = [deletion(list_id) for list_id in list_ids]
        return await outbox.append(connection, *events, source="/test", now=NOW, event_ids=event_ids)


async def received(kafka: EmbeddedKafka, count: int) -> list[dict[str, str]]:
    consumer = AIOKafkaConsumer(
        LISTS.name, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest", fetch_max_wait_ms=10
    )
    await consumer.start()
    try:
        async with asyncio.timeout(15):
            records = [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()
    return [{name: raw.decode() for name, raw in record.headers} for record in records]


async def left(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM outbox"))


async def test_events_arrive_in_the_order_in_which_they_were_written_and_leave_the_outbox(
    pool: Pool, dsn: str, kafka: EmbeddedKafka
) -> None:
    ids = [event_id for start in range(0, 1200, 300) for event_id in await write(pool, *range(start + 1, start + 301))]
    async with relaying(kafka, dsn) as relay:
        headers = await received(kafka, 1200)
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
        await relay.check()
    assert [record["ce_id"] for record in headers] == [str(event_id) for event_id in ids]
    assert [record["ce_subject"] for record in headers] == [str(number) for number in range(1, 1201)]
    assert headers[0]["ce_type"] == "watchbuddy.list.deleted.v1"
    assert headers[0]["ce_time"] == "2026-01-01T00:00:00+00:00"


async def test_a_rolled_back_event_never_arrives(pool: Pool, dsn: str, kafka: EmbeddedKafka) -> None:
    async def write_and_fail() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await outbox.append(connection, deletion(1), source="/test", now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        await write_and_fail()
    await write(pool, 2)
    async with relaying(kafka, dsn):
        assert [record["ce_subject"] for record in await received(kafka, 1)] == ["2"]


async def test_a_wake_reaches_the_relay_before_it_polls(pool: Pool, dsn: str, kafka: EmbeddedKafka) -> None:
    loop = asyncio.get_running_loop()
    async with relaying(kafka, dsn) as relay, Waker(pool, outbox.CHANNEL) as waker:
        await write(pool, 1)
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
        await relay.check()
        waits = []
        for number in range(2, 7):
            began = loop.time()
            await write(pool, number)
            waker.wake()
            await eventually(lambda: left(pool), until=lambda rows: rows == 0, every=timedelta(milliseconds=2))
            waits.append(loop.time() - began)
    # Without the wakes, five polls would have taken half of 5 x 1 s on average.
    assert sum(waits) < 2.0


async def test_an_event_id_that_still_waits_is_not_written_twice(pool: Pool) -> None:
    ids = await write(pool, 1)
    await write(pool, 1, event_ids=ids)
    assert await left(pool) == 1


class Dying:
    """A producer that sends one record. Then it fails for good, as aiokafka's may after an error (aiokafka 1017)."""

    def __init__(self, real: AIOKafkaProducer) -> None:
        self._real = real
        self._sent = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def send(self, *arguments: object, **named: object) -> object:
        self._sent += 1
        if self._sent > 1:
            raise KafkaConnectionError
        return await self._real.send(*arguments, **named)


async def test_a_producer_that_fails_is_replaced_and_no_event_overtakes_another(
    pool: Pool, dsn: str, kafka: EmbeddedKafka
) -> None:
    await write(pool, 1, 2, 3)
    made: list[object] = []

    async def dying_at_first() -> AIOKafkaProducer:
        real = await start_producer(settings(kafka, dsn))
        made.append(Dying(real) if not made else real)
        return made[-1]

    relaying = asyncio.create_task(Relay(dsn, dying_at_first).run())
    subjects = [record["ce_subject"] for record in await received(kafka, 3)]
    await eventually(lambda: left(pool), until=lambda rows: rows == 0)
    relaying.cancel()
    with suppress(asyncio.CancelledError):
        await relaying
    assert subjects == ["1", "2", "3"]
    assert len(made) == 2


async def test_events_written_while_the_broker_is_down_arrive_when_it_is_back(
    pool: Pool, dsn: str, kafka: EmbeddedKafka, caplog: pytest.LogCaptureFixture
) -> None:
    async def is_told() -> bool:
        return any("Unable connect" in text or "Unable to" in text for text in caplog.messages)

    async with relaying(kafka, dsn):
        await write(pool, 1)
        await received(kafka, 1)
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
        await kafka.command("down")
        await write(pool, 2, 3)
        await eventually(is_told, within=timedelta(seconds=30))
        assert await left(pool) == 2
        await kafka.command("up")
        subjects = [record["ce_subject"] for record in await received(kafka, 3)]
        await eventually(lambda: left(pool), until=lambda rows: rows == 0, within=timedelta(seconds=30))
    assert subjects == ["1", "2", "3"]


async def test_a_listener_whose_caller_is_busy_keeps_each_payload_once(pool: Pool, dsn: str) -> None:
    async with Listener(dsn, "doors") as listener, Waker(pool, "doors") as waker:
        await eventually(lambda: listener.wait(timedelta(seconds=1)))
        for number in range(100):
            waker.wake("ada" if number % 2 else "bob")
            await pool.execute("SELECT pg_notify('doors', 'eve')")
        waker.wake("last")
        received: set[str] = set()
        lengths = []
        while "last" not in received:
            payloads = await listener.wait(timedelta(seconds=5))
            lengths.append(len(payloads))
            received.update(payloads)
    assert received == {"ada", "bob", "eve", "last"}
    assert max(lengths) <= 4


async def test_only_one_relay_of_a_database_sends(pool: Pool, dsn: str, kafka: EmbeddedKafka) -> None:
    async with relaying(kafka, dsn), relaying(kafka, dsn):
        for number in range(1, 101):
            await write(pool, number)
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
        await write(pool, 101)
        subjects = [record["ce_subject"] for record in await received(kafka, 101)]
    assert subjects == [str(number) for number in range(1, 102)]


async def test_an_event_too_large_for_any_broker_is_rejected_and_the_next_ones_are_sent(
    pool: Pool, dsn: str, kafka: EmbeddedKafka
) -> None:
    huge = ListCreated(
        list_id=2,
        user_id="ada",
        version=1,
        title="x" * (5 * 1024 * 1024),
        list_type="manual",
        items=(Item(media_type="movie", ids=ItemIds(tmdb=1)),),
    )
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, deletion(1), huge, deletion(3), source="/test", now=NOW)
    async with relaying(kafka, dsn):
        subjects = [record["ce_subject"] for record in await received(kafka, 2)]
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
    assert subjects == ["1", "3"]
    assert await pool.fetchval("SELECT headers ->> 'ce_subject' FROM outbox_rejected") == "2"


async def test_the_record_carries_the_traceparent_of_its_cause(pool: Pool, dsn: str, kafka: EmbeddedKafka) -> None:
    configure("test")
    with tracer().start_as_current_span("request") as span:
        await write(pool, 1)
    expected = format(span.get_span_context().trace_id, "032x")
    async with relaying(kafka, dsn):
        (headers,) = await received(kafka, 1)
    version, trace_id, span_id, _flags = headers["traceparent"].split("-")
    assert (version, trace_id, span_id) == ("00", expected, format(span.get_span_context().span_id, "016x"))


async def test_the_relay_survives_the_loss_of_its_database_connection(
    pool: Pool, dsn: str, kafka: EmbeddedKafka
) -> None:
    async with relaying(kafka, dsn):
        await write(pool, 1)
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
        with suppress(asyncpg.PostgresError):
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await write(pool, 2)
        await eventually(lambda: left(pool), until=lambda rows: rows == 0)
        assert [record["ce_subject"] for record in await received(kafka, 2)] == ["1", "2"]


@pytest.mark.parametrize(("events", "wait_ms"), [(0, 0), (1, 3), (5, 15), (10, 30), (499, 30)])
def test_a_round_waits_for_more_the_more_the_last_one_sent(events: int, wait_ms: int) -> None:
    assert pause_after(events) == timedelta(milliseconds=wait_ms)
