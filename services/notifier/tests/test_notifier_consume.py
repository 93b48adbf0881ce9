import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from chassis.postgres.database import Pool
from chassis.testing import eventually
from local_stack.kafka.embedded import EmbeddedKafka
from notifier import store
from notifier.testing import sync_started
from watchbuddy_contracts import Event, EventHeaders, ListDeleted, TraktListDeleted, partition_key

PATIENCE = timedelta(seconds=60)
"""A machine that does much else handles ten records a second."""


@pytest.fixture
async def kafka() -> AsyncIterator[str]:
    kafka = EmbeddedKafka()
    await kafka.start()
    yield kafka.bootstrap_servers
    await kafka.stop()


@pytest.fixture
async def producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        yield producer


async def send(producer: AIOKafkaProducer, event: Event, event_id: UUID | None = None) -> None:
    await (await send_on(producer, event, event_id))


async def send_on(
    producer: AIOKafkaProducer, event: Event, event_id: UUID | None = None
) -> "asyncio.Future[RecordMetadata]":
    attributes = EventHeaders.of(event, event_id=event_id or uuid4(), source="/tests", time=datetime.now(UTC))
    headers = [(name, value.encode()) for name, value in attributes.to_headers().items()]
    answer: asyncio.Future[RecordMetadata] = await producer.send(
        event.topic, value=event.to_json(), key=partition_key(event), headers=headers
    )
    return answer


@asynccontextmanager
async def consuming(dsn: str, kafka: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "TMPDIR"}}
    environment |= {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "KAFKA_FETCH_MAX_WAIT": "PT0.01S",
        "KAFKA_SESSION_TIMEOUT": "PT1.5S",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "notifier", "consume", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def texts(pool: Pool) -> list[str]:
    return [message.text for message in (await store.after(pool, {"ada": 0}, limit=100))["ada"]]


async def test_a_consumer_killed_and_started_again_tells_everything_once(
    dsn: str, pool: Pool, kafka: str, producer: AIOKafkaProducer
) -> None:
    async def count() -> int:
        return len(await texts(pool))

    event_id = uuid4()
    async with consuming(dsn, kafka) as process:
        await send(producer, sync_started(title="before"), event_id)
        await eventually(count, until=lambda number: number == 1)
        process.kill()
    await send(producer, sync_started(title="before"), event_id)
    await send(producer, ListDeleted(user_id="ada", list_id=7, version=2, title="Heists"))
    await send(producer, TraktListDeleted(user_id="ada", list_id=7, version=2, title="Heists", trakt_list_id=5))
    async with consuming(dsn, kafka) as process:
        await eventually(count, until=lambda number: number >= 3)
        await send(producer, sync_started(title="the last"))  # behind it, all others have been handled
        await eventually(count, until=lambda number: number >= 4)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    told = await texts(pool)
    assert sorted(told) == sorted(
        ["Syncing 'before'...", "List 7 deleted.", "Deleted 'Heists' from Trakt", "Syncing 'the last'..."]
    )
    assert [told[0], told[-1]] == ["Syncing 'before'...", "Syncing 'the last'..."]


async def test_a_consumer_killed_in_the_middle_of_a_poll_tells_everything_once(
    dsn: str, pool: Pool, kafka: str, producer: AIOKafkaProducer
) -> None:
    async def count() -> int:
        number: int = await pool.fetchval("SELECT count(*) FROM messages")
        return number

    titles = [f"List {number}" for number in range(150)]
    sent = [await send_on(producer, sync_started(title=title)) for title in titles]
    await asyncio.gather(*sent)
    async with consuming(dsn, kafka) as process:
        await eventually(count, until=lambda number: number > 0, within=PATIENCE)
        process.kill()
        await process.wait()
    killed_at = await count()
    async with consuming(dsn, kafka):
        await eventually(count, until=lambda number: number >= len(titles), within=PATIENCE)
    told = [message.text for message in (await store.after(pool, {"ada": 0}, limit=1000))["ada"]]
    assert killed_at < len(titles)
    assert told == [f"Syncing '{title}'..." for title in titles]
