"""A thousand lists fall due together: how fast one worker fills them from 1.4 million titles, and runs them again."""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.catalogue import database
from benchmarks.catalogue_rows import ROWS, write_rows
from benchmarks.figures import Figure, at_least
from chassis.testing import eventually
from lists_api.catalogue.domain.genres import GENRES
from lists_api.testing import Api, running_api

LISTS: Final = 1000
SEED: Final = 8
PATIENCE: Final = timedelta(minutes=10)
RATE: Final = """
SELECT 60 * count(*) / extract(epoch FROM max(finished_at) - min(started_at))
FROM sync_run WHERE is_full = $1 AND state = 'succeeded'"""
SIZE: Final = "SELECT pg_database_size(current_database())"
UNFINISHED: Final = """
SELECT (SELECT count(*) FROM list WHERE next_sync_at <= now())
     + (SELECT count(*) FROM sync_run WHERE state IN ('queued', 'running'))"""


async def run(rows: int = ROWS) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - as root, PostgreSQL runs as another account
        file = folder / "titles.csv"
        write_rows(file, rows)
        async with database(folder) as dsn, running_api(dsn, quota_free_lists=None) as api:
            await _command(dsn, "catalogue", "import", str(file))
            empty = await api.pool.fetchval(SIZE)
            await _make_lists(api)
            async with _worker(dsn):
                await _all_ended(api)
                filled = await api.pool.fetchval(RATE, True)
                items = await api.pool.fetchval("SELECT count(*) FROM list_item")
                size = await api.pool.fetchval(SIZE) - empty
                await api.pool.execute("UPDATE list SET next_sync_at = now()")
                await api.pool.execute("NOTIFY sync_run")
                await _all_ended(api)
                again = await api.pool.fetchval(RATE, False)
            failed = await api.pool.fetchval("SELECT count(*) FROM sync_run WHERE state = 'failed'")
    return [
        Figure("lists filled", float(filled), "a minute", at_least(1000), f"{LISTS:,} lists, {items:,} items"),
        Figure("lists run again", float(again), "a minute", at_least(1000), "incremental; nothing changes"),
        Figure("runs that failed", failed, "runs"),
        Figure("size of the database, a list", size / LISTS / 1000, "kB", note="with its versions, runs and outbox"),
    ]


async def _make_lists(api: Api) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same lists in every run
    genres = sorted(GENRES)
    for number in range(LISTS):
        filters: dict[str, Any] = {
            "genres": chance.sample(genres, chance.randint(0, 2)),
            "discovery": chance.choice(["mainstream", "popular", "balanced", "obscure"]),
        }
        if chance.random() < 0.5:
            filters["year_from"] = chance.randrange(1950, 2020)
        await api.create(
            user=f"user {number % 50}", title="A list", list_type="smart", filters=filters, allow_duplicate=True
        )


async def _all_ended(api: Api) -> None:
    async def unfinished() -> int:
        count: int = await api.pool.fetchval(UNFINISHED)
        return count

    await eventually(unfinished, until=lambda count: count == 0, within=PATIENCE, every=timedelta(milliseconds=200))


async def _command(dsn: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lists_api", *arguments, env=_environment(dsn), stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise RuntimeError(f"{arguments} failed")


@asynccontextmanager
async def _worker(dsn: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "lists_api", "run", env=_environment(dsn))
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def _environment(dsn: str) -> dict[str, str]:
    own = {"DATABASE_URL": dsn, "KAFKA_BOOTSTRAP_SERVERS": "unused:9092", "LOG_LEVEL": "WARNING"}
    return {**os.environ, **own}
