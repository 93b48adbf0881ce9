"""Three Apache Kafka brokers, of which two must have a record before it counts."""

import asyncio
from pathlib import Path
from typing import Final

from chassis.kafka.settings import KafkaSettings
from chassis.testing import eventually
from chassis.topics import create
from integration.brokers import ANSWERS_WITHIN
from local_stack.kafka.apache import ApacheKafka, Node
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.system.description import KafkaKind

BROKERS: Final = 3
COPIES: Final = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
}


class KafkaCluster:
    """A broker of the tests (`integration.brokers.Broker`) that is three."""

    described = "three Apache Kafka brokers, min.insync.replicas 2"
    kind: KafkaKind = "apache"
    is_ours = True

    def __init__(self, distribution: KafkaDistribution, folder: Path) -> None:
        self.nodes = [
            ApacheKafka(
                distribution,
                folder / f"kafka{node.number}",
                log=folder / f"kafka{node.number}.log",
                properties=COPIES,
                node=node,
            )
            for node in Node.cluster(BROKERS)
        ]

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(node.bootstrap_servers for node in self.nodes)

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings(kafka_bootstrap_servers=self.bootstrap_servers)

    async def start(self) -> None:
        await asyncio.gather(*(node.start() for node in self.nodes))

        async def created() -> bool:
            try:
                await create(self.settings, replication=BROKERS)
            except Exception:  # noqa: BLE001 - whatever a cluster says while it forms
                return False
            return True

        await eventually(created, within=ANSWERS_WITHIN)

    async def stop(self) -> None:
        await asyncio.gather(*(node.stop() for node in self.nodes))

    async def interrupt(self) -> None:
        await asyncio.gather(*(node.kill() for node in self.nodes))

    async def resume(self) -> None:
        await asyncio.gather(*(node.start() for node in self.nodes if node.exit_status() is not None))
