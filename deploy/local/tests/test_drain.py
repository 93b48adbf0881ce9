"""Before the embedded broker goes: what is still on its way is seen."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.system.drain import drain
from watchbuddy_contracts import LISTS

AT_ONCE = timedelta(seconds=0)


@pytest.fixture
async def kafka() -> AsyncIterator[EmbeddedKafka]:
    embedded = EmbeddedKafka()
    await embedded.start()
    yield embedded
    await embedded.stop()


@pytest.fixture
async def postgres() -> AsyncIterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="wb-test-") as name:
        folder = Path(name)
        os.chmod(name, 0o711)  # noqa: PTH101, S103 - as root, PostgreSQL's account passes through
        binaries = PostgresBinaries.embedded(folder)
        server = PostgresServer(binaries, folder / "data", log=folder / "log", durable=False)
        await server.start()
        addresses = {database: server.dsn(database) for database in ("lists_api", "trakt_sync")}
        for address in addresses.values():
            await run(address, "CREATE TABLE outbox (id bigint)")
        yield addresses
        await server.stop()


async def run(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


@asynccontextmanager
async def member(kafka: EmbeddedKafka, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=group, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition(LISTS.name, 0)])
    yield consumer
    await consumer.stop()


async def test_nothing_on_its_way_is_done_at_once(kafka: EmbeddedKafka, postgres: dict[str, str]) -> None:
    assert await drain(postgres, kafka.bootstrap_servers, within=timedelta(seconds=5)) is None


async def test_an_unsent_event_is_waited_for(kafka: EmbeddedKafka, postgres: dict[str, str]) -> None:
    await run(postgres["trakt_sync"], "INSERT INTO outbox VALUES (1)")
    assert await drain(postgres, kafka.bootstrap_servers, within=AT_ONCE) == "1 events not sent, 0 not read"


async def test_an_event_is_read_when_every_group_has_committed_it(
    kafka: EmbeddedKafka, postgres: dict[str, str]
) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        await producer.send_and_wait(LISTS.name, b"event", partition=0)
    unread = len(LISTS.groups)
    for group in LISTS.groups:
        expected = f"0 events not sent, {unread} not read"
        assert await drain(postgres, kafka.bootstrap_servers, within=AT_ONCE) == expected
        async with member(kafka, group) as consumer:
            await consumer.commit({TopicPartition(LISTS.name, 0): 1})
        unread -= 1
    assert await drain(postgres, kafka.bootstrap_servers, within=AT_ONCE) is None


async def test_a_broker_that_is_gone_does_not_hold_up_the_end(kafka: EmbeddedKafka, postgres: dict[str, str]) -> None:
    await kafka.stop()
    left = await drain(postgres, kafka.bootstrap_servers, within=timedelta(seconds=1))
    assert left is not None
    assert "nothing could be looked at" in left
