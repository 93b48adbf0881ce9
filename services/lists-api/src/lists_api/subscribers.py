"""Kafka entry points."""

from typing import Final

from faststream.kafka import KafkaBroker

from chassis.kafka.broker import subscribe
from chassis.kafka.envelope import Delivered
from lists_api.mirror_state.use_cases import MirrorStateUseCases
from watchbuddy_contracts import TRAKT

GROUP: Final = "lists-api"
"""The consumer group."""


def register(broker: KafkaBroker, cases: MirrorStateUseCases) -> None:
    """Subscribe to the events of trakt-sync."""

    @subscribe(broker, TRAKT, group=GROUP)
    async def on_trakt_event(delivered: Delivered) -> None:
        await cases.record(delivered)
