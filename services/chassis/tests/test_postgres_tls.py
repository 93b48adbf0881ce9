"""Postgres with `sslmode=verify-full`: every connection checks the server's certificate against a CA of our own."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import asyncpg
import pytest
import trustme

from chassis.kafka.producer import start_producer
from chassis.outbox import outbox
from chassis.outbox.relay import Relay
from chassis.postgres.database import create_pool, migrate
from chassis.postgres.wakeup import Listener, Waker
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from local_stack.errors import MissingProgramError
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.processes.ports import free_port
from watchbuddy_contracts import LISTS, ListDeleted

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Secured:
    """A running server. Args: ca_file: who signed its certificate; other_ca_file: somebody else."""

    server: PostgresServer
    ca_file: Path
    other_ca_file: Path

    def dsn(self, database: str, ca_file: Path | None = None, *, host: str = "127.0.0.1") -> str:
        address = self.server.dsn(database).replace("127.0.0.1", host)
        return f"{address}?sslmode=verify-full&sslrootcert={ca_file or self.ca_file}"


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    try:
        binaries = PostgresBinaries.of_system()  # the wheel's is built without TLS
    except MissingProgramError as missing:
        pytest.skip(str(missing))  # the text names the program that this machine lacks
    folder = Path(tempfile.mkdtemp(prefix="wb-pg-tls-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another account
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    trustme.CA().cert_pem.write_to_path(folder / "other.pem")
    leaf = ca.issue_cert("127.0.0.1")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    leaf.private_key_pem.write_to_path(key)
    leaf.cert_chain_pems[0].write_to_path(certificate)
    key.chmod(0o600)
    if binaries.account is not None:
        os.chown(key, binaries.account.uid, binaries.account.gid)
    server = PostgresServer(
        binaries,
        folder / "data",
        log=folder / "log",
        port=free_port(),
        durable=False,
        databases=(),
        settings={"ssl": "on", "ssl_cert_file": str(certificate), "ssl_key_file": str(key)},
    )
    asyncio.run(server.start())
    try:
        yield Secured(server, folder / "ca.pem", folder / "other.pem")
    finally:
        asyncio.run(server.kill())
        shutil.rmtree(folder)


@pytest.fixture
async def kafka() -> AsyncIterator[EmbeddedKafka]:
    kafka = EmbeddedKafka(topics={LISTS.name: 1})
    await kafka.start()
    yield kafka
    await kafka.stop()


async def test_migrations_pool_relay_and_listener_connect(secured: Secured, kafka: EmbeddedKafka) -> None:
    dsn = secured.dsn("fresh")
    await migrate(dsn, "chassis")  # makes the database as well
    settings = ServiceSettings(database_url=dsn, kafka_bootstrap_servers=kafka.bootstrap_servers)
    relaying = asyncio.create_task(Relay(dsn, partial(start_producer, settings)).run())
    async with await create_pool(dsn) as pool, Listener(dsn, "work") as listener, Waker(pool, "work") as waker:
        assert await listener.wait(SOON) == [""]
        waker.wake("ada")
        assert await listener.wait(SOON) == ["ada"]
        async with pool.acquire() as connection, connection.transaction():
            event = ListDeleted(list_id=7, user_id="ada", version=1, title="Heists")
            await outbox.append(connection, event, source="/test", now=NOW)

        async def is_empty() -> bool:
            return not await pool.fetchval("SELECT count(*) FROM outbox")

        await eventually(is_empty, within=timedelta(seconds=20))
        rows = await pool.fetch(
            "SELECT application_name, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
            "WHERE datname = current_database()"
        )
    relaying.cancel()
    with suppress(asyncio.CancelledError):
        await relaying
    assert {row["application_name"] for row in rows} == {"watchbuddy", "watchbuddy listener", "watchbuddy outbox"}
    assert all(row["ssl"] for row in rows)


@pytest.mark.parametrize(
    ("ca_file", "host", "said"),
    [
        ("other", "127.0.0.1", "Postgres's certificate is not accepted: .*certificate verify failed"),
        ("ca", "localhost", "Postgres's certificate is not accepted: .*Hostname mismatch"),
    ],
)
def test_a_process_ends_in_one_line_when_it_cannot_trust_the_server(
    secured: Secured, ca_file: str, host: str, said: str
) -> None:
    dsn = secured.dsn("postgres", secured.ca_file.with_name(f"{ca_file}.pem"), host=host)
    code = (
        "import asyncio, os; from chassis.postgres.database import migrate\n"
        "asyncio.run(migrate(os.environ['DSN'], 'chassis'))"
    )
    ended = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "DSN": dsn},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert re.match(f"bad settings: DATABASE_URL: {said}", ended.stderr), ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert dsn.split(":")[2].split("@")[0] not in ended.stderr, "the password is nowhere"


async def test_a_running_listener_that_meets_another_certificate_says_so_and_goes_on(secured: Secured) -> None:
    dsn = secured.dsn("postgres", secured.other_ca_file)
    async with Listener(dsn, "work") as listener:

        async def is_refused() -> bool:
            with suppress(ConnectionError):
                await listener.check()
                return False
            return True

        await eventually(is_refused)
    with pytest.raises(OSError, match="certificate verify failed"):
        await asyncpg.connect(dsn)
