"""Kafka for these tests: four kinds of broker with one interface."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from testcontainers.core.container import DockerContainer

from chassis.kafka.connection import connection_arguments
from chassis.kafka.settings import KafkaSettings
from chassis.testing import eventually
from chassis.topics import create, wanted
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import VERSION, KafkaDistribution
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.processes.ports import LOOPBACK, free_port
from local_stack.system.description import KafkaKind

ANSWERS_WITHIN: Final = timedelta(seconds=60)
KAFKA_IMAGE: Final = f"apache/kafka:{VERSION}"


class Broker(Protocol):
    """Args: described: for the reader of a test run; is_ours: whether tests may interrupt it."""

    described: str
    kind: KafkaKind
    is_ours: bool

    @property
    def bootstrap_servers(self) -> str: ...

    @property
    def settings(self) -> KafkaSettings:
        """How a client connects."""

    async def start(self) -> None:
        """Begin the session: every topic is there, and empty."""

    async def stop(self) -> None:
        """End the session."""

    async def interrupt(self) -> None:
        """Stop it, as a crash would; its records stay."""

    async def resume(self) -> None:
        """Start it again at the same address, and wait until it answers. Do nothing when it runs."""


class GivenBroker:
    """At an address from the environment. The records of our topics there are deleted.

    TEST_KAFKA_SECURITY_PROTOCOL, TEST_KAFKA_SASL_… and TEST_KAFKA_CA_FILE say how to connect.
    """

    kind: KafkaKind = "apache"
    is_ours = False

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.settings = KafkaSettings(_env_prefix="TEST_", kafka_bootstrap_servers=bootstrap_servers)
        self.described = f"Kafka at {bootstrap_servers} (TEST_KAFKA_BOOTSTRAP_SERVERS)"

    async def start(self) -> None:
        # List ids begin with 1 in fresh databases, so the events of another run would have the same ids.
        admin = AIOKafkaAdminClient(**connection_arguments(self.settings))
        await admin.start()
        try:
            ours = {topic.name for topic in wanted(1)}
            await admin.delete_topics(sorted(ours & set(await admin.list_topics())))
            await eventually(admin.list_topics, until=lambda names: not ours & set(names), within=ANSWERS_WITHIN)
        finally:
            await admin.close()
        await _create_topics(self.settings)

    async def stop(self) -> None: ...

    async def interrupt(self) -> None:
        raise AssertionError("not ours to interrupt")

    async def resume(self) -> None: ...


class ContainerBroker:
    """The image apache/kafka."""

    described = f"Apache Kafka {VERSION} (container {KAFKA_IMAGE})"
    kind: KafkaKind = "apache"
    is_ours = True

    def __init__(self) -> None:
        # We choose the port, so that it is the same after a crash and a new start. KafkaContainer takes a random one
        # and tells it to a start script.
        self._port = free_port()
        self._container = DockerContainer(KAFKA_IMAGE).with_envs(**_container_settings(self._port))
        publish_on_loopback(self._container, 9092, self._port)

    @property
    def bootstrap_servers(self) -> str:
        return f"{LOOPBACK}:{self._port}"

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings(kafka_bootstrap_servers=self.bootstrap_servers)

    async def start(self) -> None:
        await asyncio.to_thread(self._container.start)
        await _create_topics(self.settings)

    async def stop(self) -> None:
        await asyncio.to_thread(self._container.stop)

    async def interrupt(self) -> None:
        await asyncio.to_thread(self._container.get_wrapped_container().kill)

    async def resume(self) -> None:
        await asyncio.to_thread(self._container.get_wrapped_container().start)
        await _create_topics(self.settings)


class LocalBroker:
    """Apache Kafka from Maven, as a process."""

    described = f"Apache Kafka {VERSION} (local process)"
    kind: KafkaKind = "apache"
    is_ours = True

    def __init__(self, distribution: KafkaDistribution, folder: Path) -> None:
        self._kafka = ApacheKafka(distribution, folder / "kafka", log=folder / "kafka.log")

    @property
    def bootstrap_servers(self) -> str:
        return self._kafka.bootstrap_servers

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings(kafka_bootstrap_servers=self.bootstrap_servers)

    async def start(self) -> None:
        await self._kafka.start()
        await _create_topics(self.settings)

    async def stop(self) -> None:
        await self._kafka.stop()

    def has_ended(self) -> bool:
        """Whether it ended by itself, or was interrupted."""
        return self._kafka.exit_status() is not None

    async def interrupt(self) -> None:
        await self._kafka.kill()

    async def resume(self) -> None:
        if self._kafka.exit_status() is None:
            return
        await self._kafka.start()
        await _create_topics(self.settings)


class EmbeddedBroker:
    """librdkafka's mock cluster. A crash would lose its records, so an interruption cuts its connections instead."""

    described = "embedded Kafka (librdkafka's mock cluster)"
    kind: KafkaKind = "embedded"
    is_ours = True

    def __init__(self, folder: Path) -> None:
        self._kafka = EmbeddedKafka(log=folder / "kafka.log")

    @property
    def bootstrap_servers(self) -> str:
        return self._kafka.bootstrap_servers

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings(kafka_bootstrap_servers=self.bootstrap_servers)

    async def start(self) -> None:
        await self._kafka.start()

    async def stop(self) -> None:
        await self._kafka.stop()

    async def interrupt(self) -> None:
        await self._kafka.command("down")

    async def resume(self) -> None:
        await self._kafka.command("up")


def security_environment(settings: KafkaSettings) -> dict[str, str]:
    """Return the variables that make a process connect so. Those of the addresses are not among them."""
    password = settings.kafka_sasl_password
    given = {
        "KAFKA_SECURITY_PROTOCOL": settings.kafka_security_protocol,
        "KAFKA_SASL_MECHANISM": settings.kafka_sasl_mechanism,
        "KAFKA_SASL_USERNAME": settings.kafka_sasl_username,
        "KAFKA_SASL_PASSWORD": password.get_secret_value() if password else None,
        "KAFKA_CA_FILE": str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def publish_on_loopback(container: DockerContainer, inside: int, outside: int) -> None:
    """Publish a container's port to this machine alone: testcontainers' own methods publish it on every interface."""
    ports: dict[str, Any] = container.ports  # docker takes (address, port), which testcontainers' types leave out
    ports.clear()
    ports[f"{inside}/tcp"] = (LOOPBACK, outside)


def _container_settings(port: int) -> dict[str, str]:
    """Return all properties: once one is given, the image has no defaults."""
    return {
        "CLUSTER_ID": "dGVzdHMtb2Ytd2F0Y2hidQ",
        "KAFKA_HEAP_OPTS": "-Xms128m -Xmx384m",
        "KAFKA_OPTS": "-XX:TieredStopAtLevel=1",  # quick to start rather than quick at its peak
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_LISTENERS": "PLAINTEXT://0.0.0.0:9092,CONTROLLER://localhost:9093,BROKER://localhost:9094",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{LOOPBACK}:{port},BROKER://localhost:9094",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKER",
        "KAFKA_LOG_DIRS": "/var/lib/kafka/data",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        # After a crash the controller waits for the dead broker's session: 12 s with the defaults.
        "KAFKA_BROKER_SESSION_TIMEOUT_MS": "3000",
        "KAFKA_BROKER_HEARTBEAT_INTERVAL_MS": "500",
    }


async def _create_topics(settings: KafkaSettings) -> None:
    # A container's port answers before the broker behind it does, and a broker before it leads its partitions.
    async def created() -> bool:
        with suppress(KafkaError, OSError):
            await create(settings)
            return True
        return False

    await eventually(created, within=ANSWERS_WITHIN, every=timedelta(milliseconds=200))
