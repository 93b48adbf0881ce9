"""A real Apache Kafka from Maven artifacts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from chassis import topics
from chassis.kafka.producer import start_producer
from chassis.kafka.settings import KafkaSettings
from chassis.outbox import outbox
from chassis.outbox.relay import Relay
from chassis.postgres.database import create_pool
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from local_stack.errors import MissingProgramError
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.testing import is_running
from watchbuddy_contracts import LISTS, ListDeleted

pytestmark = pytest.mark.real_kafka


@pytest.fixture
async def kafka(tmp_path: Path) -> AsyncIterator[ApacheKafka]:
    try:
        distribution = KafkaDistribution.find()
    except MissingProgramError as missing:
        pytest.skip(str(missing))  # the text names the program that this machine lacks
    broker = ApacheKafka(distribution, tmp_path / "data", log=tmp_path / "kafka.log")
    await broker.start()
    yield broker
    await broker.stop()


async def test_records_and_offsets_survive_sigkill(kafka: ApacheKafka) -> None:
    await topics.create(KafkaSettings(kafka_bootstrap_servers=kafka.bootstrap_servers))
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        await producer.send_and_wait(LISTS.name, b"kept", partition=3)
    first = kafka.pid
    assert first is not None
    await kafka.kill()
    assert not is_running(first)
    await kafka.start()
    async with AIOKafkaConsumer(
        LISTS.name, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        assert (await consumer.getone()).value == b"kept"


async def test_a_topic_that_takes_no_large_event_is_named(kafka: ApacheKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(LISTS.name, 1, 1)])  # as by hand, with Kafka's default of 1 MiB
    await admin.close()
    with pytest.raises(topics.TooSmallError, match=rf"{LISTS.name}: max.message.bytes is 1048588, needs 4194304"):
        await topics.create(KafkaSettings(kafka_bootstrap_servers=kafka.bootstrap_servers))


async def test_topics_can_be_made_again(kafka: ApacheKafka) -> None:
    assert LISTS.name in await topics.create(KafkaSettings(kafka_bootstrap_servers=kafka.bootstrap_servers))
    assert await topics.create(KafkaSettings(kafka_bootstrap_servers=kafka.bootstrap_servers)) == []


async def test_an_event_that_the_broker_alone_refuses_is_set_aside(
    kafka: ApacheKafka, make_database: Callable[..., str]
) -> None:
    dsn = await asyncio.to_thread(make_database, "chassis")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(LISTS.name, 1, 1)])
    await admin.close()
    settings = ServiceSettings(database_url=dsn, kafka_bootstrap_servers=kafka.bootstrap_servers)
    events = [
        ListDeleted(list_id=number, user_id="ada", version=1, title=title)
        for number, title in ((1, "a"), (2, "b" * 2_000_000), (3, "c"))
    ]
    async with await create_pool(dsn) as pool:
        async with pool.acquire() as connection, connection.transaction():
            await outbox.append(connection, *events, source="/test", now=datetime.now(UTC))
        relaying = asyncio.create_task(Relay(dsn, lambda: start_producer(settings)).run())

        async def left() -> int:
            return int(await pool.fetchval("SELECT count(*) FROM outbox"))

        await eventually(left, until=lambda rows: rows == 0, within=timedelta(seconds=30))
        relaying.cancel()
        with suppress(asyncio.CancelledError):
            await relaying
        assert await pool.fetchval("SELECT array_agg(headers ->> 'ce_subject') FROM outbox_rejected") == ["2"]
    async with AIOKafkaConsumer(
        LISTS.name, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        subjects = [dict((await consumer.getone()).headers)["ce_subject"] for _ in range(2)]
    assert subjects == [b"1", b"3"]


def test_without_java_it_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match=r"needs Java 17 or newer \(java\) and Maven \(mvn\) on the PATH"):
        KafkaDistribution.find(tmp_path)
