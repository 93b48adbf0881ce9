"""The running system for tests: its processes, its simulated Trakt, its users."""

import asyncio
import dataclasses
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg
import httpx

from chassis.local_tokens import issue_token
from integration.brokers import Broker, security_environment
from integration.collector import Collector
from integration.description import described
from integration.parts import Parts
from integration.records import Records
from integration.users import User
from local_stack.errors import PartFailedError
from local_stack.processes import children
from local_stack.processes.concurrently import together
from local_stack.processes.ports import choose_ports, free_port
from local_stack.processes.service import ProcessSpec, ServiceProcess
from local_stack.system import table
from local_stack.system.description import AUDIENCE, ISSUER
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing.accounts import connect_account_of

ANSWER_TIMEOUT_S: Final = 30.0
ONCE_WITHIN: Final = timedelta(seconds=60)
TAIL_LINES: Final = 25
# Real Kafka's smallest session (group.min.session.timeout.ms): how long a killed consumer's partitions wait.
APACHE_SESSION: Final = "PT6S"
USER_KEY: Final = "a key of the tests, for pseudonyms in traces"
QUICK: Final = {
    # The simulator's limits are off, but where a test turns them on.
    "TRAKT_WRITE_INTERVAL": "PT0.05S",
    "TRAKT_CREATE_SETTLE": "PT2S",
    "TRAKT_STALE_WINDOW": "PT2S",  # a creation whose answer is lost is waited for so long
    "CHANNEL_NETWORKS": "127.0.0.0/8",  # the tests' receivers
    "TRACE_USER_KEY": USER_KEY,
    "OTEL_BSP_SCHEDULE_DELAY": "300",
    "OTEL_METRIC_EXPORT_INTERVAL": "5000",
}


class RunningSystem:
    """Every process of the system, on parts that are started."""

    def __init__(self, parts: Parts, folder: Path, collector: Collector) -> None:
        """Args: folder: for logs and the simulated Trakt's state."""
        self.broker: Broker = parts.kafka.part
        self.collector = collector
        self.records = Records(self.broker.settings)
        self._folder = folder
        self._ports = choose_ports(dict.fromkeys(table.WANTED_PORTS, 0))
        self._system = described(parts.postgres.part, self.broker, self._ports)
        self.trakt = SimulatorAdmin(self._system.trakt.api_url)
        self._outside = {**os.environ, **QUICK, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}
        self.processes = {spec.name: ServiceProcess(spec, logs=folder) for spec in self._specs()}
        self._clients = AsyncExitStack()
        self._read_from: dict[str, int] = {}
        self._taken_away: set[str] = set()
        self._has_accounts = False

    @property
    def urls(self) -> Mapping[str, str]:
        return {"lists-api": self._system.lists_api_url, "notifier": self._system.notifier_url}

    @property
    def accounts_url(self) -> str:
        return self._system.trakt_sync_url

    @property
    def databases(self) -> Mapping[str, str]:
        """The services' databases: name → address."""
        return self._system.postgres

    @property
    def trakt_url(self) -> str:
        return self._system.trakt.api_url

    def database(self, name: str) -> str:
        """Return the address of a service's database."""
        return self._system.postgres[name]

    async def start(self) -> None:
        await self.start_processes(*self.processes)
        await self.trakt.options(rate_limits=False)

    async def stop(self) -> None:
        await self._clients.aclose()
        await self.trakt.aclose()
        await asyncio.gather(*(process.stop() for process in self.processes.values()))

    async def start_processes(self, *names: str) -> None:
        """Start processes side by side; return when all are ready."""
        self._taken_away.difference_update(names)
        try:
            await together(*(self.processes[name].start() for name in names))
        except PartFailedError as failure:
            raise AssertionError(f"{failure}\n{failure.tail()}") from failure

    async def stop_processes(self, *names: str) -> None:
        """Stop them by SIGTERM, as an operator does."""
        self._taken_away.update(names)
        await asyncio.gather(*(self.processes[name].stop() for name in names))

    def another(self, name: str, *, python: str = sys.executable) -> ServiceProcess:
        """Return a process like that one, at a port of its own; it is not started, and the caller ends it.

        Args:
            python: an interpreter with the packages, of another version of them for example.
        """
        port = free_port()
        like = self.processes[name].spec
        address = f"http://127.0.0.1:{port}"
        spec = dataclasses.replace(
            like,
            command=(python, *like.command[1:]),
            environment={**like.environment, "HTTP_PORT": str(port)},
            health_url=f"{address}/health/ready",
            live_url=f"{address}/health/live",
        )
        return ServiceProcess(spec, logs=self._folder)

    async def kill(self, name: str) -> None:
        """SIGKILL."""
        self._taken_away.add(name)
        await self.processes[name].kill()

    @asynccontextmanager
    async def changed(self, name: str, **environment: str) -> AsyncIterator[None]:
        """Run one process with other settings for the length of the block."""
        process = self.processes[name]
        before = process.spec
        await process.stop()
        process.spec = dataclasses.replace(before, environment={**before.environment, **environment})
        await process.start()
        try:
            yield
        finally:
            await process.stop()
            process.spec = before
            await process.start()

    @asynccontextmanager
    async def stalled(self, database: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
        """Lock every table of a service while the block runs; give a function that counts the waiting transactions."""
        connection = await asyncpg.connect(self._system.postgres[database])
        try:
            tables = await connection.fetchval(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            )
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")

                async def waiting() -> int:
                    count: int = await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    return count

                yield waiting
        finally:
            await connection.close()

    async def let_time_pass(self, list_id: int) -> None:
        """Make the list due, as it is when its interval has passed."""
        connection = await asyncpg.connect(self._system.postgres["lists_api"])
        try:
            await connection.execute("UPDATE list SET next_sync_at = now() WHERE list_id = $1", list_id)
            await connection.execute("SELECT pg_notify('sync_run', '')")
        finally:
            await connection.close()

    async def once(
        self,
        command: str,
        *,
        like: str,
        files: Sequence[Path] = (),
        text: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Run a one-shot command in the environment of one of the processes; return its status and what it printed.

        `files` are further arguments.
        """
        own = {} if environment is None else environment
        return await children.run_to_end(
            [sys.executable, "-m", *command.split(), *map(str, files)],
            within=ONCE_WITHIN,
            environment={**self.processes[like].spec.environment, **own},
            log=self._folder / "once.log",
            text=None if text is None else text.encode(),
        )

    def user(self, name: str | None = None) -> User:
        """Return a new user, without a Trakt account."""
        name = name or f"user-{uuid.uuid4().hex[:12]}"
        headers = {"Authorization": f"Bearer {self.token(name)}"}
        lists, notes = (
            httpx.AsyncClient(base_url=url, headers=headers, timeout=ANSWER_TIMEOUT_S, trust_env=False)
            for url in self.urls.values()
        )
        self._clients.push_async_callback(lists.aclose)
        self._clients.push_async_callback(notes.aclose)
        return User(name, lists=lists, notes=notes, trakt=self.trakt)

    async def connected_user(self, **profile: object) -> User:
        """Return a new user with a Trakt account. Args: profile: of the account, see SimulatorAdmin.account."""
        user = self.user()
        await self.connect(user, **profile)
        return user

    async def connect(self, user: User, **profile: object) -> None:
        """Make the user's Trakt account, and connect it: the first one by the command that operators use.

        The others are connected by what the command does. Its process would cost each of them a second.
        """
        pair = (await self.trakt.account(user.name, **profile)).model_dump_json()
        environment = self.processes["trakt-sync work"].spec.environment
        if self._has_accounts:
            await connect_account_of(environment, user.name, pair)
            return
        command = f"trakt_sync account import --user {user.name}"
        status, said = await self.once(command, like="trakt-sync work", text=pair)
        assert status == 0, f"`{command}` ended with {status}: {said}\n{_tail(self._folder / 'once.log', 0)}"
        self._has_accounts = True

    def token(self, user: str) -> str:
        return issue_token(
            self._system.keys.local_key, user_id=user, issuer=ISSUER, audience=AUDIENCE, lifetime=timedelta(hours=1)
        )

    def mark_logs(self) -> None:
        """Mark the end of each log: a test begins."""
        for process in self.processes.values():
            if process.log is not None and process.log.exists():
                self._read_from[process.name] = process.log.stat().st_size

    def log_tails(self) -> dict[str, str]:
        """Return the last lines of each process since `mark_logs`."""
        tails = {}
        for process in self.processes.values():
            if process.log is not None:
                tails[process.name] = _tail(process.log, self._read_from.get(process.name, 0))
        return {name: tail for name, tail in tails.items() if tail}

    async def put_right(self) -> list[str]:
        """Restart what a test stopped. Return the names of the processes that ended by themselves."""
        if self.broker.is_ours:
            await self.broker.resume()
        ended = [name for name, process in self.processes.items() if process.exit_status() is not None]
        by_themselves = [name for name in ended if name not in self._taken_away]
        await self.start_processes(*ended)
        await self.trakt.remove_faults()
        await self.trakt.options(rate_limits=False)
        return by_themselves

    def _specs(self) -> list[ProcessSpec]:
        state = str(self._folder / "simulator.sqlite")
        simulator = table.simulator(self._ports, os.environ, state=state)
        specs = [dataclasses.replace(simulator, command=(*simulator.command, "--log-size", "100000"))]
        for spec in table.services(self._system, self._ports, self._outside):
            own = {"KAFKA_SESSION_TIMEOUT": APACHE_SESSION} if self.broker.kind == "apache" else {}
            security = security_environment(self.broker.settings)
            specs.append(dataclasses.replace(spec, environment={**spec.environment, **own, **security}))
        return specs


def _tail(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-TAIL_LINES:])
