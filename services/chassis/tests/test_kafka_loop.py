"""The event loop of Kafka clients: a write to a connection that Kafka has just closed is a lost connection to them."""

import asyncio
from pathlib import Path

import pytest
import uvloop
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from chassis.kafka.connection import knock
from chassis.kafka.settings import KafkaSettings
from chassis.process import KAFKA_LOOP
from local_stack.kafka.embedded import EmbeddedKafka


def test_a_write_to_a_connection_that_was_just_closed_is_an_error_of_kafkas(tmp_path: Path) -> None:
    async def write_to_closed() -> None:
        kafka = EmbeddedKafka(log=tmp_path / "kafka.log")
        await kafka.start()
        try:
            host, _, port = kafka.bootstrap_servers.partition(":")
            connection = await create_conn(host, int(port))
            connection._writer.transport.abort()
            await asyncio.sleep(0)  # the loop knows; aiokafka's reader does not yet
            with pytest.raises(KafkaError):
                await connection.send(MetadataRequest([]))
        finally:
            await kafka.stop()

    with asyncio.Runner(loop_factory=KAFKA_LOOP) as runner:
        runner.run(write_to_closed())


def test_a_client_on_another_loop_does_not_start() -> None:
    async def start() -> None:
        await knock(KafkaSettings(kafka_bootstrap_servers="127.0.0.1:1"))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, pytest.raises(TypeError, match="kafka_process"):
        runner.run(start())
