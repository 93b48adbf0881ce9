"""For tests of delivery: records in a topic, a consumer while a block runs, what was committed and dead-lettered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from chassis.kafka.broker import ConsumerHealth, build_broker, subscribe
from chassis.kafka.delivery import Delivery, Waits
from chassis.kafka.envelope import Delivered
from chassis.kafka.producer import producer
from chassis.settings import ServiceSettings
from watchbuddy_contracts import LISTS, Event, EventHeaders, ListCreated, ListDeleted, dead_letter_topic, without

GROUP: Final = "trakt-sync"
HEADS: Final = without(ListCreated, "items")
Headers = list[tuple[str, bytes | None]]


@dataclass
class Fetched:
    """A record as aiokafka gives it."""

    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    topic: str = LISTS.name
    partition: int = 0
    key: bytes | None = b"ada"


async def no_producer() -> AIOKafkaProducer:
    """Stand in for the producer of dead letters where there are to be none."""
    raise AssertionError("nothing becomes a dead letter")


def deletion(list_id: int) -> tuple[bytes, Headers]:
    """Return the value and the headers of the record that says that a list of ada's was deleted."""
    return record_of(ListDeleted(list_id=list_id, user_id="ada", version=2, title="Heists"))


def record_of(event: Event) -> tuple[bytes, Headers]:
    """Return the value and the headers of an event's record, under a new id."""
    attributes = EventHeaders.of(event, event_id=uuid4(), source="/test", time=datetime.now(UTC))
    return event.to_json(), [(name, value.encode()) for name, value in attributes.to_headers().items()]


async def fill(settings: ServiceSettings, *records: tuple[bytes | None, Headers]) -> None:
    """Send the records together, so that one poll brings them."""
    sender = producer(settings)
    await sender.start()
    sent = [await sender.send(LISTS.name, value=value, key=b"ada", headers=headers) for value, headers in records]
    await asyncio.gather(*sent)
    await sender.stop()


async def committed(settings: ServiceSettings) -> int | None:
    """Return the offset that the group has committed; None: none yet."""
    looker = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers, group_id=GROUP, enable_auto_commit=False
    )
    await looker.start()
    looker.assign([TopicPartition(LISTS.name, 0)])
    offset: int | None = await looker.committed(TopicPartition(LISTS.name, 0))
    await looker.stop()
    return offset


async def send(settings: ServiceSettings, *records: tuple[bytes | None, Headers]) -> None:
    """Send the records one after the other."""
    sender = producer(settings)
    await sender.start()
    for value, headers in records:
        await sender.send_and_wait(LISTS.name, value=value, key=b"ada", headers=headers)
    await sender.stop()


@asynccontextmanager
async def consuming(
    settings: ServiceSettings, handle: Callable[[Delivered], None], sets: list[list[int]] | None = None
) -> AsyncIterator[ConsumerHealth]:
    """Consume while the block runs.

    Args:
        handle: of each event.
        sets: gets the subjects of each set that was handled without a failure.
    """
    broker = build_broker(settings, group=GROUP)
    delivery: Delivery = broker.context.get("delivery")
    delivery._waits = Waits(first=timedelta(milliseconds=5), max_wait=timedelta(milliseconds=20))  # noqa: SLF001 - tests do not wait as long

    @subscribe(broker, LISTS, group=GROUP, events=[ListDeleted, HEADS])
    async def on_events(events: Sequence[Delivered]) -> None:
        for delivered in events:
            handle(delivered)
        if sets is not None:
            sets.append([int(delivered.headers.subject) for delivered in events])

    await broker.start()
    try:
        yield ConsumerHealth(broker)
    finally:
        await broker.stop()
        await delivery.stop()


async def dead_letters(settings: ServiceSettings, count: int) -> list[dict[str, str]]:
    """Wait for so many dead letters; return the headers of each, with its `value` and `key` as Python shows them."""
    consumer = AIOKafkaConsumer(
        dead_letter_topic(LISTS.name, GROUP),
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    found = []
    for _ in range(count):
        record = await consumer.getone()
        headers = {name: (raw or b"").decode(errors="replace") for name, raw in record.headers}
        found.append({**headers, "value": repr(record.value), "key": repr(record.key)})
    await consumer.stop()
    return found
