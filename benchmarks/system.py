"""The whole system for a benchmark: real processes, temporary data, users with accounts on the simulator."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from chassis.local_tokens import issue_token
from chassis.testing import eventually
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.system import table
from local_stack.system.description import AUDIENCE, ISSUER, KafkaKind, System
from local_stack.system.home import Home
from local_stack.system.stack import BackingServices, Kafka, Stack
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing.accounts import connect_account_of

ANY_PORTS: Mapping[str, int] = dict.fromkeys(table.WANTED_PORTS, 0)


class Silent:
    """Says nothing: a benchmark prints its table alone."""

    def starting(self, name: str) -> None: ...

    def ready(self, name: str, after: timedelta) -> None: ...

    def say(self, line: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Running:
    """A running system, seen from outside."""

    stack: Stack
    system: System
    trakt: SimulatorAdmin

    def pids(self) -> dict[str, int]:
        """Return the process id of each part."""
        return {part.name: part.pid for part in self.stack.supervisor.parts if part.pid is not None}

    async def connect_account(self, user: str) -> None:
        """Give a user an account on the simulator and connect it, as `python -m trakt_sync account import` does."""
        pair = (await self.trakt.account(user, vip=True)).model_dump_json()
        await connect_account_of(self.stack.environment("trakt-sync work"), user, pair)

    async def connect(self, user: str) -> "User":
        """Give a user an account on the simulator, connect it, and return the user's clients."""
        await self.connect_account(user)
        return self.user(user)

    def user(self, user: str) -> "User":
        """Return the user's clients."""
        bearer = self.bearer(user)
        return User(
            user,
            httpx.AsyncClient(base_url=self.system.lists_api_url, headers=bearer, timeout=30),
            httpx.AsyncClient(base_url=self.system.notifier_url, headers=bearer, timeout=30),
        )

    def bearer(self, user: str) -> dict[str, str]:
        """Return the headers of the user's requests."""
        key = self.system.keys.local_key
        token = issue_token(key, user_id=user, issuer=ISSUER, audience=AUDIENCE, lifetime=timedelta(hours=2))
        return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class User:
    """A user's two HTTP clients."""

    name: str
    lists: httpx.AsyncClient
    notifier: httpx.AsyncClient

    async def make_list(self, title: str, items: list[dict[str, object]]) -> int:
        """Return the id of a new manual list."""
        answer = await self.lists.post("/api/lists", json={"title": title, "list_type": "manual", "items": items})
        return int(answer.raise_for_status().json()["id"])

    async def in_sync(self, list_id: int, *, within: timedelta = timedelta(minutes=1)) -> None:
        """Wait until Trakt equals the list."""

        async def state() -> tuple[int, int | None, str]:
            found = (await self.lists.get(f"/api/lists/{list_id}")).raise_for_status().json()
            return found["version"], found["mirror_state"]["version"], found["mirror_state"]["state"]

        await eventually(state, until=lambda seen: seen[0] == seen[1] and seen[2] == "in_sync", within=within)

    async def close(self) -> None:
        await self.lists.aclose()
        await self.notifier.aclose()


@asynccontextmanager
async def running(
    kafka_kind: KafkaKind,
    *,
    write_interval: str = "PT0S",
    rate_limits: bool = False,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Running]:
    """Run the system while the block runs.

    Args:
        kafka_kind: which broker.
        write_interval: pause between an account's writes, ISO 8601; Trakt's own rule is PT1S.
        rate_limits: whether the simulator has Trakt's limits.
        environment: of the processes, beside ours.
    """
    logs = Path(tempfile.mkdtemp(prefix="watchbuddy-bench-"))
    outside = {**os.environ, "TRAKT_WRITE_INTERVAL": write_interval, "LOG_LEVEL": "WARNING"} | dict(environment or {})
    with Home(None, logs) as home:
        kafka: Kafka = EmbeddedKafka(log=home.logs / "kafka.log")
        if kafka_kind == "apache":
            distribution = KafkaDistribution.find()
            await distribution.download(print)
            kafka = ApacheKafka(distribution, home.data / "kafka", log=home.logs / "kafka.log", say=print)
        binaries = PostgresBinaries.embedded(home.data)
        postgres = PostgresServer(binaries, home.data / "postgres", log=home.logs / "postgres.log", durable=True)
        stack = Stack(
            "demo",
            BackingServices(postgres, kafka, kafka_kind),
            home=home,
            display=Silent(),
            outside=outside,
            wanted_ports=ANY_PORTS,
        )
        try:
            system = await stack.start()
            async with SimulatorAdmin(system.trakt.api_url) as trakt:
                await trakt.options(rate_limits=rate_limits)
                yield Running(stack, system, trakt)
        finally:
            await stack.stop()
            shutil.rmtree(logs, ignore_errors=True)


def movies(first: int, count: int) -> list[dict[str, object]]:
    """Return `count` movies that the simulator knows, from trakt id `first` on."""
    return [{"media_type": "movie", "ids": {"trakt": number}} for number in range(first, first + count)]
