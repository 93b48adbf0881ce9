"""Events that the broker refused are shown, sent once more or dropped."""

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from chassis.outbox import outbox, rejected
from chassis.outbox.command_table import outbox_commands
from chassis.postgres.database import Pool, create_pool
from watchbuddy_contracts import ListDeleted

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COMMANDS = outbox_commands("chassis")
Run = Callable[..., Awaitable[tuple[int | None, str]]]


@pytest.fixture
def dsn(make_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> str:
    dsn = make_database("chassis")
    monkeypatch.setenv("DATABASE_URL", dsn)
    return dsn


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """A database of which three events were refused, and one waits."""
    async with await create_pool(dsn) as pool:
        async with pool.acquire() as connection, connection.transaction():
            await outbox.append(connection, event(7), event(8), event(7, "bob"), source="/test", now=NOW)
            await connection.execute(
                "INSERT INTO outbox_rejected"
                " (id, event_id, topic, key, value, headers, traceparent, tracestate, created_at, error)"
                " SELECT id, event_id, topic, key, value, headers, traceparent, tracestate, created_at, 'too large'"
                " FROM outbox"
            )
            await connection.execute("DELETE FROM outbox")
            await outbox.append(connection, event(9), source="/test", now=NOW)
        yield pool


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    async def run_command(name: str, *arguments: str) -> tuple[int | None, str]:
        command, parser = COMMANDS[f"outbox {name}"], argparse.ArgumentParser()
        command.arguments(parser)
        capsys.readouterr()
        status = await command.run(parser.parse_args(arguments))
        return status, capsys.readouterr().out

    return run_command


def event(list_id: int, user_id: str = "ada") -> ListDeleted:
    return ListDeleted(list_id=list_id, user_id=user_id, version=1, title="Heists")


async def waiting(pool: Pool) -> list[tuple[str, str]]:
    rows = await pool.fetch("SELECT key, headers->>'ce_subject' AS list FROM outbox ORDER BY id")
    return [(row["key"].decode(), row["list"]) for row in rows]


async def test_refused_events_are_sent_once_more_behind_what_waits(pool: Pool, run: Run) -> None:
    status, listed = await run("list")
    assert status == 1
    assert [line.split(" of ")[1][:11] for line in listed.splitlines()[:3]] == [
        "7, user ada",
        "8, user ada",
        "7, user bob",
    ]
    assert "3 refused; 1 wait, since 2026-01-01T00:00:00Z" in listed
    assert (await run("retry"))[0] == 2  # nothing is named
    assert (await run("retry", "--user", "eve"))[0] == 2
    assert (await run("retry", "--list", "7", "--dry-run"))[0] == 0
    assert await waiting(pool) == [("ada", "9")]

    assert (await run("retry", "--list", "7"))[0] == 0
    assert await waiting(pool) == [("ada", "9"), ("ada", "7"), ("bob", "7")]
    [left] = await rejected.read(pool, rejected.Selection())
    assert '"list_id":8' in (await run("show", str(left.id)))[1]
    assert (await run("drop", str(left.id)))[0] == 0
    assert (await run("drop", str(left.id)))[0] == 2
    assert (await run("list"))[0] == 0


async def test_a_choice_that_fits_nothing_is_told(pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    assert await pool.fetchval("SELECT max(id) FROM outbox_rejected") < 99
    for name in ("show", "retry", "drop"):
        command, parser = COMMANDS[f"outbox {name}"], argparse.ArgumentParser()
        command.arguments(parser)
        assert await command.run(parser.parse_args(["99"])) == 2
        assert "`outbox list` shows those there are" in capsys.readouterr().err


async def test_an_event_that_waits_already_is_not_sent_twice(pool: Pool, run: Run) -> None:
    [first, *_] = await rejected.read(pool, rejected.Selection())
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, event(7), source="/test", now=NOW, event_ids=[first.event_id])
    assert (await run("retry", str(first.id)))[0] == 0
    assert await waiting(pool) == [("ada", "9"), ("ada", "7")]
    assert len(await rejected.read(pool, rejected.Selection())) == 2
