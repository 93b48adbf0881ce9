"""A real Apache Kafka from Maven artifacts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from chassis import topics
from contracts import LISTS
from local_stack.apache_kafka import ApacheKafka, KafkaDistribution
from local_stack.errors import MissingProgramError
from local_stack.testing import is_running

pytestmark = pytest.mark.real_kafka


@pytest.fixture
async def kafka(tmp_path: Path) -> AsyncIterator[ApacheKafka]:
    try:
        distribution = KafkaDistribution.find()
    except MissingProgramError as missing:
        pytest.skip(str(missing))
    broker = ApacheKafka(distribution, tmp_path / "data", log=tmp_path / "kafka.log")
    await broker.start()
    yield broker
    await broker.stop()


async def test_records_and_offsets_survive_sigkill(kafka: ApacheKafka) -> None:
    await topics.create(kafka.bootstrap_servers)
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


def test_without_java_it_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match=r"needs Java 17 or newer \(java\) and Maven \(mvn\) on the PATH"):
        KafkaDistribution.find(tmp_path)
