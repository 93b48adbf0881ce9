"""Pool, migrations, inbox, waker and listener."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chassis.clock import utc_now
from chassis.identity import identify
from chassis.outbox import inbox
from chassis.postgres.database import (
    DATABASE_ERRORS,
    MigrationError,
    Pool,
    connect,
    create_pool,
    is_away,
    migrate,
    open_pool,
    ping,
)
from chassis.postgres.wakeup import Listener, Waker
from chassis.testing import eventually

SOON = timedelta(seconds=5)


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    pool = await create_pool(dsn)
    yield pool
    await pool.close()


async def test_migrations_run_once_even_when_processes_start_together(postgres_server: str) -> None:
    dsn = postgres_server.replace("/postgres?", f"/fresh_{uuid4().hex}?")
    await asyncio.gather(*(migrate(dsn, "chassis") for _ in range(4)))
    connection = await connect(dsn, purpose="test")
    names = await connection.fetchval("SELECT array_agg(name ORDER BY name) FROM schema_migrations")
    assert names == ["0001_outbox.sql", "0002_outbox_tracestate.sql", "0004_erased_users.sql"]
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
    await connection.close()


async def test_an_edited_migration_is_refused(dsn: str, pool: Pool) -> None:
    await pool.execute("UPDATE schema_migrations SET checksum = 'other'")
    with pytest.raises(MigrationError, match=r"0001_outbox\.sql was changed"):
        await migrate(dsn, "chassis")


async def test_the_database_of_another_service_is_refused(
    dsn: str, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    await pool.execute("UPDATE schema_migrations SET package = 'notifier' WHERE name LIKE '0004%'")
    with pytest.raises(SystemExit):
        await migrate(dsn, "chassis", "trakt_sync")
    assert "the database of notifier" in capsys.readouterr().err


async def test_a_migration_that_waits_for_a_table_does_not_hold_up_who_reads_it(dsn: str, pool: Pool) -> None:
    await pool.execute("ALTER TABLE outbox DROP COLUMN tracestate")
    await pool.execute("ALTER TABLE outbox_rejected DROP COLUMN tracestate")
    await pool.execute("DELETE FROM schema_migrations WHERE name = '0002_outbox_tracestate.sql'")
    async with pool.acquire() as long, long.transaction():
        await long.execute("SELECT count(*) FROM outbox")  # a report, say: it holds a share of the table
        migrating = asyncio.create_task(migrate(dsn, "chassis"))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"
        await eventually(lambda: pool.fetchval(waiting), until=bool)
        assert await pool.fetchval("SELECT count(*) FROM outbox") == 0  # behind the migration, until that gives way
        assert not migrating.done()
    await migrating
    assert await pool.fetchval("SELECT count(tracestate) FROM outbox") == 0


async def test_whatever_a_statement_raises_when_the_server_ends_its_session_is_known_as_postgres_being_away(
    dsn: str, pool: Pool
) -> None:
    """It depends on how much asyncpg has read of the server's last words."""
    errors: list[Exception] = []

    async def work() -> None:
        while len(errors) < 200:
            try:
                async with pool.acquire() as connection, connection.transaction():
                    await connection.fetch("SELECT $1::int", 1)
                    await asyncio.sleep(0.001)  # a session may end between two statements, too
                    await connection.fetch("SELECT $1::int", 2)
            except Exception as exc:  # noqa: BLE001 - which ones come is the question
                errors.append(exc)

    end_sessions = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    admin = await connect(dsn, purpose="test")
    working = asyncio.gather(*(work() for _ in range(4)))
    while not working.done():
        await admin.execute(end_sessions)
        await asyncio.sleep(0.005)  # others begin meanwhile
    await working
    await admin.close()
    assert {repr(one) for one in errors if not (is_away(one) and isinstance(one, DATABASE_ERRORS))} == set()


async def test_a_pool_closes_without_complaint_though_a_statement_gets_no_answer(dsn: str, pool: Pool) -> None:
    async def is_stuck() -> bool:
        active: int = await pool.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'")
        return active == 1

    async with asyncio.timeout(30):
        async with open_pool(dsn, max_size=1, patience=timedelta(milliseconds=100)) as closing:
            stuck = asyncio.create_task(closing.execute("SELECT pg_sleep(60)"))
            await eventually(is_stuck)
        with pytest.raises(DATABASE_ERRORS):
            await stuck


async def test_jsonb_goes_in_and_out_as_python_objects(pool: Pool) -> None:
    assert await pool.fetchval("SELECT $1::jsonb", {"a": [1, None, "é"]}) == {"a": [1, None, "é"]}
    await ping(pool)


async def test_only_one_of_several_simultaneous_deliveries_is_a_groups_first(pool: Pool) -> None:
    event_id = uuid4()

    async def deliver(group: str, event: UUID) -> bool:
        async with pool.acquire() as connection, connection.transaction():
            first = await inbox.is_first_delivery(connection, group, event, utc_now())
            await connection.execute("SELECT pg_sleep(0.02)")
            return first

    results = await asyncio.gather(*(deliver("notifier", event_id) for _ in range(5)))
    assert sorted(results) == [False, False, False, False, True]
    assert await deliver("lists-api", event_id)
    assert await inbox.sweep(pool, until=utc_now() - timedelta(days=1)) == 0
    assert await inbox.sweep(pool, until=utc_now() + timedelta(days=1)) == 2


async def test_a_delivery_that_fails_leaves_nothing_in_the_inbox(pool: Pool) -> None:
    event_id = uuid4()
    with contextlib.suppress(KeyError):
        async with pool.acquire() as connection, connection.transaction():
            await inbox.is_first_delivery(connection, "notifier", event_id, utc_now())
            raise KeyError
    assert await inbox.is_first_delivery(pool, "notifier", event_id, utc_now())  # type: ignore[arg-type]


async def test_a_listener_gets_each_payload_once(dsn: str, pool: Pool) -> None:
    async with Listener(dsn, "work") as listener, Waker(pool, "work") as waker:
        assert await listener.wait(SOON) == [""]  # its own connection
        waker.wake("ada")
        assert await listener.wait(SOON) == ["ada"]
        for _ in range(50):
            waker.wake("bob")
        assert await listener.wait(SOON) == ["bob"]
        assert await listener.wait(timedelta(milliseconds=60)) == []


async def test_a_listener_that_reconnects_reports_it_as_a_wake(dsn: str, pool: Pool) -> None:
    async with Listener(dsn, "work") as listener:
        assert await listener.wait(SOON) == [""]
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'watchbuddy listener'"
        )
        assert await listener.wait(SOON) == [""]


async def test_a_wake_just_before_the_end_is_still_sent(dsn: str, pool: Pool) -> None:
    async with Listener(dsn, "work") as listener:
        await listener.wait(SOON)
        async with Waker(pool, "work") as waker:
            waker.wake("last")
        assert await listener.wait(SOON) == ["last"]


async def test_postgres_shows_service_command_and_purpose_of_every_connection(dsn: str) -> None:
    identify("lists_api", "relay")
    async with await create_pool(dsn) as pool, Listener(dsn, "work") as listener:
        await listener.wait(SOON)
        await listener.check()
        connection = await connect(dsn, purpose="outbox", patience=timedelta(seconds=3))
        assert await connection.fetchval("SHOW statement_timeout") == "3s"
        names = await pool.fetch(
            "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() ORDER BY 1"
        )
        await connection.close()
    assert [name for (name,) in names] == ["lists-api relay", "lists-api relay listener", "lists-api relay outbox"]
