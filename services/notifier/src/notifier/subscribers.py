"""The notifier's Kafka entry point: of both topics, every event that users hear of goes to the dispatcher."""

from typing import Final

from faststream.kafka import KafkaBroker

from chassis.kafka.broker import subscribe
from notifier.catalogue import TOLD
from notifier.dispatch import Dispatcher
from watchbuddy_contracts import LISTS, TRAKT, ListRunChanged

GROUP: Final = "notifier"
"""The consumer group; the inbox keeps event ids by it."""


def register(broker: KafkaBroker, dispatcher: Dispatcher) -> None:
    """Subscribe to the topics of lists-api and trakt-sync."""
    subscribe(broker, LISTS, TRAKT, group=GROUP, events=[*TOLD, ListRunChanged])(dispatcher.dispatch)
