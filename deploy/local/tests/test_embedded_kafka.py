"""The embedded Kafka, seen by the client that the services use."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from local_stack.errors import PartFailedError
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.testing import is_running
from watchbuddy_contracts import LISTS, TOPICS, dead_letter_topic

INVALID_TOPIC = 17
PRODUCE = 0


@pytest.fixture
async def kafka() -> AsyncIterator[EmbeddedKafka]:
    embedded = EmbeddedKafka()
    await embedded.start()
    yield embedded
    await embedded.stop()


@pytest.fixture
async def producer(kafka: EmbeddedKafka) -> AsyncIterator[AIOKafkaProducer]:
    client = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all", enable_idempotence=True)
    await client.start()
    yield client
    await client.stop()


def consumer_of(kafka: EmbeddedKafka, *topics: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        *topics,
        bootstrap_servers=kafka.bootstrap_servers,
        group_id="test",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=1500,
        heartbeat_interval_ms=300,
        fetch_max_wait_ms=50,
    )


async def test_every_topic_of_the_contracts_is_there_with_its_partitions(kafka: EmbeddedKafka) -> None:
    client = AIOKafkaClient(bootstrap_servers=kafka.bootstrap_servers)
    await client.bootstrap()
    try:
        known = await client.fetch_all_metadata()
    finally:
        await client.close()
    found = {name: len(known.partitions_for_topic(name)) for name in known.topics()}
    wanted = {topic.name: topic.partitions for topic in TOPICS}
    wanted |= {dead_letter_topic(topic.name, group): 1 for topic in TOPICS for group in topic.groups}
    assert found == wanted


async def test_records_are_read_in_the_order_of_their_key(kafka: EmbeddedKafka, producer: AIOKafkaProducer) -> None:
    for number in range(20):
        await producer.send_and_wait(LISTS.name, str(number).encode(), key=b"ada")
    consumer = consumer_of(kafka, LISTS.name)
    await consumer.start()
    try:
        values = [(await consumer.getone()).value for _ in range(20)]
        await consumer.commit()
    finally:
        await consumer.stop()
    assert values == [str(number).encode() for number in range(20)]


async def test_a_group_goes_on_where_it_committed(kafka: EmbeddedKafka, producer: AIOKafkaProducer) -> None:
    for value in (b"first", b"second"):
        await producer.send_and_wait(LISTS.name, value, partition=0)
    for expected in (b"first", b"second"):
        consumer = consumer_of(kafka, LISTS.name)
        await consumer.start()
        try:
            record = await consumer.getone()
            assert record.value == expected
            await consumer.commit({TopicPartition(LISTS.name, 0): record.offset + 1})
        finally:
            await consumer.stop()


async def test_a_broker_that_was_down_keeps_its_records(kafka: EmbeddedKafka, producer: AIOKafkaProducer) -> None:
    await producer.send_and_wait(LISTS.name, b"before", partition=0)
    await kafka.command("down")
    meanwhile = await producer.send(LISTS.name, b"meanwhile", partition=0)
    done, _ = await asyncio.wait({meanwhile}, timeout=0.5)
    assert not done
    await kafka.command("up")
    consumer = consumer_of(kafka, LISTS.name)
    await consumer.start()
    try:
        assert [(await consumer.getone()).value for _ in range(2)] == [b"before", b"meanwhile"]
    finally:
        await consumer.stop()


async def test_an_injected_error_reaches_the_client(kafka: EmbeddedKafka, producer: AIOKafkaProducer) -> None:
    await kafka.command(f"errors {PRODUCE} {INVALID_TOPIC}")
    with pytest.raises(KafkaError):
        await producer.send_and_wait(LISTS.name, b"refused", partition=0)


async def test_a_command_that_does_not_exist_is_refused_and_the_broker_lives_on(kafka: EmbeddedKafka) -> None:
    with pytest.raises(PartFailedError, match="unknown command 'explode'"):
        await kafka.command("explode")
    await kafka.command("latency 0")


async def test_it_ends_when_it_is_stopped() -> None:
    kafka = EmbeddedKafka(topics={"few": 1})
    await kafka.start()
    pid = kafka.pid
    assert pid is not None
    await kafka.stop()
    assert not is_running(pid)
    assert kafka.exit_status() is not None
