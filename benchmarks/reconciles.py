"""How many reconciles one worker makes a second, limits off, the simulator on the same machine.

A reconcile takes a list's new version to Trakt, by one write: a title is added by one version and removed by the next.
Versions are written into the database for all lists at once, so nothing but the worker, Postgres and the simulator
works. `RECONCILES=100000 python -m benchmarks reconciles` sets how many are made.
"""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psutil
from cryptography.fernet import Fernet

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.processes import cpu_of, running_process
from benchmarks.profiling import profiled
from chassis.postgres.database import Pool, create_pool, migrate
from chassis.testing import eventually
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from trakt_simulator.testing import SimulatorProcess
from trakt_sync.accounts.token_import import parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.use_cases import connect

RECONCILES: Final = int(os.environ.get("RECONCILES", "10000"))
USERS: Final = 50
LISTS_EACH: Final = 10
ITEMS: Final = 20
PATIENCE: Final = timedelta(minutes=15)
MAKE: Final = f"""
INSERT INTO desired_list (
    list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments, is_ordered,
    items
)
SELECT u * {LISTS_EACH} + l, 'user' || u, 0, true, 'A list', '', 'private', true, false, false,
    (SELECT jsonb_agg(jsonb_build_array('movie', n, null, null)) FROM generate_series(1, {ITEMS}) n)
FROM generate_series(1, {USERS}) u, generate_series(0, {LISTS_EACH - 1}) l"""  # noqa: S608 - constants of this file
EDIT: Final = f"""
WITH told AS (UPDATE account SET lists_at = now()),
edited AS (
    UPDATE desired_list SET version = version + 1,
        items = CASE WHEN jsonb_array_length(items) = {ITEMS} THEN items || '[["movie", 999, null, null]]'
            ELSE items - {ITEMS} END
    RETURNING list_id, user_id
)
INSERT INTO work_queue (list_id, user_id, due_at) SELECT list_id, user_id, now() FROM edited"""  # noqa: S608
OPEN: Final = "SELECT EXISTS (SELECT FROM work_queue)"


async def run(reconciles: int = RECONCILES) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - as root, PostgreSQL runs as another account
        binaries = PostgresBinaries.embedded(folder / "bin")
        postgres = PostgresServer(
            binaries, folder / "data", log=folder / "log", durable=True, databases=("trakt_sync",)
        )
        await postgres.start()
        try:
            async with SimulatorProcess("--no-rate-limits") as simulator:
                return await _measured(postgres, simulator, reconciles)
        finally:
            await postgres.kill()


async def _measured(postgres: PostgresServer, simulator: SimulatorProcess, reconciles: int) -> list[Figure]:
    dsn, key = postgres.dsn("trakt_sync"), Fernet.generate_key().decode()
    await migrate(dsn, "chassis", "trakt_sync")
    pool = await create_pool(dsn, max_size=2)
    for number in range(1, USERS + 1):
        pair = await simulator.admin.account(f"user{number}", vip=True)
        given = parse_tokens(pair.model_dump_json(), datetime.now(UTC))
        await connect(pool, Vault([key]), f"user{number}", given, datetime.now(UTC))
    await pool.execute(MAKE)
    async with _worker(dsn, simulator.url, key) as worker:
        for _ in range(2):
            await _edit_all(pool)  # the first mirrors, and a second version
        pids = {"worker": worker, "simulator": simulator.pid, "Postgres": postgres.pid or 0}
        before, first_mb = {name: cpu_of(pid) for name, pid in pids.items()}, _resident_mb(worker)
        began, done = time.perf_counter(), 0
        async with profiled(pids):
            while done < reconciles:
                await _edit_all(pool)
                done += USERS * LISTS_EACH
                if done <= reconciles // 5:
                    first_mb = _resident_mb(worker)
        took = time.perf_counter() - began
        used = {name: (cpu_of(pid) - before[name]) / done * 1000 for name, pid in pids.items()}
        growth = (_resident_mb(worker) / first_mb - 1) * 100
    await pool.close()
    total = sum(used.values())
    cores = os.cpu_count() or 1
    return [
        Figure("reconciles", done / took, "/s", at_least(400), f"{done:,} in {took:.0f} s, on the clock"),
        Figure("processor time of all", total, "ms", note=f"each; {cores * 1000 / total:,.0f}/s on {cores} cores"),
        *(Figure(f"processor time of {name}", each, "ms", note=f"{1000 / each:,.0f}/s") for name, each in used.items()),
        Figure("memory of the worker", growth, "% more", at_most(10), f"after a fifth of them: {first_mb:.0f} MB"),
    ]


async def _edit_all(pool: Pool) -> None:
    async def is_open() -> bool:
        found: bool = await pool.fetchval(OPEN)
        return found

    await pool.execute(EDIT)
    await pool.execute("NOTIFY work")
    await eventually(is_open, until=lambda found: not found, within=PATIENCE, every=timedelta(milliseconds=20))
    await pool.execute("TRUNCATE outbox")  # the relay's work


@asynccontextmanager
async def _worker(dsn: str, trakt_url: str, key: str) -> AsyncIterator[int]:
    own: Mapping[str, str] = {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": "unused:9092",
        "TOKEN_ENCRYPTION_KEYS": key,
        "TRAKT_API_URL": trakt_url,
        "TRAKT_AUTH_URL": trakt_url,
        "TRAKT_CLIENT_ID": "watchbuddy-local",
        "TRAKT_CLIENT_SECRET": "watchbuddy-local-secret",
        "TRAKT_WRITE_INTERVAL": "PT0S",
        "HTTP_PORT": "0",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }
    async with running_process("trakt_sync", "work", environment=own) as pid:
        yield pid


def _resident_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20
