"""How many events a second a relay takes from a filled outbox to Kafka, beside a bare producer of the same records.

Both go in turns over the same records, so the ratio bears a busy machine better than the figures themselves. Then
events come one by one at a steady rate, as edits make them: what each costs depends on how many a round takes.
`EVENTS=100000 python -m benchmarks relay` sets how many each takes in a turn.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure, at_least
from benchmarks.processes import cpu_of, running_process
from benchmarks.profiling import profiled
from chassis import topics
from chassis.kafka.producer import start_producer
from chassis.kafka.settings import KafkaSettings
from chassis.outbox import outbox
from chassis.postgres.database import Pool, create_pool, migrate
from chassis.postgres.wakeup import Waker
from chassis.testing import eventually
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from watchbuddy_contracts import Item, ItemIds, ListUpdated

EVENTS: Final = int(os.environ.get("EVENTS", "20000"))
WARM_UP: Final = 3000
TURNS: Final = 2
USERS: Final = 200
ITEMS: Final = 20
AT_A_TIME: Final = 500
STEADY_RATE: Final = 200
STEADY_S: Final = 8
STAGES: Final = ("relay", "Postgres", "Kafka")
PATIENCE: Final = timedelta(minutes=2)
KEEP: Final = "CREATE TABLE kept AS SELECT topic, key, value, headers FROM outbox"
FILL: Final = """
INSERT INTO outbox (event_id, topic, key, value, headers)
SELECT gen_random_uuid(), topic, key, value, headers FROM kept, generate_series(1, $1 / (SELECT count(*) FROM kept))"""
ONE: Final = """
INSERT INTO outbox (event_id, topic, key, value, headers)
SELECT gen_random_uuid(), topic, key, value, headers FROM kept OFFSET $1 LIMIT 1"""
RECORDS: Final = "SELECT topic, key, value, headers FROM kept"
LEFT: Final = "SELECT EXISTS (SELECT FROM outbox)"


async def run(events: int = EVENTS) -> list[Figure]:
    kind = "apache" if shutil.which("java") and shutil.which("mvn") else "embedded"
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - as root, PostgreSQL runs as another account
        kafka: ApacheKafka | EmbeddedKafka = EmbeddedKafka(log=folder / "kafka.log")
        if kind == "apache":
            kafka = ApacheKafka(KafkaDistribution.find(), folder / "kafka", log=folder / "kafka.log", say=print)
        binaries = PostgresBinaries.embedded(folder / "bin")
        postgres = PostgresServer(binaries, folder / "data", log=folder / "log", durable=True, databases=("lists_api",))
        await asyncio.gather(kafka.start(), postgres.start())
        try:
            settings = KafkaSettings(kafka_bootstrap_servers=kafka.bootstrap_servers)
            if kind == "apache":
                await topics.create(settings)
            return await _measured(postgres, kafka.pid or 0, settings, f"{events:,} a turn, {kind} Kafka", events)
        finally:
            await kafka.kill()
            await postgres.kill()


async def _measured(
    postgres: PostgresServer, kafka: int, settings: KafkaSettings, what: str, events: int
) -> list[Figure]:
    dsn = postgres.dsn("lists_api")
    await migrate(dsn, "chassis", "lists_api")
    async with await create_pool(dsn, max_size=2) as pool, _relay(dsn, settings) as relay:
        await _write_events(pool)
        records = [_record(row) for row in await pool.fetch(RECORDS)]
        pids = {"relay": relay, "Postgres": postgres.pid or 0, "Kafka": kafka, "bare producer": os.getpid()}
        relayed, bare, used = 0.0, 0.0, dict.fromkeys(pids, 0.0)
        await _relayed(pool, WARM_UP)
        await _sent(settings, records, WARM_UP)
        async with profiled({"relay": relay}):
            for _ in range(TURNS):
                before = {name: cpu_of(pid) for name, pid in pids.items()}
                relayed += await _relayed(pool, events)
                for name in STAGES:
                    used[name] += cpu_of(pids[name]) - before[name]
                before_bare = time.process_time()
                bare += await _sent(settings, records, events)
                used["bare producer"] += time.process_time() - before_bare
        before = {name: cpu_of(pid) for name, pid in pids.items()}
        await _steadily(pool)
        steady = {name: (cpu_of(pids[name]) - before[name]) / STEADY_RATE / STEADY_S * 1000 for name in STAGES}
    count = TURNS * events
    ratio = bare / relayed * 100
    return [
        Figure("events relayed", count / relayed, "/s", at_least(10_000), f"{what}, on the clock"),
        Figure("records of a bare aiokafka producer", count / bare, "/s", note=f"the relay has {ratio:.0f} % of it"),
        *(
            Figure(f"processor time of {name}", seconds / count * 1_000_000, "µs", note=f"{count / seconds:,.0f}/s")
            for name, seconds in used.items()
        ),
        Figure(
            f"processor time at {STEADY_RATE} events/s, all",
            sum(steady.values()),
            "ms",
            note=", ".join(f"{name} {each:.2f}" for name, each in steady.items()) + "; an insert and a wake included",
        ),
    ]


async def _write_events(pool: Pool) -> None:
    """Keep the events of one edit of each user, as the outbox has them, and leave the outbox empty."""
    items = tuple(Item(media_type="movie", ids=ItemIds(trakt=number)) for number in range(1, ITEMS + 1))
    events = [
        ListUpdated(list_id=user, user_id=f"user{user}", version=2, title="A list", list_type="manual", items=items)
        for user in range(1, USERS + 1)
    ]
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, *events, source="/lists-api", now=datetime.now(UTC))
        await connection.execute(KEEP)
        await connection.execute("DELETE FROM outbox")


async def _relayed(pool: Pool, events: int) -> float:
    """Fill the outbox, and return how many seconds the relay takes to empty it."""

    async def is_left() -> bool:
        found: bool = await pool.fetchval(LEFT)
        return found

    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(FILL, events)
        await connection.execute("SELECT pg_notify($1, '')", outbox.CHANNEL)
    began = time.perf_counter()
    await eventually(is_left, until=lambda found: not found, within=PATIENCE, every=timedelta(milliseconds=20))
    return time.perf_counter() - began


async def _steadily(pool: Pool) -> None:
    """Write events one by one, as many a second as `STEADY_RATE`."""
    began = time.perf_counter()
    async with Waker(pool, outbox.CHANNEL) as waker:
        for number in range(STEADY_RATE * STEADY_S):
            await asyncio.sleep(began + number / STEADY_RATE - time.perf_counter())
            await pool.execute(ONE, number % USERS)
            waker.wake()


async def _sent(settings: KafkaSettings, records: Sequence[dict[str, Any]], events: int) -> float:
    """Send as many records, with our producer's options and nothing else, and return how many seconds that takes."""
    producer = await start_producer(settings)
    try:
        began = time.perf_counter()
        for first in range(0, events, AT_A_TIME):
            some = [records[number % len(records)] for number in range(first, first + AT_A_TIME)]
            await asyncio.gather(*[await producer.send(**record) for record in some])
        return time.perf_counter() - began
    finally:
        await producer.stop()


def _record(row: Any) -> dict[str, Any]:  # noqa: ANN401 - asyncpg's record
    headers = [(name, text.encode()) for name, text in row["headers"].items()]
    return {"topic": row["topic"], "key": row["key"], "value": row["value"], "headers": headers}


@asynccontextmanager
async def _relay(dsn: str, settings: KafkaSettings) -> AsyncIterator[int]:
    own = {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "HTTP_PORT": "0",
        "LOG_LEVEL": "WARNING",
    }
    async with running_process("lists_api", "relay", environment=own) as pid:
        yield pid
