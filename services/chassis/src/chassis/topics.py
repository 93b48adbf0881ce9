"""`python -m chassis.topics`: create the topics and their dead-letter topics. It may run as often as you like."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from pydantic import Field

from chassis.arguments import Parser
from chassis.kafka.connection import connection_arguments, knock
from chassis.kafka.settings import KafkaSettings
from chassis.settings import load
from watchbuddy_contracts import DEAD_LETTER_RETENTION, TOPICS, dead_letter_topic

SIZE: Final = "max.message.bytes"


class TooSmallError(Exception):
    """Somebody else made a topic, with Kafka's default of 1 MiB a record."""


class TopicSettings(KafkaSettings):
    """What the topics command needs."""

    kafka_replication: Annotated[int, Field(ge=1)] = 1
    """Copies of each new topic: 3 on a cluster."""


def wanted(replication: int) -> list[NewTopic]:
    """Return every topic with its partitions, replicas and settings."""
    topics = []
    retention_ms = str(int(DEAD_LETTER_RETENTION.total_seconds() * 1000))
    for topic in TOPICS:
        size = {SIZE: str(topic.max_message_bytes)}
        topics.append(NewTopic(topic.name, topic.partitions, replication, topic_configs=size))
        for group in topic.groups:
            configs = {**size, "retention.ms": retention_ms}
            topics.append(NewTopic(dead_letter_topic(topic.name, group), 1, replication, topic_configs=configs))
    return topics


async def create(settings: KafkaSettings, *, replication: int = 1) -> list[str]:
    """Create the topics that are missing; return their names.

    Raises:
        ConnectionError: Kafka does not answer, has no controller, or does not let us in (KafkaRefusedError).
        KafkaError: the broker refuses to make them.
        TooSmallError: a topic that was there does not take events as large as ours may be.
    """
    await knock(settings)
    admin = AIOKafkaAdminClient(**connection_arguments(settings))
    await admin.start()
    try:
        cluster = await admin.describe_cluster()
        if cluster["controller_id"] not in {broker["node_id"] for broker in cluster["brokers"]}:
            raise ConnectionError("Kafka has no controller: it starts, or is the embedded one, which makes its own")
        response = await admin.create_topics(wanted(replication))
        made, there = [], []
        for name, code, *rest in response.topic_errors:
            error = for_code(code)
            if code == 0:
                made.append(name)
            elif error is TopicAlreadyExistsError:
                there.append(name)
            else:
                raise error(f"{name}: {rest[0] if rest else ''}")
        await _check_sizes(admin, there)
    finally:
        await admin.close()
    return made


async def _check_sizes(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    least = {topic.name: topic.topic_configs[SIZE] for topic in wanted(1)}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs={SIZE: None}) for name in names]
    for answer in await admin.describe_configs(asked):
        for _code, _message, _type, name, entries in answer.resources:
            found = {entry[0]: entry[1] for entry in entries}.get(SIZE)
            if found is not None and int(found) < int(least[name]):
                raise TooSmallError(f"topic {name}: {SIZE} is {found}, needs {least[name]} (kafka-configs --alter)")


def main() -> None:
    Parser(prog="python -m chassis.topics", description=__doc__).parse_args()
    settings = load(TopicSettings)
    try:
        made = asyncio.run(create(settings, replication=settings.kafka_replication))
    except (ConnectionError, KafkaError) as exc:
        sys.exit(f"{exc} (KAFKA_BOOTSTRAP_SERVERS={settings.kafka_bootstrap_servers})")
    except TooSmallError as exc:
        sys.exit(str(exc))
    print(f"{len(made)} topics made, {len(wanted(1)) - len(made)} were there")  # noqa: T201


if __name__ == "__main__":
    main()
