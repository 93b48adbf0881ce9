"""PostgreSQL of the wheel on a Unix socket and of the machine on TCP: the same promises."""

import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from local_stack.errors import MissingProgramError, PartFailedError
from local_stack.postgres.binaries import PostgresBinaries, _copy, _version
from local_stack.postgres.server import DATABASES, PostgresServer
from local_stack.processes.ports import free_port
from local_stack.testing import is_running


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: pytest closes its parents to other accounts, and as root PostgreSQL runs as one.
    with tempfile.TemporaryDirectory(prefix="wb-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def server(provider: str, folder: Path) -> PostgresServer:
    log = folder / "postgres.log"
    if provider == "embedded":
        return PostgresServer(PostgresBinaries.embedded(folder), folder / "data", log=log, durable=False)
    try:
        binaries = PostgresBinaries.of_system()
    except MissingProgramError as missing:
        pytest.skip(str(missing))  # the text names the program that this machine lacks
    return PostgresServer(binaries, folder / "data", log=log, port=free_port(), durable=False)


@pytest.fixture(params=["embedded", "system"])
async def postgres(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[PostgresServer]:
    described = server(request.param, folder)
    await described.start()
    yield described
    await described.stop()


async def run(postgres: PostgresServer, statement: str, database: str = "lists_api") -> object:
    connection = await asyncpg.connect(postgres.dsn(database))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_every_service_has_a_database_that_knows_unicode(postgres: PostgresServer) -> None:
    for database in DATABASES:
        assert await run(postgres, "SELECT current_database()", database) == database
        assert await run(postgres, "SELECT lower('ÀÉÎ')", database) == "àéî"


async def test_what_was_committed_survives_a_kill_at_the_same_address(postgres: PostgresServer) -> None:
    await run(postgres, "CREATE TABLE kept AS SELECT 7 AS n")
    address = postgres.dsn("lists_api")
    await postgres.kill()
    await postgres.start()
    assert postgres.dsn("lists_api") == address
    assert await run(postgres, "SELECT n FROM kept") == 7


async def test_what_was_committed_survives_a_stop(postgres: PostgresServer) -> None:
    await run(postgres, "CREATE TABLE kept AS SELECT 7 AS n")
    pid = postgres.pid
    assert pid is not None
    await postgres.stop()
    assert not is_running(pid)
    await postgres.start()
    assert await run(postgres, "SELECT n FROM kept") == 7


async def test_its_data_are_closed_to_others(postgres: PostgresServer) -> None:
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700


async def test_tcp_asks_for_the_password(folder: Path) -> None:
    postgres = server("system", folder)
    await postgres.start()
    try:
        stranger = postgres.dsn("lists_api").replace("postgres:", "postgres:x", 1)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(stranger)
    finally:
        await postgres.stop()


async def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    postgres = server("embedded", folder)
    await postgres.start()
    await postgres.stop()
    (postgres.data / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(PartFailedError, match="ended with status") as failure:
        await postgres.start()
    assert "no_such_setting" in failure.value.tail()


def test_copied_binaries_run_where_they_are_put(folder: Path) -> None:
    original = PostgresBinaries.embedded(folder)
    package = original.folder.parent.parent
    copied = _copy(package, folder) / "pginstall18" / "bin"
    assert _version(copied, original.account) == original.major
