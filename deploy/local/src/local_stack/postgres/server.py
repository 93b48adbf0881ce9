"""A PostgreSQL server as a direct child process."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import asyncpg

from local_stack.errors import PartFailedError
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.configuration import (
    locale_options,
    on_loopback,
    on_socket,
    server_options,
    socket_folder,
)
from local_stack.processes import children

DATABASES = ("lists_api", "trakt_sync", "notifier")
SUPERUSER = "postgres"
START_TIMEOUT = timedelta(seconds=30)
STOP_GRACE = timedelta(seconds=10)


class PostgresServer:
    """A server that only this machine's user reaches: by a private Unix socket, or by loopback TCP with a password."""

    name = "postgres"
    health_url = None

    def __init__(
        self,
        binaries: PostgresBinaries,
        data: Path,
        *,
        log: Path,
        port: int | None = None,
        durable: bool = True,
        databases: tuple[str, ...] = DATABASES,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a server; `start` makes what is missing.

        Args:
            binaries: what it runs.
            data: its data folder; made when it is missing, kept at the end.
            log: file for what the server says.
            port: listens on 127.0.0.1 at this port, with a password made with the data; None: on a Unix socket alone.
            durable: False for data that are thrown away: survives the processes' end, not the machine's.
            databases: created when missing.
            settings: of the server, beside ours; they win.
        """
        self.log: Path | None = log
        self.data = data
        self._binaries = binaries
        self._port = port
        self._durable = durable
        self._databases = databases
        self._settings = dict(settings or {})
        self._password = ""
        self._sockets: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def exit_status(self) -> int | None:
        return self._child.poll() if self._child else None

    def dsn(self, database: str) -> str:
        if self._port is not None:
            return f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{self._port}/{database}"
        return f"postgresql://{SUPERUSER}:@/{database}?host={self._sockets}"

    async def start(self) -> None:
        """Make the data folder if need be, start the server, make the databases.

        Raises:
            PartFailedError: it did not answer within 30 s, or ended.
        """
        if not (self.data / "PG_VERSION").exists():
            await self._initialise()
        if self._port is not None:
            self._password = self._password_file.read_text().strip()
        elif self._sockets is None:
            self._sockets = self._private(socket_folder())
        self._child = children.spawn(
            [str(self._binaries.folder / "postgres"), "-D", str(self.data), *self._options()],
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            log=self.log,
            account=self._binaries.account,
            death_signal=signal.SIGQUIT,  # its immediate shutdown, which takes the backends along
            folder=Path("/"),
        )
        try:
            await self._make_databases()
        except BaseException:  # half started: nothing may stay behind
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop it: it cuts its connections, and committed data are on disk."""
        if self._child is not None:
            await children.end(self._child, grace=STOP_GRACE, first=signal.SIGINT)
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    async def kill(self) -> None:
        """Kill it, as a crash would. The socket's folder stays, so a later start has the same address."""
        if self._child is not None:
            await children.end(self._child, grace=timedelta(0), first=signal.SIGKILL)

    async def _initialise(self) -> None:
        self._private(self.data)
        authentication = ["--auth=trust"]
        if self._port is not None:
            self._password_file.write_text(secrets.token_urlsafe(24))
            self._private(self._password_file)
            authentication = ["--auth=scram-sha-256", f"--pwfile={self._password_file}"]
        command = [
            str(self._binaries.folder / "initdb"),
            "--no-sync",
            "-E",
            "UTF8",
            "-U",
            SUPERUSER,
            "-D",
            str(self.data),
        ]
        status, _ = await children.run_to_end(
            [*command, *locale_options(self._binaries.major), *authentication],
            within=START_TIMEOUT,
            log=self.log,
            account=self._binaries.account,
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            folder=Path("/"),
        )
        if status != 0:
            raise PartFailedError(self.name, f"initdb ended with status {status}{self._reachable_hint()}", self.log)

    def _options(self) -> list[str]:
        listens = on_loopback(self._port) if self._port is not None else on_socket(str(self._sockets))
        settings = {**listens, **self._settings}
        return server_options(self._binaries.major, settings, durable=self._durable)

    async def _make_databases(self) -> None:
        connection = await self._connect()
        try:
            there = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
            for database in self._databases:
                if database not in there:
                    await connection.execute(f'CREATE DATABASE "{database}"')
        finally:
            await connection.close()

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        connections: list[asyncpg.Connection[asyncpg.Record]] = []
        deadline = children.deadline(START_TIMEOUT)
        while not connections:
            if self.exit_status() is not None:
                raise PartFailedError(self.name, f"ended with status {self.exit_status()}", self.log)
            if deadline():
                raise PartFailedError(self.name, f"no answer within {START_TIMEOUT.total_seconds():.0f} s", self.log)
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                connections.append(await asyncpg.connect(self.dsn(SUPERUSER), timeout=5))
            await children.pause()
        return connections[0]

    @property
    def _password_file(self) -> Path:
        return self.data.parent / f"{self.data.name}.password"

    def _private(self, path: Path) -> Path:
        """Make the folder (a file must be there) readable to the server's account alone."""
        if not path.exists():
            path.mkdir(parents=True)
        path.chmod(0o700 if path.is_dir() else 0o600)
        account = self._binaries.account
        if account is not None:
            os.chown(path, account.uid, account.gid)
        return path

    def _reachable_hint(self) -> str:
        account = self._binaries.account
        closed = [parent for parent in self.data.parents if not parent.stat().st_mode & 0o001]
        if account is None or not closed:
            return ""
        return (
            f": {closed[-1]} is closed to the account {account.name}, which PostgreSQL runs as; choose another folder"
        )
