"""For tests: a clock that is set by hand, a wait for a state, a Python with an environment of its own, what a database
holds, a database of a version before, backups.
"""

import asyncio
import hashlib
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import resources
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import uvicorn
from starlette.types import ASGIApp

from chassis.connections import AbortableConnection
from chassis.postgres.database import Connection, Pool

T = TypeVar("T")
TABLES = """
SELECT format('%I', tablename) AS name FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"""


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


async def eventually(
    probe: Callable[[], Awaitable[T]],
    *,
    until: Callable[[T], bool] = bool,
    within: timedelta = timedelta(seconds=30),
    every: timedelta = timedelta(milliseconds=25),
) -> T:
    """Call `probe` until its result satisfies `until`; return that result.

    Raises:
        AssertionError: no result did within the time. The text shows the last one.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within.total_seconds()
    while True:
        last = await probe()
        if until(last):
            return last
        if loop.time() > deadline:
            raise AssertionError(f"not within {within.total_seconds():g} s; last seen: {last!r}")
        await asyncio.sleep(every.total_seconds())


async def rows_with(pool: Pool, *texts: str) -> dict[str, int]:
    """Return the tables of a database that hold one of these texts, and in how many rows.

    As a whole word, for random ids are full of short ones; or anywhere within bytes.
    """
    patterns = [pattern for text in texts for pattern in (rf"\m{re.escape(text)}\M", text.encode().hex())]
    found = {}
    for table in await pool.fetch(TABLES):
        count = await pool.fetchval(
            f"SELECT count(*) FROM {table['name']} AS row WHERE row::text ~ ANY($1::text[])",  # noqa: S608
            patterns,
        )
        if count:
            found[table["name"]] = count
    return found


def run_python(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run this Python with the arguments and no other environment; return its status and what it printed."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *arguments], env={"PATH": "/usr/bin", **env}, capture_output=True, text=True, check=False
    )


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve the application on a free port of 127.0.0.1, and give its address."""
    config = uvicorn.Config(
        app,
        http=AbortableConnection,
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001 - serve() would take the tests' signals
    await eventually(partial(_has_started, server))
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def migrate_as_before(connection: Connection, package: str, *beginnings: str) -> None:
    """Carry out the migrations whose names begin so, as a version did that knew no others of the package."""
    files = sorted((resources.files(package) / "migrations").iterdir(), key=lambda file: file.name)
    for file in files:
        if file.name.startswith(beginnings):
            script = file.read_text(encoding="utf-8")
            await connection.execute(script)
            checksum = hashlib.sha256(script.encode()).hexdigest()
            await connection.execute(
                "INSERT INTO schema_migrations (package, name, checksum) VALUES ($1, $2, $3)",
                package,
                file.name,
                checksum,
            )


async def back_up(dsn: str) -> str:
    """Copy a database; return the copy's address. Nobody is connected to it."""
    copy = _named(dsn, f"{_name_of(dsn)}_backup")
    await _copy_database(dsn, copy)
    return copy


async def restore(dsn: str, backup: str) -> None:
    """Make a database what it was at the backup. Whoever is connected to it is cut off."""
    await _copy_database(backup, dsn)


async def _copy_database(dsn: str, copy: str) -> None:
    admin = await asyncpg.connect(_named(dsn, "postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{_name_of(copy)}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{_name_of(copy)}" TEMPLATE "{_name_of(dsn)}"')
    finally:
        await admin.close()


def _name_of(dsn: str) -> str:
    return urlsplit(dsn).path.removeprefix("/")


def _named(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def _has_started(server: uvicorn.Server) -> bool:
    return server.started
