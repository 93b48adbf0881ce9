"""The only place that builds Kafka clients, with the options that lose nothing.

FastStream's and aiokafka's defaults lose messages: ACK_FIRST, `auto_offset_reset="latest"`, `acks=1`.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.opentelemetry import KafkaTelemetryMiddleware
from faststream.message import StreamMessage

from chassis.delivery import Delivery
from chassis.envelope import Delivered, Record, decode
from chassis.health import StuckError
from chassis.settings import ServiceSettings, kafka_addresses
from chassis.telemetry import meter
from watchbuddy_contracts import Topic

log = structlog.get_logger()

Handler = Callable[[Delivered], Awaitable[None]]

MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024
"""A list of 10,000 items is about 1 MB; the topics take as much."""
START_RETRY: Final = timedelta(seconds=1)
SILENT_FOR: Final = timedelta(seconds=30)


def producer(settings: ServiceSettings) -> AIOKafkaProducer:
    """Return a producer that waits for all replicas and cannot reorder or double what it sends itself."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,  # a round of the relay fills its batches by itself while the first one is on its way
        max_request_size=MAX_REQUEST_BYTES,
        request_timeout_ms=15_000,
    )


def build_broker(settings: ServiceSettings, *, group: str) -> KafkaBroker:
    """Return the broker of a consumer group: delivery rules outside, telemetry inside."""
    delivery = Delivery(group, lambda: producer(settings))
    broker = KafkaBroker(
        settings.kafka_bootstrap_servers,
        client_id=group,
        consumer_only=True,  # events leave by the outbox, dead letters by their own producer
        allow_auto_create_topics=False,
        graceful_timeout=10.0,
        apply_types=False,
        parser=_tolerant_parser,
        decoder=_undecoded,
        middlewares=(delivery, KafkaTelemetryMiddleware()),
        logger=None,
    )
    broker.context.set_global("delivery", delivery)
    broker.context.set_global("settings", settings)
    return broker


def subscribe(broker: KafkaBroker, *topics: Topic, group: str) -> Callable[[Handler], Handler]:
    """Register the handler of the topics' events. A type that is not known is acknowledged and counted.

    One subscriber for all topics of a group: two would rebalance each other at every start.
    """
    settings: ServiceSettings = broker.context.get("settings")
    unknown = meter().create_counter("watchbuddy.events.unknown", unit="{message}")
    session_ms = int(settings.kafka_session_timeout.total_seconds() * 1000)
    subscriber = broker.subscriber(
        *(topic.name for topic in topics),
        group_id=group,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=int(settings.kafka_fetch_max_wait.total_seconds() * 1000),
        max_partition_fetch_bytes=MAX_REQUEST_BYTES,
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=min(session_ms // 4, 3000),
    )

    def register(handler: Handler) -> Handler:
        async def on_record(message: StreamMessage[Record]) -> None:
            delivered = decode(message.raw_message)
            if delivered is None:
                unknown.add(1, {"messaging.destination.name": message.raw_message.topic})
                log.info("event_skipped", reason="unknown type", ce_type=message.headers.get("ce_type"))
                return
            await handler(delivered)

        subscriber(on_record)
        return handler

    return register


async def consume(broker: KafkaBroker) -> None:
    """Run the broker's subscribers until cancelled; wait for Kafka when it is not there at the start."""
    while True:
        try:
            await broker.start()
            break
        except (KafkaError, OSError) as exc:
            log.warning("kafka_unreachable", error=repr(exc))
            await broker.stop()
            await asyncio.sleep(START_RETRY.total_seconds())
    log.info("consuming", topics=[name for subscriber in broker.subscribers for name in _topics(subscriber)])
    try:
        await asyncio.Event().wait()
    finally:
        await broker.stop()  # waits for the record in hand, commits, leaves the group
        delivery: Delivery = broker.context.get("delivery")
        await delivery.stop()


class ConsumerHealth:
    """Whether the consumers really consume: aiokafka may hang after a broker's restart without a sign (aiokafka 1154)."""

    def __init__(self, broker: KafkaBroker) -> None:
        self._broker = broker
        self._assigned: dict[str, tuple[frozenset[Any], datetime]] = {}

    async def check(self) -> None:
        """Raise when a consumer has no partition, or none of its partitions was fetched for `SILENT_FOR`.

        Raises:
            StuckError: though Kafka answers.
        """
        for subscriber in self._broker.subscribers:
            consumer = getattr(subscriber, "consumer", None)
            names = ", ".join(_topics(subscriber))
            if consumer is None:
                raise ConnectionError(f"the consumer of {names} has not started: is Kafka away?")
            partitions = consumer.assignment()
            if not partitions:
                raise ConnectionError(f"the consumer of {names} has no partition")
            # A partition is fetched at the earliest when the broker has waited for something to come.
            now = datetime.now(UTC)
            newest_ms = max(consumer.last_poll_timestamp(partition) or 0 for partition in partitions)
            last_fetch = datetime.fromtimestamp(newest_ms / 1000, UTC)
            if self._assigned.get(names, (None, now))[0] != partitions:
                self._assigned[names] = (frozenset(partitions), now)
            silent = now - max(last_fetch, self._assigned[names][1])
            if silent > SILENT_FOR:
                text = f"the consumer of {names} has fetched nothing for {silent.total_seconds():.0f} s"
                raise StuckError(text) if await self._kafka_answers() else ConnectionError(f"{text}: Kafka is away")

    async def _kafka_answers(self) -> bool:
        settings: ServiceSettings = self._broker.context.get("settings")
        for host, port in kafka_addresses(settings.kafka_bootstrap_servers):
            with suppress(OSError):
                async with asyncio.timeout(1):
                    _, writer = await asyncio.open_connection(host, port)
                writer.close()
                return True
        return False


def _topics(subscriber: Any) -> list[str]:  # noqa: ANN401 - FastStream has no public type for it
    return list(subscriber.topic_names_for_subscribe)


async def _tolerant_parser(record: Record, original: Callable[[Record], Awaitable[StreamMessage[Record]]]) -> Any:  # noqa: ANN401
    # FastStream's parser raises on a header that is null or not UTF-8, and the record is then skipped and committed.
    # It gets a cleaned copy; `decode` looks at the record itself.
    readable = tuple((name, (raw or b"").decode(errors="backslashreplace").encode()) for name, raw in record.headers)
    message = await original(dataclasses.replace(record, headers=readable))  # type: ignore[type-var]
    message.raw_message = record
    return message


async def _undecoded(message: StreamMessage[Record]) -> StreamMessage[Record]:
    return message
