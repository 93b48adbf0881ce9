"""Waits until every event is sent and read, before the embedded broker ends and its records are lost."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Self

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from local_stack.processes import children
from watchbuddy_contracts import TOPICS

WITH_OUTBOX = ("lists_api", "trakt_sync")
LOOK_EVERY_S = 0.1


async def drain(postgres: Mapping[str, str], bootstrap_servers: str, *, within: timedelta) -> str | None:
    """Wait until the outboxes are empty and every consumer group has committed everything.

    Nothing is lost when the time is over: outbox rows stay in Postgres, and at the next start lists-api sends again
    what trakt-sync has not confirmed.

    Args:
        postgres: database → address.
        bootstrap_servers: of the embedded broker.
        within: the longest wait.

    Returns:
        None when all is done, else one line that says what is left.
    """
    over = children.deadline(within)
    left: str | None = "nothing could be looked at"
    try:
        async with asyncio.timeout(within.total_seconds() + 2), _Groups(bootstrap_servers) as groups:
            while True:
                left = await _left(postgres, groups)
                if left is None or over():
                    return left
                await asyncio.sleep(LOOK_EVERY_S)
    except (TimeoutError, OSError, asyncpg.PostgresError, KafkaError) as error:
        return f"{left}: {type(error).__name__}"


async def _left(postgres: Mapping[str, str], groups: "_Groups") -> str | None:
    # An unread record can become an outbox row, so the outboxes are counted again after the groups.
    unsent = await _unsent(postgres)
    unread = 0 if unsent else await groups.unread()
    unsent = unsent or await _unsent(postgres)
    return f"{unsent} events not sent, {unread} not read" if unsent or unread else None


async def _unsent(postgres: Mapping[str, str]) -> int:
    total = 0
    for database in WITH_OUTBOX:
        connection = await asyncpg.connect(postgres[database], timeout=3)
        try:
            total += await connection.fetchval("SELECT count(*) FROM outbox")
        finally:
            await connection.close()
    return total


class _Groups:
    """Reads the committed offsets of every group, without joining one."""

    def __init__(self, bootstrap_servers: str) -> None:
        partitions: dict[str, list[TopicPartition]] = {}
        for topic in TOPICS:
            for group in topic.groups:
                partitions.setdefault(group, []).extend(
                    TopicPartition(topic.name, number) for number in range(topic.partitions)
                )
        self._partitions = partitions
        self._bootstrap_servers = bootstrap_servers
        self._lookers: dict[str, AIOKafkaConsumer] = {}

    async def __aenter__(self) -> Self:
        try:
            for group, partitions in self._partitions.items():
                looker = AIOKafkaConsumer(
                    bootstrap_servers=self._bootstrap_servers, group_id=group, enable_auto_commit=False
                )
                self._lookers[group] = looker
                await looker.start()
                looker.assign(partitions)
        except BaseException:  # half started: nothing may stay behind
            await self._stop(self._lookers.values())
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stop(self._lookers.values())

    async def unread(self) -> int:
        return sum([await self._behind(group) for group in self._lookers])

    async def _behind(self, group: str) -> int:
        looker, partitions = self._lookers[group], self._partitions[group]
        ends = await looker.end_offsets(partitions)
        written = [partition for partition in partitions if ends[partition]]
        committed = await asyncio.gather(*(looker.committed(partition) for partition in written))
        return sum(ends[partition] - (done or 0) for partition, done in zip(written, committed, strict=True))

    @staticmethod
    async def _stop(lookers: Iterable[AIOKafkaConsumer]) -> None:
        for looker in lookers:
            await looker.stop()
