"""The notifier's Kafka entry point: of both topics, every event that users hear of goes to the dispatcher."""

from typing import Final

from faststream.kafka import KafkaBroker

from chassis.erasure import erasing
from chassis.kafka.broker import subscribe
from chassis.postgres.database import Pool
from notifier.catalogue import TOLD
from notifier.dispatch import Dispatcher
from notifier.erasing import Eraser
from watchbuddy_contracts import LISTS, TRAKT, ListRunChanged, TraktUserForgotten, UserErasureRequested

GROUP: Final = "notifier"
"""The consumer group; the inbox keeps event ids by it."""


ERASURES: Final = (UserErasureRequested, TraktUserForgotten)


def register(broker: KafkaBroker, pool: Pool, dispatcher: Dispatcher, eraser: Eraser) -> None:
    """Subscribe to the topics of lists-api and trakt-sync."""
    handler = erasing(pool, dispatcher.dispatch, eraser.erase)
    subscribe(broker, LISTS, TRAKT, group=GROUP, events=[*TOLD, ListRunChanged, *ERASURES])(handler)
