"""What lists-api hears from Kafka."""

from typing import Final

from faststream.kafka import KafkaBroker

from chassis.envelope import Delivered
from chassis.kafka import subscribe
from chassis.postgres import Pool
from lists_api.mirror_state.use_cases import record_result
from watchbuddy_contracts import TRAKT

GROUP: Final = "lists-api"
"""The consumer group, and the inbox's name for it."""


def register(broker: KafkaBroker, pool: Pool) -> None:
    """Subscribe to what trakt-sync says."""

    @subscribe(broker, TRAKT, group=GROUP)
    async def on_trakt_event(delivered: Delivered) -> None:
        await record_result(pool, delivered, group=GROUP)
