"""The connection pool and the migrations."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from importlib import resources
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy
from pydantic_core import from_json

from chassis.identity import identity
from chassis.settings import fail

log = structlog.get_logger()

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Executor: TypeAlias = (
    "asyncpg.Pool[asyncpg.Record] | asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
)
"""What carries out a statement: a connection within a transaction, or the pool, where it is one by itself."""

AWAY: Final[tuple[type[Exception], ...]] = (
    OSError,  # refused, reset; TimeoutError too
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it shuts down, starts, recovers; a statement took too long
    asyncpg.InsufficientResourcesError,  # too many connections, a full disk, no memory
    asyncpg.PostgresSystemError,  # its disk fails
    asyncpg.ReadOnlySQLTransactionError,  # a standby, before or after a failover
    asyncpg.TransactionRollbackError,  # a deadlock
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # a statement came while asyncpg was reading why the server ends the session
)
"""What asyncpg raises while Postgres is unable to work. A retry will help. `is_away` knows one kind more."""
DATABASE_ERRORS: Final[tuple[type[Exception], ...]] = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Whatever a statement may raise. For loops that must go on and try again later."""
MIGRATION_LOCK = 0x57425F4D  # any number, the same in every process: "WB_M"
MIGRATION_LOCK_TIMEOUT: Final = "3s"
CONNECT_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S: Final = 60.0
"""The longest statement deletes, once an hour, what is past its retention: seconds for a million rows."""
DIRECT_TIMEOUT: Final = timedelta(seconds=10)
"""The longest statement of a connection outside the pool: a relay's round of 500 rows takes milliseconds."""
KEEPALIVE: Final = {
    # The server ends a session whose client is silent for 25 s. Else it would hold the relay's lock for two hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
SESSION: Final = {
    # A process may freeze inside a transaction. It must not stop everybody who wants the same row, and with them all
    # connections of the pool. Our transactions take milliseconds.
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}
START_PATIENCE_S = 30.0
CLOSE_PATIENCE: Final = timedelta(seconds=5)

_CREATE_HISTORY = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    package text NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schema_migrations_pkey PRIMARY KEY (package, name)
)"""


def is_away(error: BaseException) -> bool:
    """Whether Postgres is the reason, so that a retry will help.

    asyncpg has one class for a connection that the server closed and for several defects of ours. The text tells them
    apart. A pool takes such a connection back while its statements still come.
    """
    if isinstance(error, asyncpg.InterfaceError):
        return any(words in str(error) for words in ("closed", "closing", "released back to the pool"))
    return isinstance(error, AWAY)


class MigrationError(Exception):
    """Somebody edited a migration after it had been applied. Migrations only go forward."""


async def create_pool(dsn: str, *, min_size: int = 1, max_size: int = 10) -> Pool:
    """Return a pool whose connections take and give jsonb as Python objects.

    The pool does not reset a released connection. That saves a round trip (x1.2 to x1.4 writes a second). So nobody may
    leave session state on a pooled connection; LISTEN and session locks have connections of their own (`connect`).
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=min_size,
        max_size=max_size,
        init=_set_codecs,
        reset=_keep,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings={**SESSION, "application_name": identity()},
    )


@asynccontextmanager
async def open_pool(dsn: str, *, max_size: int, patience: timedelta = CLOSE_PATIENCE) -> AsyncIterator[Pool]:
    """Give a pool. Closing it never fails: Postgres may have ended the sessions, or be frozen, and nothing is lost.

    Args:
        patience: how long closing may take.
    """
    pool = await create_pool(dsn, max_size=max_size)
    try:
        yield pool
    finally:
        with suppress(*DATABASE_ERRORS):
            async with asyncio.timeout(patience.total_seconds()):
                await pool.close()


async def connect(
    dsn: str, *, purpose: str, patience: timedelta = DIRECT_TIMEOUT, **session: str
) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a connection outside the pool, for LISTEN and session locks.

    Args:
        dsn: the database's address.
        purpose: Postgres shows it behind the process's name (`application_name`).
        patience: the longest that connecting or a statement may take. TimeoutError is raised then, also when the
            connection is half open: the network dropped it and told nobody.
        session: settings of the session.
    """
    limit = patience.total_seconds()
    own = {"application_name": f"{identity()} {purpose}", "statement_timeout": f"{limit * 1000:.0f}ms"}
    connection = await asyncpg.connect(
        dsn, timeout=limit, command_timeout=limit, server_settings={**SESSION, **KEEPALIVE, **own, **session}
    )
    await _set_codecs(connection)
    return connection


async def migrate(dsn: str, *packages: str) -> None:
    """Bring the database up to date: apply each package's `migrations/*.sql` once, by name, each in its transaction.

    It makes the database when the server has none of that name. Processes that start together wait for one another.

    Raises:
        MigrationError: an applied file has changed.
    """
    connection = await _connect_at_start(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await connection.execute(_CREATE_HISTORY)
        await _check_owner(connection, packages)
        for package in packages:
            await _migrate_package(connection, package)
    finally:
        await connection.close()  # the lock ends with the session


async def _check_owner(connection: "asyncpg.Connection[asyncpg.Record]", packages: Collection[str]) -> None:
    """End the process when the database is another service's: ours would be mixed with its tables."""
    rows = await connection.fetch("SELECT DISTINCT package FROM schema_migrations ORDER BY package")
    if others := [row["package"] for row in rows if row["package"] not in packages]:
        fail(f"DATABASE_URL: this is the database of {others[0]}; each service has one of its own")


async def _migrate_package(connection: "asyncpg.Connection[asyncpg.Record]", package: str) -> None:
    rows = await connection.fetch("SELECT name, checksum FROM schema_migrations WHERE package = $1", package)
    applied = {row["name"]: row["checksum"] for row in rows}
    folder = resources.files(package) / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    for file in files:
        script = file.read_text()
        checksum = hashlib.sha256(script.encode()).hexdigest()
        if file.name in applied:
            if applied[file.name] != checksum:
                raise MigrationError(f"{package}/migrations/{file.name} was changed after it had been applied")
            continue
        while not await _applied(connection, script, package, file.name, checksum):
            log.warning("migration_waits", package=package, migration=file.name)
            await asyncio.sleep(1)
        log.info("migration_applied", package=package, migration=file.name)


async def _applied(connection: "asyncpg.Connection[asyncpg.Record]", script: str, *applied: str) -> bool:
    """Apply a migration and note it. False: a table that it changes is in use by a long transaction.

    Whoever wants the table meanwhile stands behind the migration, so it waits for seconds only, and comes again.
    """
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_TIMEOUT}'")
            await connection.execute(script)
            await connection.execute(
                "INSERT INTO schema_migrations (package, name, checksum) VALUES ($1, $2, $3)", *applied
            )
    except asyncpg.LockNotAvailableError:
        return False
    return True


async def _connect_at_start(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect; wait while Postgres starts. End the process in one line when Postgres refuses or stays away."""
    until = asyncio.get_running_loop().time() + START_PATIENCE_S
    while True:
        try:
            return await _connect_creating(dsn)
        except ssl.SSLCertVerificationError as exc:
            fail(f"DATABASE_URL: Postgres's certificate is not accepted: {exc}")
        except asyncpg.ClientConfigurationError as exc:
            fail(f"DATABASE_URL: {' '.join(str(exc).split())}")
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InterfaceError, ValueError) as exc:
            fail(f"DATABASE_URL: {type(exc).__name__}: Postgres refuses it: user, password or database")
        except AWAY as exc:
            if asyncio.get_running_loop().time() > until:
                fail(f"DATABASE_URL: Postgres does not answer: {exc}")
            log.warning("postgres_unreachable", error=repr(exc))
            await asyncio.sleep(1)


async def _connect_creating(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    # A migration may take long: these statements have no limit.
    session = {**KEEPALIVE, "application_name": f"{identity()} migration"}
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S, server_settings=session)
    except asyncpg.InvalidCatalogNameError:
        name = urlsplit(dsn).path.lstrip("/")
        admin = await asyncpg.connect(dsn, database="postgres", timeout=CONNECT_TIMEOUT_S, server_settings=session)
        try:
            await admin.execute('CREATE DATABASE "{}"'.format(name.replace('"', '""')))
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another process was first
        finally:
            await admin.close()
        return await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S, server_settings=session)


async def _set_codecs(connection: Any) -> None:  # noqa: ANN401 - asyncpg's stubs want the bare class here
    # `from_json` takes a quarter of the time of `json.loads`.
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=from_json, schema="pg_catalog")


async def _keep(_connection: Any) -> None:  # noqa: ANN401
    """Reset nothing."""


def count_of(status: str) -> int:
    """Return how many rows a statement changed, from the status that Postgres gave ("DELETE 3")."""
    return int(status.rsplit(" ", 1)[1])


async def ping(pool: Pool) -> None:
    """Raise when Postgres does not answer within two seconds."""
    answer: Awaitable[Any] = pool.fetchval("SELECT 1", timeout=2)
    await answer
