"""What each consumer takes from a filled topic, beside a bare aiokafka consumer that upserts each poll.

All use one broker and one Postgres, one after the other: `EVENTS` events of 200 lists with 20 titles each on either
topic, all of them news. A rate is that between the first commit that is seen and the last one, so that starting and
joining a group cost nothing.
"""

import asyncio
import json
import shutil
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from benchmarks.figures import Figure, at_least
from benchmarks.profiling import profiled
from benchmarks.system import Running, movies, running
from local_stack.system.description import KafkaKind
from watchbuddy_contracts import (
    LISTS,
    TRAKT,
    Event,
    EventHeaders,
    Item,
    ItemIds,
    ListSynced,
    Topic,
    TraktListSynced,
    partition_key,
)

EVENTS: Final = 20_000
USERS: Final = 100
LISTS_EACH: Final = 2
STARTS_WITHIN_S: Final = 60.0
WINDOW_S: Final = 20.0
LOOK_EVERY_S: Final = 0.25
TRACEPARENT: Final = ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
ITEMS: Final = tuple(Item(media_type="movie", ids=ItemIds(trakt=number)) for number in range(1, 21))
GOAL, SHARE_GOAL = at_least(3000), at_least(25)
OTHERS: Final = ("lists-api relay", "trakt-sync relay", "trakt-sync work")
GROUPS: Final[dict[str, tuple[str, tuple[Topic, ...]]]] = {
    "trakt-sync consume": ("trakt-sync", (LISTS,)),
    "lists-api consume": ("lists-api", (TRAKT,)),
    "notifier consume": ("notifier", (LISTS, TRAKT)),
}
UPSERT: Final = """
INSERT INTO raw SELECT DISTINCT ON (list_id) list_id, version, value
FROM unnest($1::bigint[], $2::bigint[], $3::jsonb[]) AS one (list_id, version, value) ORDER BY list_id, version DESC
ON CONFLICT (list_id) DO UPDATE SET version = excluded.version, value = excluded.value
WHERE raw.version < excluded.version"""
Count = Callable[[], Awaitable[int]]
About = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pace:
    """Args: rate: events a second; cpu_us: processor time of the process an event, in µs."""

    rate: float
    cpu_us: float


async def run() -> list[Figure]:
    kafka_kind: KafkaKind = "apache" if shutil.which("java") and shutil.which("mvn") else "embedded"
    async with running(kafka_kind) as system:
        await system.stack.supervisor.stop([*GROUPS, *OTHERS])
        lists = await _make_lists(system)
        servers = system.system.bootstrap_servers
        await _fill(servers, (_synced(about) for about in _versions(lists)))
        await _fill(servers, (_on_trakt(about) for about in _versions(lists)))
        raw = await _raw(servers, system.system.postgres["notifier"])
        figures = [Figure("bare aiokafka consumer", raw.rate, "events/s", note=_note(raw, "an upsert a poll"))]
        for name, (group, topics) in GROUPS.items():
            pace = await _consumer(system, name, group, topics)
            figures.append(Figure(name, pace.rate, "events/s", GOAL, _note(pace, kafka_kind)))
            figures.append(Figure("  of the bare one", pace.rate / raw.rate * 100, "%", SHARE_GOAL))
    return figures


def _note(pace: Pace, how: str) -> str:
    return f"{pace.cpu_us:.0f} µs of its processor time an event, {how}"


async def _make_lists(system: Running) -> Sequence[tuple[str, int]]:
    """Return the users and the lists that they have in lists-api."""
    made = []
    for number in range(USERS):
        user = system.user(f"user{number}")
        made += [(user.name, await user.make_list(f"List {one}", movies(1, 20))) for one in range(LISTS_EACH)]
        await user.close()
    return made


def _versions(lists: Sequence[tuple[str, int]]) -> Iterable[About]:
    """Return what `EVENTS` events are about: the lists in turns, each time a version higher."""
    for number in range(EVENTS):
        user, list_id = lists[number % len(lists)]
        yield {"list_id": list_id, "user_id": user, "version": 1 + number // len(lists), "title": "Heists"}


def _synced(about: About) -> Event:
    counts = {"updated": 1, "removed": 0, "total": 20}
    return ListSynced(**about, list_type="smart", items=ITEMS, run_id=UUID(int=1), trigger="auto", **counts)


def _on_trakt(about: About) -> Event:
    return TraktListSynced(**about, trakt_list_id=about["list_id"], added=1, removed=0, unchanged=19)


async def _fill(servers: str, events: Iterable[Event]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers, linger_ms=5) as producer:
        sent = []
        for event in events:
            attributes = EventHeaders.of(event, event_id=uuid4(), source="/benchmark", time=datetime.now(UTC))
            headers = [(name, value.encode()) for name, value in attributes.to_headers().items()]
            key = partition_key(event)
            sent.append(
                await producer.send(event.topic, value=event.to_json(), key=key, headers=[*headers, TRACEPARENT])
            )
        await asyncio.gather(*sent)


async def _raw(servers: str, dsn: str) -> Pace:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE raw (list_id bigint PRIMARY KEY, version bigint NOT NULL, value jsonb)")
    options = {"group_id": "bare", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    consumer = AIOKafkaConsumer(LISTS.name, bootstrap_servers=servers, **options)
    await consumer.start()
    began, cpu, count = time.perf_counter(), time.process_time(), 0
    while count < EVENTS:
        polled = await consumer.getmany(timeout_ms=1000, max_records=500)
        records = [record for part in polled.values() for record in part]
        if records and not count:
            began, cpu = time.perf_counter(), time.process_time()
        events = [json.loads(record.value) for record in records]
        ids, versions = [one["list_id"] for one in events], [one["version"] for one in events]
        await connection.execute(UPSERT, ids, versions, [record.value.decode() for record in records])
        await consumer.commit()
        count += len(records)
    pace = Pace(count / (time.perf_counter() - began), (time.process_time() - cpu) / count * 1e6)
    await consumer.stop()
    await connection.close()
    return pace


async def _consumer(system: Running, name: str, group: str, topics: tuple[Topic, ...]) -> Pace:
    servers = system.system.bootstrap_servers
    partitions = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
    async with AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False) as looker:
        looker.assign(partitions)
        ends = await looker.end_offsets(partitions)

        async def done() -> int:
            offsets = await asyncio.gather(*(looker.committed(one) for one in partitions))
            return sum(offset or 0 for offset in offsets)

        return await _pace(system, name, done, sum(ends.values()))


async def _pace(system: Running, name: str, done: Count, total: int) -> Pace:
    """Start a process, and return how fast the count grows, from its first growth on, for `WINDOW_S` at most."""
    part = system.stack.part(name)
    before = await done()
    await part.start()
    assert part.pid is not None
    process = psutil.Process(part.pid)
    async with asyncio.timeout(STARTS_WITHIN_S):
        while (first := await done()) <= before:  # noqa: ASYNC110 - another process counts
            await asyncio.sleep(0.05)
    seen = first
    began = ended = time.perf_counter()
    cpu = used = sum(process.cpu_times()[:2])
    async with profiled({name: part.pid}):
        while seen < total and time.perf_counter() - began < WINDOW_S:
            await asyncio.sleep(LOOK_EVERY_S)
            if (now := await done()) > seen:
                seen, ended, used = now, time.perf_counter(), sum(process.cpu_times()[:2])
    await part.stop()
    count = max(seen - first, 1)
    return Pace(count / max(ended - began, 0.001), (used - cpu) / count * 1e6)
