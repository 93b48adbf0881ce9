"""The reconciler on a real Postgres and a simulated Trakt: one simulator, a database emptied for each test."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness

MakeDatabase = Callable[..., str]

OVERLOOKED = """
SELECT user_id FROM account
WHERE lease_token IS NULL AND (
    (SELECT min(due_at) FROM work_queue WHERE work_queue.user_id = account.user_id) < coalesce(lists_at, 'infinity')
    OR (SELECT min(due_at) FROM list_import WHERE list_import.user_id = account.user_id AND done_at IS NULL)
        < coalesce(imports_at, 'infinity')
)"""


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    command = [sys.executable, "-m", "trakt_simulator", "--port", "0", "--no-rate-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own simulator
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.rsplit(" ", 1)[1].strip()
        process.terminate()
        process.communicate()


@pytest.fixture
async def admin(simulator_url: str) -> AsyncIterator[SimulatorAdmin]:
    async with SimulatorAdmin(simulator_url) as admin:
        await admin.reset()
        yield admin


@pytest.fixture(scope="session")
def database(make_database: MakeDatabase) -> str:
    return make_database("chassis", "trakt_sync")


@pytest.fixture
async def dsn(database: str) -> AsyncIterator[str]:
    """The session's database, emptied: a database of its own would cost each test half a second.

    Whatever a test did, an account that is given back is due when the soonest of its lists and imports is, or sooner.
    """
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(
            "TRUNCATE account, desired_list, mirror, ledger, work_queue, last_result, list_import, outbox, inbox, "
            "device_login, authorization_login, erased_user"
        )
        yield database
        assert await connection.fetch(OVERLOOKED) == []
    finally:
        await connection.close()


@pytest.fixture
async def running(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    """A running worker with the account of user "ada" connected, and Trakt reset."""
    async with harness(dsn, simulator_url) as made:
        pair = await admin.account("ada", vip=True)
        await made.connect("ada", pair.model_dump_json())
        async with made.worker():
            yield made
