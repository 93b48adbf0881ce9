"""The committed offsets of consumer groups, read and written without joining one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalGenerationError, UnknownMemberIdError

from chassis.kafka.connection import connection_arguments, knock
from chassis.kafka.settings import KafkaSettings
from watchbuddy_contracts import TOPICS

GROUPS: Final = sorted({group for topic in TOPICS for group in topic.groups})


class BusyGroupError(Exception):
    """The group has consumers."""


def topics_of(group: str) -> list[str]:
    """Return the topics that the group reads."""
    return [topic.name for topic in TOPICS if group in topic.groups]


async def lag(settings: KafkaSettings, group: str) -> dict[str, int]:
    """Return how many records of each of its topics the group has not handled.

    Raises:
        ConnectionError: Kafka does not answer, or does not let us in (KafkaRefusedError).
        KafkaError: a topic is not there, or may not be read.
    """
    async with _consumer(settings, group) as consumer:
        left = {}
        for topic in topics_of(group):
            partitions = _partitions(topic)
            consumer.assign(partitions)
            ends, begins = await consumer.end_offsets(partitions), await consumer.beginning_offsets(partitions)
            done = {one: await consumer.committed(one) or 0 for one in partitions}
            left[topic] = sum(ends[one] - max(done[one], begins[one]) for one in partitions)
        return left


async def rewind(settings: KafkaSettings, group: str, since: datetime | None) -> int:
    """Have the group read its topics from that time on, None: from the beginning; return how many records that is.

    Raises:
        BusyGroupError: its consumers are not stopped, or were until seconds ago; nothing is changed.
        ConnectionError, KafkaError: as `lag`.
    """
    async with _consumer(settings, group) as consumer:
        partitions = [one for topic in topics_of(group) for one in _partitions(topic)]
        consumer.assign(partitions)
        first = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        if since is not None:
            at = await consumer.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
            first = {one: ends[one] if found is None else found.offset for one, found in at.items()}
        try:
            await consumer.commit(first)  # of somebody who is no member: taken while the group has none
        except (CommitFailedError, UnknownMemberIdError, IllegalGenerationError):
            raise BusyGroupError(f"stop the consumers of {group} first") from None
        return sum(ends[one] - first[one] for one in partitions)


@asynccontextmanager
async def _consumer(settings: KafkaSettings, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    await knock(settings)
    consumer = AIOKafkaConsumer(**connection_arguments(settings), group_id=group, enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


def _partitions(topic: str) -> list[TopicPartition]:
    counts = {one.name: one.partitions for one in TOPICS}
    return [TopicPartition(topic, number) for number in range(counts[topic])]
