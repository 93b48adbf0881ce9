"""Importing 1.4 million titles beside a bare COPY of the same columns, and searching among them."""

import asyncio
import csv
import gzip
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Final

import asyncpg

from benchmarks.catalogue_rows import ROWS, write_rows
from benchmarks.figures import Figure, at_least, at_most, percentile
from chassis.postgres.database import migrate
from lists_api.testing import running_api
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer

SEARCHES: Final = 400
SEED: Final = 8
KILOBYTES: Final = 1024
COLUMNS: Final = (
    "title_id, media_type, trakt, tmdb, imdb, tvdb, name, original_name, folded, year, release_date, genres, keywords,"
    " language, countries, runtime, rating, votes, rating_source, popularity, overview, poster_path, is_adult,"
    " is_active"
)


async def run(rows: int = ROWS) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - as root, PostgreSQL runs as another account
        file = folder / "titles.csv"
        write_rows(file, rows)
        async with database(folder) as dsn:
            took, memory = await asyncio.to_thread(_import, dsn, file)
            plain, indexed = await _bare_copies(dsn, folder)
            waits = await _searches(dsn)
    return [
        Figure("import", rows / took, "rows/s", note=f"{rows:,} rows in {took:.0f} s, into an empty catalogue"),
        Figure(
            "import / COPY into the same table with its indexes",
            100 * indexed / took,
            "%",
            at_least(70),
            f"the COPY takes {indexed:.0f} s",
        ),
        Figure(
            "import / COPY into a table without any index",
            100 * plain / took,
            "%",
            note=f"the COPY takes {plain:.0f} s",
        ),
        Figure("import: peak memory", memory, "MB", at_most(300)),
        Figure("search, p95", percentile(waits, 0.95), "ms", at_most(50), f"{SEARCHES} searches, one at a time"),
        Figure("search, median", percentile(waits, 0.5), "ms"),
        Figure("search, slowest", max(waits), "ms"),
    ]


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[str]:
    """Run a PostgreSQL in the folder, as durable as in production; give the address of an empty lists-api database."""
    binaries = PostgresBinaries.embedded(folder / "bin")
    server = PostgresServer(binaries, folder / "data", log=folder / "log", durable=True, databases=("lists_api",))
    await server.start()
    try:
        dsn = server.dsn("lists_api")
        await migrate(dsn, "chassis", "lists_api")
        yield dsn
    finally:
        await server.kill()


def _import(dsn: str, file: Path) -> tuple[float, float]:
    """Return how many seconds the command takes, and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "lists_api", "catalogue", "import", str(file)],
        cwd=file.parent,
        env={**os.environ, "DATABASE_URL": dsn},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError("the import failed")
    return time.perf_counter() - began, usage.ru_maxrss / KILOBYTES


async def _bare_copies(dsn: str, folder: Path) -> tuple[float, float]:
    """Return how many seconds a COPY of the titles takes into a table without indexes, and into one with them."""
    lines = folder / "titles.copy"
    connection = await asyncpg.connect(dsn)
    try:
        await connection.copy_from_query(f"SELECT {COLUMNS} FROM catalogue_title", output=lines)  # noqa: S608
        took = []
        for table, parts in (("plain", "DEFAULTS"), ("indexed", "ALL")):
            await connection.execute(f"CREATE TABLE {table} (LIKE catalogue_title INCLUDING {parts})")
            began = time.perf_counter()
            await connection.copy_to_table(table, source=lines, columns=COLUMNS.split(", "))
            await connection.execute(f"ANALYZE {table}")
            took.append(time.perf_counter() - began)
            await connection.execute(f"DROP TABLE {table}")
    finally:
        await connection.close()
    return took[0], took[1]


async def _searches(dsn: str) -> Sequence[float]:
    """Return how many milliseconds each search takes, over HTTP within the process."""
    waits = []
    async with running_api(dsn, quota_free_searches_per_minute=1_000_000) as api:
        for text in _texts():
            began = time.perf_counter()
            response = await api.call("GET", "/api/catalogue/search", params={"q": text})
            waits.append((time.perf_counter() - began) * 1000)
            assert response.status_code == 200
    return waits


def _texts() -> list[str]:
    """Return what people type: the beginning of a name, up to some letter of its first, second or third word."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    path = resources.files("trakt_simulator") / "catalogue" / "titles.csv.gz"
    with path.open("rb") as file, gzip.open(file, "rt", newline="", encoding="utf-8") as text:
        names = [row["title"].split() for row in csv.DictReader(text)]
    texts = []
    for _ in range(SEARCHES):
        words = chance.choice(names)
        *whole, last = words[: chance.randint(1, min(3, len(words)))]
        texts.append(" ".join([*whole, last[: chance.randint(1, len(last))]]))
    return texts
