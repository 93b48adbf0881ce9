"""What the notifier hears from Kafka: every event of both topics goes to the dispatcher."""

from typing import Final

from faststream.kafka import KafkaBroker

from chassis.kafka import subscribe
from notifier.dispatch import Dispatcher
from watchbuddy_contracts import LISTS, TRAKT

GROUP: Final = "notifier"
"""The consumer group, and the inbox's name for it."""


def register(broker: KafkaBroker, dispatcher: Dispatcher) -> None:
    """Subscribe to what lists-api and trakt-sync say."""
    subscribe(broker, LISTS, TRAKT, group=GROUP)(dispatcher.dispatch)
