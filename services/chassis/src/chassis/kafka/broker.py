"""Consumers, with the options that lose nothing.

FastStream's and aiokafka's defaults lose messages: ACK_FIRST, `auto_offset_reset="latest"`, `acks=1`.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.message import StreamMessage
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from chassis.clock import Clock, utc_now
from chassis.health import StuckError
from chassis.kafka.connection import KafkaRefusedError, Refusals, knock, tls_of
from chassis.kafka.delivery import Delivery
from chassis.kafka.envelope import Delivered, Reader, Record
from chassis.kafka.framework_log import FrameworkLog
from chassis.kafka.producer import MAX_REQUEST_BYTES, start_producer
from chassis.kafka.settings import KafkaSettings
from chassis.settings import ServiceSettings
from chassis.telemetry.declared import CONSUMER_LAG
from chassis.telemetry.exporters import is_exported
from chassis.telemetry.instruments import Labels
from chassis.telemetry.messaging import ProcessTelemetry
from chassis.telemetry.readings import READINGS, Reading, Values
from watchbuddy_contracts import Event, Topic

log = structlog.get_logger()

Handler = Callable[[Sequence[Delivered]], Awaitable[None]]
"""Gets a set of events in their order. When it raises, all of them come again, also those that it has handled."""
Records = tuple[Record, ...]
Parser = Callable[[Records, Callable[[Records], Awaitable[StreamMessage[Records]]]], Awaitable[Any]]

START_RETRY: Final = timedelta(seconds=1)
SILENT_FOR: Final = timedelta(seconds=30)
MAX_POLL_RECORDS: Final = 500
"""A poll's records have one commit of their offsets. A crash brings at most so many handled ones again."""
PAUSE_A_RECORD: Final = timedelta(milliseconds=5)
MAX_PAUSE: Final = timedelta(milliseconds=50)
GATHERED: Final = 100
"""A poll of so many records costs each of them little. Whoever has a backlog does not wait for more."""
POLL_FOR: Final = timedelta(days=3650)
"""A poll ends when something comes. FastStream sleeps for as long again after one that has found nothing."""
PROBE_TIMEOUT: Final = timedelta(seconds=1)
"""Below the health checks' own limit of two seconds."""
TROUBLE: Final = "kafka_trouble"
"""The broker's context holds under this name why its consumers have not started."""


def build_broker(settings: ServiceSettings, *, group: str, parser: Parser | None = None) -> KafkaBroker:
    """Return the broker of a consumer group.

    Without a parser it has ours, which takes headers of any bytes.
    """
    broker = KafkaBroker(
        [one.strip() for one in settings.kafka_bootstrap_servers.split(",")],  # FastStream takes a text for one server
        security=_security_of(settings),
        client_id=group,
        consumer_only=True,  # the relay sends events; dead letters have a producer of their own
        allow_auto_create_topics=False,
        graceful_timeout=10.0,
        apply_types=False,
        parser=parser or _tolerant_parser,
        decoder=_undecoded,
        logger=FrameworkLog(),
        log_level=logging.DEBUG,  # of its lines for each record
    )
    broker.context.set_global("delivery", Delivery(group, partial(start_producer, settings)))
    broker.context.set_global("settings", settings)
    return broker


def subscribe(
    broker: KafkaBroker, *topics: Topic, group: str, events: Collection[type[Event]]
) -> Callable[[Handler], Handler]:
    """Register the handler of sets of the topics' events. An event of an unknown type is acknowledged and counted.

    A group has one subscriber for all its topics. Two would rebalance each other at every start.

    Args:
        events: the types that are handled, also as the narrower models of `without`. Others are passed over unread.
    """
    reader = Reader(events, group)
    settings: ServiceSettings = broker.context.get("settings")
    delivery: Delivery = broker.context.get("delivery")
    delivery.expect([topic.name for topic in topics])
    telemetry = ProcessTelemetry(group, is_traced=is_exported("TRACES"))
    session_ms = _ms(settings.kafka_session_timeout)
    subscriber = broker.subscriber(
        *(topic.name for topic in topics),
        group_id=group,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
        batch=True,
        max_records=MAX_POLL_RECORDS,
        batch_timeout_ms=_ms(POLL_FOR),
        fetch_max_wait_ms=_ms(settings.kafka_fetch_max_wait),
        max_partition_fetch_bytes=MAX_REQUEST_BYTES,
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=min(session_ms // 4, 3000),
    )

    def register(handler: Handler) -> Handler:
        async def in_their_traces(records: Sequence[Record], events: Sequence[Delivered]) -> None:
            await telemetry.handle(records, events, handler)  # inside the rules: it measures each try

        async def on_poll(message: KafkaMessage) -> None:
            again = await delivery.deliver(message.raw_message, reader, in_their_traces)
            _rewind(message, again)
            await asyncio.sleep(pause_after(len(message.raw_message)).total_seconds())
            # Then FastStream commits what is before `again`.

        subscriber(on_poll)
        return handler

    return register


def pause_after(records: int) -> timedelta:
    """Return how long the next poll waits after one that brought so many records (decision 33)."""
    return timedelta(0) if records >= GATHERED else min(records * PAUSE_A_RECORD, MAX_PAUSE)


def _rewind(message: KafkaMessage, records: Sequence[Record]) -> None:
    """Have each partition deliver again from the first of these records on."""
    first: dict[TopicPartition, int] = {}
    for record in records:
        first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
    for partition, offset in first.items():
        with suppress(IllegalStateError):  # another consumer has the partition now, and begins at what is committed
            message.consumer.seek(partition, offset)


def _ms(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)


async def consume(broker: KafkaBroker) -> None:
    """Run the broker's subscribers until cancelled. Wait for Kafka when it is away, or refuses us, at the start."""
    await _start(broker)
    log.info("consuming", topics=[name for subscriber in broker.subscribers for name in _topics(subscriber)])
    delivery: Delivery = broker.context.get("delivery")
    lag = Reading("consumer lag", (CONSUMER_LAG,), partial(_lag, broker, delivery.group))
    READINGS.add(lag)
    try:
        await asyncio.Event().wait()
    finally:
        READINGS.remove(lag)
        await broker.stop()  # it waits for the current poll, commits, and leaves the group
        await delivery.stop()


async def _start(broker: KafkaBroker) -> None:
    settings: ServiceSettings = broker.context.get("settings")
    refusals = Refusals()
    while True:
        try:
            await knock(settings)
            await broker.start()
        except KafkaRefusedError as exc:
            broker.context.set_global(TROUBLE, str(exc))
            await refusals.wait(exc)
        except (KafkaError, OSError) as exc:
            broker.context.set_global(TROUBLE, "is Kafka away?")
            log.warning("kafka_unreachable", error=repr(exc))
            await broker.stop()
            await asyncio.sleep(START_RETRY.total_seconds())
        else:
            return


async def _lag(broker: KafkaBroker, group: str) -> Values:
    """Return how far the consumers are from their partitions' ends, as the last fetches told.

    To ask Kafka would take as long as a fetch waits: it answers a connection's requests one after the other.
    """
    lags: dict[Labels, float] = {}
    for subscriber in broker.subscribers:
        consumer: AIOKafkaConsumer = subscriber.consumer  # type: ignore[attr-defined] # FastStream has no public type
        for partition in consumer.assignment():
            end = consumer.highwater(partition)
            if end is not None:  # it was fetched from
                labels = (partition.topic, group)
                lags[labels] = lags.get(labels, 0.0) + max(0, end - await consumer.position(partition))
    return {CONSUMER_LAG: lags}


class ConsumerHealth:
    """Whether the consumers consume. After a broker's restart aiokafka may hang without a sign (aiokafka 1154)."""

    def __init__(self, broker: KafkaBroker, now: Clock = utc_now) -> None:
        """Args: now: the clock against which the consumers' last fetch is held; theirs is the system's."""
        self._broker = broker
        self._now = now
        self._assigned: dict[str, tuple[frozenset[Any], datetime]] = {}

    async def check(self) -> None:
        """Raise when a consumer has no partition, or has fetched from none of them for `SILENT_FOR`.

        Raises:
            StuckError: it has not fetched although Kafka answers.
            ConnectionError: Kafka is away or refuses us, or the consumer has no partition.
        """
        for subscriber in self._broker.subscribers:
            consumer = getattr(subscriber, "consumer", None)
            names = ", ".join(_topics(subscriber))
            if consumer is None:
                trouble = self._broker.context.get(TROUBLE, "is Kafka away?")
                raise ConnectionError(f"the consumer of {names} has not started: {trouble}")
            partitions = consumer.assignment()
            if not partitions:
                raise ConnectionError(f"the consumer of {names} has no partition")
            silent = self._silence(names, consumer, partitions)
            if silent > SILENT_FOR:
                text = f"the consumer of {names} has fetched nothing for {silent.total_seconds():.0f} s"
                try:
                    await knock(self._broker.context.get("settings"), within=PROBE_TIMEOUT)
                except ConnectionError as exc:
                    raise ConnectionError(f"{text}: {exc}") from exc
                raise StuckError(text)

    def _silence(self, names: str, consumer: AIOKafkaConsumer, partitions: Collection[TopicPartition]) -> timedelta:
        """Return how long ago the consumer last fetched from a partition, or was given other partitions."""
        now = self._now()
        newest_ms = max(consumer.last_poll_timestamp(partition) or 0 for partition in partitions)
        last_fetch = datetime.fromtimestamp(newest_ms / 1000, UTC)
        # A partition is fetched at the earliest when the broker has waited for something to come.
        if self._assigned.get(names, (None, now))[0] != partitions:
            self._assigned[names] = (frozenset(partitions), now)
        return now - max(last_fetch, self._assigned[names][1])


def _topics(subscriber: Any) -> list[str]:  # noqa: ANN401 - FastStream has no public type for it
    return list(subscriber.topic_names_for_subscribe)


async def _tolerant_parser(records: Records, original: Callable[[Records], Awaitable[StreamMessage[Records]]]) -> Any:  # noqa: ANN401
    # FastStream's parser reads the headers of all records, and raises on one that is null or not UTF-8. FastStream then
    # skips and commits them all. So the parser gets one record without headers. `decode` reads the records themselves.
    message = await original((dataclasses.replace(records[0], headers=()),))  # type: ignore[type-var]
    message.raw_message = records
    return message


async def _undecoded(message: StreamMessage[Records]) -> StreamMessage[Records]:
    return message


def _security_of(settings: KafkaSettings) -> BaseSecurity:
    """Return what the settings say, in FastStream's form. They have all of mechanism, user and password, or none."""
    context = tls_of(settings)
    mechanism, user = settings.kafka_sasl_mechanism, settings.kafka_sasl_username
    password = settings.kafka_sasl_password
    if mechanism is None or user is None or password is None:
        return BaseSecurity(ssl_context=context)
    forms = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
    return forms[mechanism](user, password.get_secret_value(), ssl_context=context)
