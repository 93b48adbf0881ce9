"""Kafka entry points: every event of both topics goes to the dispatcher."""

from faststream.kafka import KafkaBroker

from chassis.kafka import subscribe
from contracts import LISTS, TRAKT
from notifier.dispatch import GROUP, Dispatcher


def register(broker: KafkaBroker, dispatcher: Dispatcher) -> None:
    """Subscribe to what lists-api and trakt-sync say."""
    subscribe(broker, LISTS, TRAKT, group=GROUP)(dispatcher.dispatch)
