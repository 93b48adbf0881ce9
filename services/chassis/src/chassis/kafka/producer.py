"""Producers, with the options that lose nothing. A process that only sends needs no FastStream."""

from typing import Final

from aiokafka import AIOKafkaProducer

from chassis.kafka.connection import connection_arguments, knock
from chassis.kafka.settings import KafkaSettings

MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024
"""A list of 10,000 items is about 1 MB. The topics take records of the same size."""


def producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """Return a producer that waits for all replicas. It cannot reorder or double what it sends itself."""
    return AIOKafkaProducer(
        **connection_arguments(settings),
        acks="all",
        enable_idempotence=True,
        linger_ms=0,  # while the first batch is on its way, a round of the relay fills the next ones
        max_request_size=MAX_REQUEST_BYTES,
        request_timeout_ms=15_000,
    )


async def start_producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """Return a producer that has started.

    Raises:
        KafkaRefusedError: Kafka does not let us in.
        ConnectionError, KafkaError: Kafka does not answer.
    """
    await knock(settings)
    made = producer(settings)
    try:
        await made.start()
    except BaseException:  # half started: nothing may stay behind
        await made.stop()
        raise
    return made
