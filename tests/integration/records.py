"""The topics, as another client of the broker sees them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from chassis.kafka.connection import connection_arguments
from chassis.kafka.settings import KafkaSettings
from chassis.testing import eventually
from watchbuddy_contracts import EVENTS, TOPICS, Event, EventHeaders

READ_WITHIN: Final = timedelta(seconds=20)
JOINED_WITHIN: Final = timedelta(seconds=20)
CAUGHT_UP_WITHIN: Final = timedelta(seconds=60)
MAX_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies in its partition."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str:
        return dict(self.headers)[name].decode()

    def event(self) -> Event:
        assert self.value is not None
        return EVENTS[self.header("ce_type")].model_validate_json(self.value)

    def event_id(self) -> str:
        return str(EventHeaders.from_headers({name: raw.decode() for name, raw in self.headers}).event_id)


class Records:
    """Reads, writes and rewinds."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._connection = connection_arguments(settings)

    async def read(self, topic: str) -> list[Record]:
        """Return everything that is in a topic now, each partition in order."""
        async with self._consumer(None) as consumer:
            partitions = _partitions(topic)
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            begins = await consumer.beginning_offsets(partitions)
            for partition in partitions:
                consumer.seek(partition, begins[partition])
            found: list[Record] = []
            waited_for = {partition for partition in partitions if ends[partition] > begins[partition]}

            async def read_on() -> bool:
                for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                    found.extend(_record(record) for record in records)
                    if await consumer.position(partition) >= ends[partition]:
                        waited_for.discard(partition)
                return not waited_for

            await eventually(read_on, within=READ_WITHIN)
            return found

    async def events_of(self, topic: str, *users: str) -> dict[str, Event]:
        """Return the events of some users by their ids: each once, however often it was sent."""
        return {record.event_id(): record.event() for record in await self.read(topic) if _key(record) in users}

    async def write(self, records: Sequence[Record]) -> None:
        """Send records once more, as they are: key, headers, partition and all."""
        producer = AIOKafkaProducer(**self._connection, acks="all", enable_idempotence=True, max_request_size=MAX_BYTES)
        await producer.start()
        try:
            for record in records:
                await producer.send(
                    record.topic,
                    value=record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                )
        finally:
            await producer.stop()  # flushes

    async def rewind(self, group: str) -> None:
        """Make a group, whose consumers are stopped, read its topics from the start."""
        partitions = _partitions(*_topics_of(group))
        # As a member: the embedded broker takes no commit from anybody else.
        async with self._consumer(group, *_topics_of(group)) as consumer:

            async def assigned() -> set[TopicPartition]:
                return set(consumer.assignment())

            await eventually(assigned, until=lambda seen: seen == set(partitions), within=JOINED_WITHIN)
            await consumer.commit(dict.fromkeys(partitions, 0))

    async def caught_up(self, within: timedelta = CAUGHT_UP_WITHIN) -> None:
        """Wait until every group has committed everything that is in its topics."""
        for group in groups():
            async with self._consumer(group) as consumer:
                partitions = _partitions(*_topics_of(group))
                consumer.assign(partitions)

                async def behind(
                    consumer: AIOKafkaConsumer = consumer, partitions: list[TopicPartition] = partitions
                ) -> dict[str, int]:
                    ends = await consumer.end_offsets(partitions)
                    done = {one: await consumer.committed(one) or 0 for one in partitions if ends[one]}
                    return {
                        f"{one.topic}-{one.partition}": ends[one] - done[one] for one in done if ends[one] > done[one]
                    }

                await eventually(behind, until=lambda left: not left, within=within, every=timedelta(milliseconds=100))

    @asynccontextmanager
    async def _consumer(self, group: str | None, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            *topics,
            **self._connection,
            group_id=group,
            enable_auto_commit=False,
            max_partition_fetch_bytes=MAX_BYTES,
            fetch_max_wait_ms=100,
        )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


def groups() -> list[str]:
    return sorted({group for topic in TOPICS for group in topic.groups})


def _partitions(*topics: str) -> list[TopicPartition]:
    counts = {topic.name: topic.partitions for topic in TOPICS}  # a dead-letter topic has one
    return [TopicPartition(topic, number) for topic in topics for number in range(counts.get(topic, 1))]


def _topics_of(group: str) -> list[str]:
    return [topic.name for topic in TOPICS if group in topic.groups]


def _record(record: ConsumerRecord) -> Record:
    return Record(
        record.topic, record.partition, record.offset, record.key, record.value, headers=tuple(record.headers)
    )


def _key(record: Record) -> str:
    return (record.key or b"").decode()
