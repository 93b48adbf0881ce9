"""`python -m chassis.topics`: create the topics and their dead-letter topics. Run it as often as you like."""

import argparse
import asyncio
import os
import sys
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from contracts import TOPICS, dead_letter_topic

DEAD_LETTER_RETENTION_MS: Final = 30 * 24 * 3600 * 1000
"""Longer than the topics' own (Kafka's default, a week): an operator may look after a holiday."""


def wanted(replication: int) -> list[NewTopic]:
    """Return every topic as it is provisioned."""
    topics = []
    for topic in TOPICS:
        size = {"max.message.bytes": str(topic.max_message_bytes)}
        topics.append(NewTopic(topic.name, topic.partitions, replication, topic_configs=size))
        for group in topic.groups:
            configs = {**size, "retention.ms": str(DEAD_LETTER_RETENTION_MS)}
            topics.append(NewTopic(dead_letter_topic(topic.name, group), 1, replication, topic_configs=configs))
    return topics


async def create(bootstrap_servers: str, *, replication: int = 1) -> list[str]:
    """Create what is missing; return the names of the new topics.

    Raises:
        KafkaError: the broker is not there, or refuses.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        response = await admin.create_topics(wanted(replication))
    finally:
        await admin.close()
    made = []
    for name, code, *rest in response.topic_errors:
        error = for_code(code)
        if code == 0:
            made.append(name)
        elif error is not TopicAlreadyExistsError:
            raise error(f"{name}: {rest[0] if rest else ''}")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chassis.topics", description=__doc__)
    parser.add_argument("--replication", type=int, default=int(os.environ.get("KAFKA_REPLICATION", "1")))
    arguments = parser.parse_args()
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if not servers:
        sys.exit("bad settings: KAFKA_BOOTSTRAP_SERVERS: Field required")
    try:
        made = asyncio.run(create(servers, replication=arguments.replication))
    except KafkaError as exc:
        sys.exit(f"Kafka at {servers} (KAFKA_BOOTSTRAP_SERVERS): {exc}")
    print(f"{len(made)} topics made, {len(wanted(1)) - len(made)} were there")  # noqa: T201


if __name__ == "__main__":
    main()
