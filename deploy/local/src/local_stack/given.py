"""Kafka and Postgres that somebody else runs: parts without a process, for tests and for addresses from outside."""

from collections.abc import Mapping
from pathlib import Path


class GivenPart:
    """There already; it is not ours to start or to stop."""

    health_url = None
    pid = None
    log: Path | None = None

    def exit_status(self) -> int | None:
        return None

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def kill(self) -> None: ...


class GivenKafka(GivenPart):
    name = "kafka"

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers


class GivenPostgres(GivenPart):
    name = "postgres"

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """Args: addresses: database → address."""
        self._addresses = dict(addresses)

    def dsn(self, database: str) -> str:
        return self._addresses[database]
