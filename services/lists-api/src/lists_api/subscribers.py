"""What lists-api hears from Kafka."""

from faststream.kafka import KafkaBroker

from chassis.envelope import Delivered
from chassis.kafka import subscribe
from chassis.postgres import Pool
from contracts import TRAKT
from lists_api.use_cases import GROUP, record_result


def register(broker: KafkaBroker, pool: Pool) -> None:
    """Subscribe to what trakt-sync says."""

    @subscribe(broker, TRAKT, group=GROUP)
    async def on_trakt_event(delivered: Delivered) -> None:
        await record_result(pool, delivered)
