"""Kafka's entry points: what lists-api says is recorded as wanted, in milliseconds; the reconciler does the rest."""

from collections.abc import Callable
from typing import Final

from faststream.kafka import KafkaBroker

from chassis.clock import Clock
from chassis.kafka.broker import subscribe
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from trakt_sync.use_cases import record_deletion, record_import, record_state
from watchbuddy_contracts import LISTS, ListDeleted, ListState, TraktImportRequested

GROUP: Final = "trakt-sync"
"""The consumer group."""


def register(broker: KafkaBroker, pool: Pool, *, wake: Callable[[], None], now: Clock) -> None:
    """Subscribe to the lists' events.

    Args:
        wake: wakes the workers and the relay.
    """

    @subscribe(broker, LISTS, group=GROUP)
    async def on_list_event(delivered: Delivered) -> None:
        match delivered.event:
            case ListState() as state:
                is_news = await record_state(pool, state, now())
            case ListDeleted() as deletion:
                is_news = await record_deletion(pool, deletion, now())
            case TraktImportRequested() as request:
                is_news = await record_import(pool, request, now())
            case _:
                return  # how a sync run goes changes nothing on Trakt
        if is_news:
            wake()
