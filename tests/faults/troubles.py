"""What goes wrong, and how it ends. Each trouble brings the Kafka and the Postgres that it needs."""

import asyncio
import dataclasses
import os
import re
import subprocess
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Final

from faults.kafka_cluster import KafkaCluster
from faults.postgres_servers import MovablePostgres
from integration.brokers import Broker, LocalBroker
from integration.description import SIMULATOR
from integration.parts import Chosen, Parts
from integration.system import RunningSystem
from local_stack.kafka.distribution import KafkaDistribution

OUTAGE_S: Final = 15.0
FAILOVER_S: Final = 5.0
"""How long it takes to notice that a primary is gone."""
BACK_IN_STEP_S: Final = 20.0
DISK: Final = "160m"
LOSS_PERCENT: Final = 30
STEP_S: Final = 1800.0
OWN_NETWORK: Final = "FAULTS_OWN_NETWORK"
"""Set where the network namespace is this run's alone."""


class Trouble(ABC):
    """A trouble. Args: folder: every account may pass through it."""

    lasts_s = OUTAGE_S

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = MovablePostgres(folder)
        self.broker: Broker = LocalBroker(KafkaDistribution.find(), folder)

    def lacks(self) -> str | None:
        """Return what the machine lacks for it; None: nothing."""
        return None

    def parts(self) -> Parts:
        return Parts(Chosen(self.broker, ()), Chosen(self.postgres, ()))

    def prepare(self, system: RunningSystem) -> None:  # noqa: B027 - most have nothing to prepare
        """Take what is needed of a system that has not started."""

    @abstractmethod
    async def begin(self) -> None: ...

    @abstractmethod
    async def end(self) -> None: ...

    def tidy(self) -> None:  # noqa: B027 - most leave nothing behind
        """Take away what would outlive the run."""


class BrokerRestarted(Trouble):
    """The broker is killed, and comes back with its records."""

    async def begin(self) -> None:
        await self.broker.interrupt()

    async def end(self) -> None:
        await self.broker.resume()


class PostgresRestarted(Trouble):
    """The server of all three databases ends at once, and comes back."""

    async def begin(self) -> None:
        await self.postgres.crash()

    async def end(self) -> None:
        await self.postgres.come_back()


class PostgresFailsOver(Trouble):
    """The primary is gone for good; its standby is promoted, and the address moved to it."""

    lasts_s = FAILOVER_S

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.postgres = MovablePostgres(folder, has_standby=True)

    async def begin(self) -> None:
        await self.postgres.crash()

    async def end(self) -> None:
        await self.postgres.fail_over()


class BrokersDiskFull(Trouble):
    """The disk of the broker's log is full, which ends it; then there is room again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._local = self.broker = LocalBroker(KafkaDistribution.find(), folder)
        self._disk = folder / "kafka"
        self._filler = self._disk / "filler"

    def lacks(self) -> str | None:
        return None if os.geteuid() == 0 else "root, who can mount a small disk"

    def parts(self) -> Parts:
        self._disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", self._disk], check=True)  # noqa: S603, S607
        return super().parts()

    async def begin(self) -> None:
        with suppress(OSError), self._filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))

    async def end(self) -> None:
        assert self._local.has_ended(), "a broker ends when its only disk is full"
        self._filler.unlink()
        await self.broker.resume()

    def tidy(self) -> None:
        subprocess.run(["umount", self._disk], check=False)  # noqa: S603, S607


class PacketsLost(Trouble):
    """Three in ten packets between the services, Kafka and Trakt are lost."""

    lasts_s = 30.0
    _ports = ""

    def lacks(self) -> str | None:
        return None if os.environ.get(OWN_NETWORK) else "a network namespace of its own (unshare --net)"

    def prepare(self, system: RunningSystem) -> None:
        addresses = [*self.broker.bootstrap_servers.split(","), system.trakt_url, *system.urls.values()]
        self._ports = ", ".join(address.rstrip("/").rpartition(":")[2] for address in addresses)

    async def begin(self) -> None:
        lost = f"numgen random mod 100 < {LOSS_PERCENT} counter drop"
        _nft(f"""
table inet faults {{
    chain input {{
        type filter hook input priority 0;
        tcp dport {{ {self._ports} }} {lost}
        tcp sport {{ {self._ports} }} {lost}
    }}
}}""")

    async def end(self) -> None:
        assert _packets_lost() > 0
        _nft("delete table inet faults")


class ClockStepped(Trouble):
    """The services' clock jumps half an hour ahead of Postgres's and Trakt's, and back."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._ahead = folder / "ahead"
        self._ahead.write_text("0")

    def prepare(self, system: RunningSystem) -> None:
        wrapper = str(Path(__file__).with_name("stepped.py"))
        for name, process in system.processes.items():
            if name != SIMULATOR:
                python, _, *command = process.spec.command
                stepped = (python, wrapper, str(self._ahead), *command)
                process.spec = dataclasses.replace(process.spec, command=stepped)

    async def begin(self) -> None:
        self._step(STEP_S)

    async def end(self) -> None:
        self._step(0)

    def _step(self, ahead_s: float) -> None:
        new = self._ahead.with_suffix(".new")
        new.write_text(str(ahead_s))
        new.rename(self._ahead)


class BrokersKilledInTurn(Trouble):
    """Of three brokers one is killed and comes back, then another."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._cluster = KafkaCluster(KafkaDistribution.find(), folder)
        self.broker = self._cluster

    async def begin(self) -> None:
        first, second, _ = self._cluster.nodes
        await first.kill()
        await asyncio.sleep(OUTAGE_S)
        await first.start()
        await asyncio.sleep(BACK_IN_STEP_S)  # its copies are as the others' again, or the next death stops the cluster
        await second.kill()

    async def end(self) -> None:
        await self._cluster.resume()


def _nft(rules: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)  # noqa: S607


def _packets_lost() -> int:
    counted = subprocess.run(["nft", "list", "table", "inet", "faults"], capture_output=True, text=True, check=True)  # noqa: S607
    lost = sum(map(int, re.findall(r"counter packets (\d+)", counted.stdout)))
    print(f"{lost} packets lost")  # noqa: T201 - what the run is for
    return lost


TROUBLES: Final[tuple[type[Trouble], ...]] = (
    BrokerRestarted,
    PostgresRestarted,
    PostgresFailsOver,
    BrokersDiskFull,
    PacketsLost,
    ClockStepped,
    BrokersKilledInTurn,
)
