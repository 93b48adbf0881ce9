"""A real Apache Kafka (KRaft), on one node or several, for those who have Java and Maven, and no Docker.

Measured with 4.3.1 on Java 17, 2 cores: format 1.0 s; the port answers after 2.6 s; 305 MB.
"""

import base64
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

from local_stack.errors import PartFailedError
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.processes import children
from local_stack.processes.ports import LOOPBACK, free_port

FORMAT_TIMEOUT = timedelta(seconds=60)
START_TIMEOUT = timedelta(seconds=60)
STOP_GRACE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Node:
    """A broker's place in a cluster; each is a controller, too.

    Args:
        number: from 1 on.
        controller_ports: of all nodes, by their numbers.
        cluster_id: the same for all.
    """

    number: int
    controller_ports: Mapping[int, int]
    cluster_id: str

    @classmethod
    def cluster(cls, count: int) -> "Sequence[Node]":
        """Return the nodes of a new cluster."""
        ports = {number: free_port() for number in range(1, count + 1)}
        cluster_id = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
        return [cls(number, ports, cluster_id) for number in ports]

    @property
    def controller(self) -> str:
        return f"{LOOPBACK}:{self.controller_ports[self.number]}"

    @property
    def voters(self) -> str:
        return ",".join(f"{number}@{LOOPBACK}:{port}" for number, port in self.controller_ports.items())


class ApacheKafka:
    """A broker that is a controller as well; its records survive stop, kill and start."""

    name = "kafka"
    health_url = None

    def __init__(
        self,
        distribution: KafkaDistribution,
        data: Path,
        *,
        log: Path,
        port: int | None = None,
        say: Callable[[str], None] = lambda _line: None,
        properties: Mapping[str, str] | None = None,
        scram: Sequence[str] = (),
        node: Node | None = None,
    ) -> None:
        """Describe a broker; `start` makes what is missing.

        Args:
            distribution: what it runs.
            data: its data folder; made when it is missing, kept at the end.
            log: file for what the broker says.
            port: None: a free one.
            say: shows a line to the user.
            properties: server properties beside ours; they win.
            scram: users made with the data, as `SCRAM-SHA-512=[name=ada,password=secret]`.
            node: its place in a cluster; None: it is alone.
        """
        self.log: Path | None = log
        self._distribution = distribution
        self._data = data
        self._say = say
        self._properties = dict(properties or {})
        self._scram = scram
        self._port = port or free_port()
        [alone] = Node.cluster(1)
        self._node = node or alone
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        return f"{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def exit_status(self) -> int | None:
        return self._child.poll() if self._child else None

    async def start(self) -> None:
        """Download and format if need be, start, wait until the port answers.

        Raises:
            PartFailedError: it ended, or did not answer within 60 s.
        """
        await self._distribution.download(self._say)
        properties = self._configure()
        if not (self._data / "logs" / "meta.properties").exists():
            await self._format(properties)
        with as_file(files("local_stack.kafka") / "log4j2.yaml") as logging:
            self._child = children.spawn(
                self._distribution.command(
                    "kafka.Kafka", str(properties), properties=(f"-Dlog4j2.configurationFile={logging}",)
                ),
                log=self.log,
                death_signal=signal.SIGTERM,
            )
            ready = await children.until(lambda: self._answers() or self.exit_status() is not None, START_TIMEOUT)
        if not ready or self.exit_status() is not None:
            status = self.exit_status()
            await self.kill()
            reason = "no answer within 60 s" if status is None else f"ended with status {status}"
            raise PartFailedError(self.name, reason, self.log)

    async def stop(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=STOP_GRACE)

    async def kill(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=timedelta(0), first=signal.SIGKILL)

    async def restart(self) -> None:
        """Start again at the same address."""
        await self.stop()
        await self.start()

    def _configure(self) -> Path:
        client, node = f"{LOOPBACK}:{self._port}", self._node
        lines = {
            "process.roles": "broker,controller",
            "node.id": str(node.number),
            "controller.quorum.voters": node.voters,
            "listeners": f"PLAINTEXT://{client},CONTROLLER://{node.controller}",
            "advertised.listeners": f"PLAINTEXT://{client}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self._data / "logs"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
            # After SIGKILL the controller waits for the dead broker's session: 12 s with the defaults.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
        }
        lines |= self._properties
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._data / "server.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        return path

    async def _format(self, properties: Path) -> None:
        status, output = await children.run_to_end(
            self._distribution.command(
                "kafka.tools.StorageTool",
                "format",
                "--ignore-formatted",
                *("-t", self._node.cluster_id),
                *("-c", str(properties)),
                *(option for user in self._scram for option in ("--add-scram", user)),
            ),
            within=FORMAT_TIMEOUT,
            log=self.log,
        )
        if status != 0:
            raise PartFailedError(self.name, f"its storage could not be formatted: {output.strip()}", self.log)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self._port), timeout=0.5):
                return True
        except OSError:
            return False
