"""What finding, beginning and recording a step costs in Postgres, with a thousand accounts and with a million.

Each account has three lists. One in a thousand has one that is due, one in ten has one that is due while the account
is blocked. What is measured is the processor time of Postgres's backend, which the machine's other work does not
change much, in both databases in turns. The first statements are not counted: caches are warm in a running server.
"""

import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet
from pydantic import SecretStr

from benchmarks.figures import Figure, at_most, percentile
from chassis.postgres.database import Pool, create_pool, migrate
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.vault import Vault
from trakt_sync.mirroring.actions import AddItems
from trakt_sync.mirroring.job import Change, Next, Step
from trakt_sync.mirroring.write_ahead import begun
from trakt_sync.store import mirrors, steps
from trakt_sync.store.accounts import AccountStore
from trakt_sync.store.rows import StoredJob
from trakt_sync.trakt.tokens import Tokens

FEW: Final = 1_000
MANY: Final = 1_000_000
SAMPLES: Final = 2_000
WARM_UP: Final = 300
ROUNDS: Final = 10
LEASE: Final = timedelta(seconds=10)
SETTINGS: Final = {"shared_buffers": "1GB", "max_wal_size": "4GB", "maintenance_work_mem": "256MB"}
SIZE: Final = "SELECT pg_database_size(current_database())"
# $1: the number of accounts, $2: tokens. Numbers that end in 000 are due; every tenth account is due and blocked.
FILL: Final = (
    """
INSERT INTO account (
    user_id, tokens, expires_at, state, connected_at, trakt_id, is_identified, blocked_until, lists_at
)
SELECT 'user ' || n, $2, now() + interval '7 days', 'connected', now(), 'trakt ' || n, true,
    CASE WHEN n % 10 = 1 THEN now() + interval '1 day' ELSE '-infinity' END,
    CASE WHEN n % 1000 = 0 OR n % 10 = 1 THEN now() - interval '1 minute' END
FROM generate_series(1, $1::int) n""",
    """
INSERT INTO desired_list (
    list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments, is_ordered,
    items
)
SELECT 3 * n + l, 'user ' || n, 2, true, 'A list', '', 'private', true, false, false,
    '[["movie", 1, null, null], ["movie", 2, null, null]]'
FROM generate_series(1, $1::int) n, generate_series(0, 2) l WHERE $2::bytea IS NOT NULL""",
    """
INSERT INTO mirror (list_id, trakt_account, applied_version, trakt_list_id, trakt_list)
SELECT list_id, 'trakt' || substr(user_id, 5), 1, list_id, jsonb_build_object('trakt_list_id', list_id, 'details',
    '{"name": "A list", "description": "", "privacy": "private", "display_numbers": true, "allow_comments": false}'
    ::jsonb)
FROM desired_list WHERE $1::int > 0 AND $2::bytea IS NOT NULL""",
    """
INSERT INTO work_queue (list_id, user_id, due_at)
SELECT 3 * n, 'user ' || n, now() - interval '1 minute' FROM generate_series(1, $1::int) n
WHERE (n % 1000 = 0 OR n % 10 = 1) AND $2::bytea IS NOT NULL""",
)


@dataclass
class Measured:
    """A database, and the milliseconds of its backend's processor time that each statement took.

    Args:
        backend: the file in which Linux says what processor time the backend has had.
    """

    pool: Pool
    accounts: AccountStore
    backend: Path
    times: Mapping[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in ("claim", "next due", "begin", "record")}
    )

    async def timed(self, name: str, call: Callable[[], Awaitable[object]]) -> object:
        began = self._cpu_ns()
        result = await call()
        self.times[name].append((self._cpu_ns() - began) / 1e6)
        return result

    def _cpu_ns(self) -> int:
        return int(self.backend.read_text().split()[0])


async def run(few: int = FEW, many: int = MANY, samples: int = SAMPLES) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - as root, PostgreSQL runs as another account
        server = PostgresServer(
            PostgresBinaries.embedded(folder / "bin"),
            folder / "data",
            log=folder / "log",
            durable=False,  # the wait for the disk is the same at any size
            databases=("few", "many"),
            settings=SETTINGS,
        )
        await server.start()
        try:
            first, second = [await _filled(server.dsn(name), count) for name, count in (("few", few), ("many", many))]
            for turn in range(-1, ROUNDS):
                for one in (first, second):
                    await _sample(one, WARM_UP if turn < 0 else samples // ROUNDS)
                    if turn < 0:
                        one.times = {name: [] for name in one.times}
            sizes = [await one.pool.fetchval(SIZE) for one in (first, second)]
            await first.pool.close()
            await second.pool.close()
        finally:
            await server.kill()
    each_kb = (sizes[1] - sizes[0]) / (many - few) / 1000
    return [
        *(_figure(name, first.times[name], second.times[name], few, many) for name in first.times),
        Figure("size of the database, an account", each_kb, "kB", note="three lists of two titles; no ledger"),
    ]


def _figure(name: str, few: Sequence[float], many: Sequence[float], few_accounts: int, many_accounts: int) -> Figure:
    before, after = percentile(few, 0.99), percentile(many, 0.99)
    medians = f"p50 {percentile(few, 0.5):.2f} and {percentile(many, 0.5):.2f} ms"
    note = f"p99 {before:.2f} ms at {few_accounts:,} accounts, {after:.2f} ms at {many_accounts:,}; {medians}"
    return Figure(f"{name}, p99", after / before, "x", at_most(1.5), note)


async def _filled(dsn: str, accounts: int) -> Measured:
    await migrate(dsn, "chassis", "trakt_sync")
    vault = Vault([Fernet.generate_key().decode()])
    sealed = vault.seal(Tokens(SecretStr("a" * 64), SecretStr("r" * 64), datetime.now(UTC)))
    pool = await create_pool(dsn, max_size=1)
    await pool.execute("SET session_replication_role = replica")  # foreign keys are not looked up for each row
    for statement in FILL:
        await pool.execute(statement, accounts, sealed, timeout=600)
    await pool.execute("RESET session_replication_role")
    await pool.execute("VACUUM ANALYZE", timeout=600)
    pid = await pool.fetchval("SELECT pg_backend_pid()")
    return Measured(pool, AccountStore(pool, vault, LEASE), Path(f"/proc/{pid}/schedstat"))


async def _sample(one: Measured, count: int) -> None:
    """Take a step of a due list, again and again; each leaves its list due again, behind all others."""
    for _ in range(count):
        now = datetime.now(UTC)
        claimed = await one.timed("claim", lambda: one.accounts.claim(datetime.now(UTC), 1))
        assert isinstance(claimed, list)
        (account,) = claimed
        stored = await mirrors.next_job(one.pool, account, now, now - timedelta(days=30))
        assert stored is not None
        await one.timed("next due", one.accounts.next_due)
        await _step(one, account, stored)


async def _step(one: Measured, account: Account, stored: StoredJob) -> None:
    now = datetime.now(UTC)
    progress = begun(stored.job, AddItems(stored.job.desired.items[1:]), now)

    async def begin() -> bool:
        pace = steps.Pace(datetime.now(UTC), now, now + one.accounts.lease_for)
        return await steps.begin_write(one.pool, account, stored, progress, pace)

    async def record() -> steps.Recorded:
        step = Step(Change(stored.job.progress), Next(datetime.now(UTC)))
        return await steps.record(one.pool, account, stored, step, now, next_write_at=now)

    assert await one.timed("begin", begin)
    assert await one.timed("record", record)
