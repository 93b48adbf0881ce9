"""Postgres for these tests: four kinds of server with one interface."""

import asyncio
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit, urlunsplit

from testcontainers.community.postgres import PostgresContainer

from integration.brokers import publish_on_loopback
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.processes.ports import LOOPBACK, free_port

POSTGRES_IMAGE: Final = "postgres:17"
# Eight processes have a pool each, and the tests open more. No test ends the machine, so fsync is off.
_SERVER_OPTIONS: Final = "postgres -c max_connections=200 -c fsync=off -c full_page_writes=off"


class Server(Protocol):
    """A server on which databases are made. Args: described: for the reader of a test run."""

    described: str

    def dsn(self, database: str) -> str: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class GivenServer:
    """At an address from the environment; its user may make databases."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.described = f"Postgres at {urlsplit(url).hostname or url} (TEST_DATABASE_URL)"

    def dsn(self, database: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class ContainerServer:
    """The image postgres."""

    described = f"PostgreSQL (container {POSTGRES_IMAGE})"

    def __init__(self) -> None:
        self._container = PostgresContainer(POSTGRES_IMAGE, driver=None).with_command(_SERVER_OPTIONS)
        self._port = free_port()
        publish_on_loopback(self._container, 5432, self._port)

    def dsn(self, database: str) -> str:
        return f"postgresql://test:test@{LOOPBACK}:{self._port}/{database}"

    async def start(self) -> None:
        await asyncio.to_thread(self._container.start)

    async def stop(self) -> None:
        await asyncio.to_thread(self._container.stop)


class ProcessServer:
    """PostgreSQL as a process: of the machine's packages on a TCP port, or of the wheel on a Unix socket."""

    def __init__(self, binaries: PostgresBinaries, folder: Path, *, described: str, port: int | None = None) -> None:
        self.described = f"PostgreSQL {binaries.major} ({described})"
        self._server = PostgresServer(
            binaries, folder / "postgres", log=folder / "postgres.log", port=port, durable=False, databases=()
        )

    def dsn(self, database: str) -> str:
        return self._server.dsn(database)

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()


def of_machine(folder: Path) -> Server:
    return ProcessServer(PostgresBinaries.of_system(), folder, described="local process", port=free_port())


def embedded(folder: Path) -> Server:
    return ProcessServer(PostgresBinaries.embedded(folder / "binaries"), folder, described="embedded")
