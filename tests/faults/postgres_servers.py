"""Postgres behind an address that can be moved: one server that crashes, or two with synchronous replication."""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from chassis.testing import eventually
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.processes import children
from local_stack.processes.ports import LOOPBACK, free_port

COPIED_WITHIN: Final = timedelta(seconds=60)
REPLICATING: Final = {"wal_level": "replica", "max_wal_senders": "4", "max_connections": "250"}


class Forwarder:
    """A port of loopback that passes its connections on to another one."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.target = target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._pass, LOOPBACK, self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()

    def move(self, target: int) -> None:
        """Pass new connections on to there, and cut the old ones."""
        self.target = target
        self.cut()

    def cut(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            back_reader, back_writer = await asyncio.open_connection(LOOPBACK, self.target)
            self._writers |= {writer, back_writer}
            await asyncio.gather(_pump(reader, back_writer), _pump(back_reader, writer))
            self._writers -= {back_writer}
        self._writers -= {writer}
        writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


class MovablePostgres:
    """A server of the tests (`integration.databases.Server`) that crashes, comes back, or fails over to its standby."""

    def __init__(self, folder: Path, *, has_standby: bool = False) -> None:
        self._binaries = PostgresBinaries.of_system()
        self.described = f"PostgreSQL {self._binaries.major}" + (" with a standby" if has_standby else "")
        self._folder, self._has_standby = folder, has_standby
        self._port, self._standby_port = free_port(), free_port()
        self._primary = self._server("primary", self._port)
        self._standby = self._server("standby", self._standby_port)
        self._forwarder = Forwarder(self._port)

    def _server(self, name: str, port: int) -> PostgresServer:
        return PostgresServer(
            self._binaries,
            self._folder / name,
            log=self._folder / f"{name}.log",
            port=port,
            databases=(),
            settings=REPLICATING,
        )

    def dsn(self, database: str) -> str:
        """Return the address that can be moved. The server has started."""
        parts = urlsplit(self._primary.dsn(database))
        return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{self._forwarder.port}"))

    async def start(self) -> None:
        await self._primary.start()
        await self._forwarder.start()
        if self._has_standby:
            await self._copy()
            await self._standby.start()
            await self._replicate()

    async def stop(self) -> None:
        await self._forwarder.stop()
        for server in (self._standby, self._primary):
            if server.exit_status() is None and server.pid is not None:
                await server.kill()

    async def crash(self) -> None:
        """End the server at once, with its backends, as the end of its machine would."""
        pid = self._primary.pid
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)

        async def has_ended() -> bool:
            return self._primary.exit_status() is not None

        await eventually(has_ended)
        self._forwarder.cut()

    async def come_back(self) -> None:
        await self._primary.start()

    async def fail_over(self) -> None:
        """Promote the standby, and move the address to it."""
        connection = await asyncpg.connect(self._standby.dsn("postgres"))
        assert await connection.fetchval("SELECT pg_promote()")
        await connection.close()
        self._forwarder.move(self._standby_port)

    async def _copy(self) -> None:
        account, target = self._binaries.account, self._standby.data
        target.mkdir(mode=0o700)
        if account is not None:
            os.chown(target, account.uid, account.gid)
        shutil.copy(self._folder / "primary.password", self._folder / "standby.password")
        source = urlsplit(self._primary.dsn("postgres"))
        status, said = await children.run_to_end(
            [
                *(str(self._binaries.folder / "pg_basebackup"), "-R", "--checkpoint=fast", "-D", str(target)),
                *("-h", LOOPBACK, "-p", str(self._port), "-U", source.username or ""),
            ],
            within=COPIED_WITHIN,
            log=self._folder / "standby.log",
            account=account,
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": source.password or ""},
            folder=Path("/"),
        )
        assert status == 0, f"pg_basebackup: {status} {said}"

    async def _replicate(self) -> None:
        """Have each commit wait for the standby."""
        connection = await asyncpg.connect(self._primary.dsn("postgres"))
        await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await connection.execute("SELECT pg_reload_conf()")

        async def is_in_step() -> bool:
            return bool(await connection.fetchval("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"))

        await eventually(is_in_step)
        await connection.close()
