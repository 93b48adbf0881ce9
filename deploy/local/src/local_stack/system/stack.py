"""The system as a whole: in which order its parts start and stop."""

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import httpx

from local_stack.errors import PartFailedError
from local_stack.postgres.server import DATABASES
from local_stack.processes import children
from local_stack.processes.concurrently import together
from local_stack.processes.part import Part
from local_stack.processes.ports import choose_ports
from local_stack.processes.service import ServiceProcess
from local_stack.processes.supervisor import Display, Supervisor
from local_stack.system import stack_file, table
from local_stack.system.description import AUDIENCE, ISSUER, KafkaKind, Kind, System, Trakt
from local_stack.system.drain import drain
from local_stack.system.home import Home
from local_stack.system.trakt import simulated
from trakt_simulator.catalogue.shipped import SHIPPED_TITLES

ONCE_TIMEOUT = timedelta(seconds=60)
DRAIN_TIMEOUT = timedelta(seconds=10)


class Kafka(Part, Protocol):
    @property
    def bootstrap_servers(self) -> str: ...


class Postgres(Part, Protocol):
    def dsn(self, database: str) -> str: ...


@dataclasses.dataclass(frozen=True, slots=True)
class BackingServices:
    """What our services need, not started. Args: trakt: None: the stack starts a simulator."""

    postgres: Postgres
    kafka: Kafka
    kafka_kind: KafkaKind
    trakt: Trakt | None = None


class Stack:
    """Kafka, Postgres, a Trakt and the services. Each part can be killed and started again by its name."""

    def __init__(
        self,
        kind: Kind,
        backing: BackingServices,
        *,
        home: Home,
        display: Display,
        outside: Mapping[str, str],
        wanted_ports: Mapping[str, int] = table.WANTED_PORTS,
        restart: bool = False,
    ) -> None:
        """Describe a stack.

        Args:
            kind: what stack.json says of it.
            backing: what our services need.
            home: where data and logs go; when it is kept, so is the simulator's state.
            display: where progress is said.
            outside: the environment that the processes inherit.
            wanted_ports: by the names of table.WANTED_PORTS; 0: any.
            restart: whether a process that ends by itself is started again.

        Raises:
            CannotStartError: the keys of kept data are damaged.
        """
        self._kind, self._home, self._display, self._outside = kind, home, display, dict(outside)
        self._kafka, self._kafka_kind = backing.kafka, backing.kafka_kind
        self._postgres, self._trakt = backing.postgres, backing.trakt
        self._wanted, self.file = wanted_ports, home.stack_file
        self._keys = home.keys()
        self._is_started = False
        self._services: dict[str, ServiceProcess] = {}
        self._ports: dict[str, int] = {}
        self._system: System | None = None
        self.supervisor = Supervisor(display, restart=restart, on_change=self._write)
        self.supervisor.after_restart = self._after_restart

    @property
    def system(self) -> System:
        """Raises: RuntimeError: it is not started."""
        if self._system is None:
            raise RuntimeError("the stack is not started")
        return self._system

    def part(self, name: str) -> Part:
        """Return a part by its name in stack.json, to kill it and start it again; KeyError when there is none."""
        return {part.name: part for part in self.supervisor.parts}[name]

    async def start(self) -> System:
        """Start everything; return the addresses when all parts are ready.

        Raises:
            PartFailedError: one did not get ready. Call `stop` for the others.
        """
        self._choose_ports()
        first: list[Part] = [self._postgres, self._kafka]
        if self._trakt is None:
            state = str(self._home.data / "simulator.sqlite") if self._home.is_kept else None
            spec = table.simulator(self._ports, self._outside, state=state)
            first.append(ServiceProcess(spec, logs=self._home.logs))
        await self.supervisor.start(*first)
        self._system = self._describe()
        await together(self._start_services(), self._connect_user(), self._fill_catalogue())
        if self._home.is_kept:
            # The broker of the run before may have been embedded, and then its unread records are lost.
            await self.once("republish", "lists_api republish", self.environment("lists-api"))
        self._write()
        self._is_started = True
        return self.system

    async def stop(self) -> None:
        """Stop everything in an order that leaves no event in the embedded broker. Postgres stops last."""
        self.file.unlink(missing_ok=True)
        await self.supervisor.stop(table.HTTP_AND_WORK)
        # After a failed start there is nothing to wait for: the next start sends what was not sent.
        if self._home.is_kept and self._kafka_kind == "embedded" and self._is_started:
            self._display.say("waiting until every event was sent and read")
            left = await drain(self.system.postgres, self.system.bootstrap_servers, within=DRAIN_TIMEOUT)
            if left:
                self._display.say(f"{left}; the next start sends them again")
        await self.supervisor.stop(table.ON_KAFKA)
        await self.supervisor.stop([self._kafka.name, "simulator"])
        await self.supervisor.stop()

    async def once(
        self,
        name: str,
        command: str,
        environment: Mapping[str, str],
        *,
        files: Sequence[Path] = (),
        text: str | None = None,
    ) -> str:
        """Run one of the one-shot commands and return what it printed.

        Args:
            command: module and arguments. files: further arguments.
            text: what it reads from standard input.

        Raises:
            PartFailedError: it ended with another status than 0.
        """
        log = self._home.logs / f"{name}.log"
        status, output = await children.run_to_end(
            [sys.executable, "-m", *command.split(), *map(str, files)],
            within=ONCE_TIMEOUT,
            environment={**table.inherited(self._outside), **environment},
            log=log,
            text=text.encode() if text is not None else None,
        )
        if status != 0:
            raise PartFailedError(name, f"`python -m {command}` ended with status {status}", log)
        return output

    def _choose_ports(self) -> None:
        wanted = dict(self._wanted)
        if self._trakt is not None:
            del wanted["simulator"]
        self._ports = choose_ports(wanted)
        for name, port in wanted.items():
            if port not in (0, self._ports[name]):
                self._display.say(f"port {port} is taken: {name} listens on {self._ports[name]}")

    def _describe(self) -> System:
        return System(
            kind=self._kind,
            lists_api_url=f"http://127.0.0.1:{self._ports['lists-api']}",
            notifier_url=f"http://127.0.0.1:{self._ports['notifier']}",
            trakt_sync_url=f"http://127.0.0.1:{self._ports['trakt-sync']}",
            trakt=self._trakt or simulated(f"http://127.0.0.1:{self._ports['simulator']}"),
            kafka_kind=self._kafka_kind,
            bootstrap_servers=self._kafka.bootstrap_servers,
            postgres={database: self._postgres.dsn(database) for database in DATABASES},
            keys=self._keys,
            redirect_uri=None if self._trakt else table.redirect_uri(self._ports),
        )

    async def _start_services(self) -> None:
        specs = table.services(self.system, self._ports, self._outside)
        self._services = {spec.name: ServiceProcess(spec, logs=self._home.logs) for spec in specs}
        now: list[ServiceProcess] = []
        later: list[ServiceProcess] = []
        for name, process in self._services.items():
            (later if name in table.ON_KAFKA else now).append(process)
        await together(self.supervisor.start(*now), self._start_on_kafka(later))

    async def _start_on_kafka(self, processes: list[ServiceProcess]) -> None:
        if self._kafka_kind == "apache":
            servers = table.kafka_environment(self._kafka_kind, self._kafka.bootstrap_servers)
            await self.once("topics", "chassis.topics", servers)
        await self.supervisor.start(*processes)

    async def _connect_user(self) -> None:
        """Give the stack's user a token of ours, and on a simulator an account of Trakt."""
        user = self.system.user
        key = {"AUTH_LOCAL_KEY": self.system.keys.local_key, "AUTH_ISSUER": ISSUER}

        async def sign() -> None:
            token = await self.once("token", f"chassis.token --user {user}", {**key, "AUTH_AUDIENCE": AUDIENCE})
            self._system = dataclasses.replace(self.system, token=token.strip())

        await together(sign(), self._import_account(user))

    async def _import_account(self, user: str) -> None:
        trakt = self.system.trakt
        if trakt.admin_url is None or (self._home.is_kept and await self._has_account(user)):
            return
        async with httpx.AsyncClient(timeout=10) as http:
            answer = await http.post(f"{trakt.admin_url}/accounts", json={"username": user, "vip": True})
        if answer.is_error:
            raise PartFailedError("account", f"{trakt.admin_url}/accounts answered {answer.status_code}")
        await self.once(
            "account",
            f"trakt_sync account import --user {user}",
            self.environment("trakt-sync work"),
            text=json.dumps(answer.json()),
        )

    async def _fill_catalogue(self) -> None:
        """Give lists something to be filled from, until the user imports a catalogue of their own."""
        command = "lists_api catalogue import --if-empty"
        await self.once("catalogue", command, self.environment("lists-api"), files=[SHIPPED_TITLES])

    async def _has_account(self, user: str) -> bool:
        """Return whether the kept data have an account: the user may have connected another one."""
        listed = await self.once("account", "trakt_sync account list", self.environment("trakt-sync work"))
        return any(line.split()[:1] == [user] for line in listed.splitlines())

    async def _after_restart(self, part: Part) -> None:
        """After a restart the embedded broker is empty, on another port: restart its clients, and republish."""
        if part.name != self._kafka.name or self._kafka_kind != "embedded":
            return
        await self.supervisor.stop(table.ON_KAFKA)
        self._system = dataclasses.replace(self.system, bootstrap_servers=self._kafka.bootstrap_servers)
        for spec in table.services(self.system, self._ports, self._outside):
            self._services[spec.name].spec = spec
        await self.supervisor.start(*(self._services[name] for name in table.ON_KAFKA))
        await self.once("republish", "lists_api republish", self.environment("lists-api"))

    def environment(self, process: str) -> Mapping[str, str]:
        """Return the environment of a process, by its name in the table, for running one-shot commands beside it."""
        specs = table.services(self.system, self._ports, self._outside)
        return next(spec.environment for spec in specs if spec.name == process)

    def _write(self) -> None:
        stack_file.write(self.system, self.supervisor.parts, self.file)
