"""The Kafka topics and their key rule."""

from dataclasses import dataclass
from typing import Final

from watchbuddy_contracts.events import Event


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, as it is provisioned.

    Args:
        name: as Kafka knows it.
        groups: consumer groups that read it; each has a dead-letter topic of its own.
        partitions: fixed for the topic's life: another count would break the order per key.
        max_message_bytes: a list of 10,000 items with three ids each is about 1 MB.
    """

    name: str
    groups: tuple[str, ...]
    partitions: int = 12
    max_message_bytes: int = 4 * 1024 * 1024


LISTS: Final = Topic("watchbuddy.lists.v1", groups=("trakt-sync", "notifier"))
"""What lists-api says: ListCreated, ListUpdated, ListSyncStarted, ListSynced, ListSyncFailed, ListDeleted."""
TRAKT: Final = Topic("watchbuddy.trakt.v1", groups=("lists-api", "notifier"))
"""What trakt-sync says: TraktListCreated, TraktListSynced, TraktListDeleted, TraktSyncFailed, …"""
TOPICS: Final = (LISTS, TRAKT)


def dead_letter_topic(topic: str, group: str) -> str:
    """Return the topic for the records of `topic` that consumer group `group` cannot decode or handle."""
    return f"{topic}.{group}.dlq"


def partition_key(event: Event) -> bytes:
    """Return the record's key: the user's id, so that all of a user's events keep their order."""
    return event.user_id.encode()
