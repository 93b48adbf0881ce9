"""How far a group is. Having it read its topics once more needs a real broker: tests/integration."""

import argparse
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer

from chassis.kafka.settings import KafkaSettings
from chassis.offsets.__main__ import COMMANDS
from chassis.settings import ServiceSettings
from chassis.testing_delivery import GROUP, deletion, send
from chassis.topics import create
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import LISTS


@pytest.fixture
async def settings() -> AsyncIterator[ServiceSettings]:
    kafka = EmbeddedKafka()
    await kafka.start()
    yield ServiceSettings(database_url="postgresql://nobody", kafka_bootstrap_servers=kafka.bootstrap_servers)
    await kafka.stop()


async def run(name: str, *arguments: str) -> int | None:
    parser = argparse.ArgumentParser()
    COMMANDS[name].arguments(parser)
    return await COMMANDS[name].run(parser.parse_args(arguments))


async def test_it_is_told_how_far_a_group_is(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.kafka_bootstrap_servers)
    await send(settings, deletion(7), deletion(8))
    assert await run("list", "--group", GROUP) == 1
    assert f"{GROUP} {LISTS.name}: 2" in capsys.readouterr().out
    consumer = AIOKafkaConsumer(
        LISTS.name,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=GROUP,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    for _ in range(2):
        await consumer.getone()
    await consumer.commit()
    await consumer.stop()
    assert await run("list", "--group", GROUP) == 0


async def test_topics_are_made_by_a_controller_alone(settings: ServiceSettings) -> None:
    with pytest.raises(ConnectionError, match="the embedded one, which makes its own"):
        await create(KafkaSettings(kafka_bootstrap_servers=settings.kafka_bootstrap_servers))


async def test_without_kafka_the_status_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    assert await run("list") == 2
    assert await run("rewind", "--group", GROUP) == 2
