"""The Kafka topics and their key rule."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from watchbuddy_contracts.events import Event


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, as it is provisioned.

    Args:
        name: as Kafka knows it.
        producer: the service that writes to it.
        groups: the consumer groups that read it. Each has a dead-letter topic of its own.
        partitions: the count is fixed for the topic's life. Another count would break the order per key.
        max_message_bytes: the size limit of a record. A list of 10,000 items with three ids each is about 1 MB.
    """

    name: str
    producer: str
    groups: tuple[str, ...]
    partitions: int = 12
    max_message_bytes: int = 4 * 1024 * 1024


LISTS: Final = Topic("watchbuddy.lists.v1", producer="lists-api", groups=("trakt-sync", "notifier"))
"""Events of lists-api: what a list should be, how its sync runs go, and what is to be read on Trakt."""
TRAKT: Final = Topic("watchbuddy.trakt.v1", producer="trakt-sync", groups=("lists-api", "notifier"))
"""Events of trakt-sync: what happened to lists and accounts on Trakt, and what was read there."""
NOTIFICATIONS: Final = Topic(
    "watchbuddy.notifications.v1",
    producer="notifier",
    groups=("lists-api",),
    partitions=1,
    max_message_bytes=1024 * 1024,
)
"""Events of the notifier: that nothing of an erased user is left there."""
TOPICS: Final = (LISTS, TRAKT, NOTIFICATIONS)

DEAD_LETTER_RETENTION: Final = timedelta(days=30)
"""Longer than the topics' own (Kafka's default, a week): an operator may look after a holiday."""


def topic_named(name: str) -> Topic:
    """Return the topic of this name.

    Raises:
        KeyError: there is none.
    """
    return {topic.name: topic for topic in TOPICS}[name]


def dead_letter_topic(topic: str, group: str) -> str:
    """Return the topic for the records of `topic` that consumer group `group` cannot decode or handle."""
    return f"{topic}.{group}.dlq"


def partition_key(event: Event) -> bytes:
    """Return the record's key: the user's id, so that all of a user's events keep their order."""
    return event.user_id.encode()
