"""Kafka's entry points: what lists-api says is recorded as wanted, in milliseconds; the reconciler does the rest."""

from collections.abc import Callable, Sequence
from typing import Final

from faststream.kafka import KafkaBroker

from chassis.clock import Clock
from chassis.erasure import erasing
from chassis.kafka.broker import Handler, subscribe
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from trakt_sync.erasing import erase
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.use_cases import record
from watchbuddy_contracts import (
    LISTS,
    ListCreated,
    ListDeleted,
    ListSynced,
    ListSyncFailed,
    ListSyncUnchanged,
    ListUpdated,
    TraktImportRequested,
    UserErasureRequested,
)

GROUP: Final = "trakt-sync"
"""The consumer group."""
WANTED: Final = (
    ListCreated,
    ListUpdated,
    ListSynced,
    ListSyncUnchanged,
    ListSyncFailed,
    ListDeleted,
    TraktImportRequested,
    UserErasureRequested,
)
"""How a sync run goes changes nothing on Trakt."""


def handler_of(pool: Pool, *, wake: Callable[[], None], now: Clock) -> Handler:
    """Return what handles sets of the lists' events.

    Args:
        wake: wakes the workers and the relay.
    """

    async def on_list_events(delivered: Sequence[Delivered]) -> None:
        is_news = await record(pool, [(one.event, one.trace.to_text()) for one in delivered], now())
        reached(KillPoint.EVENTS_RECORDED)
        if is_news:
            wake()

    async def on_erasure(delivered: Delivered) -> None:
        await erase(pool, delivered, now())
        reached(KillPoint.EVENTS_RECORDED)
        wake()

    return erasing(pool, on_list_events, on_erasure)


def register(broker: KafkaBroker, pool: Pool, *, wake: Callable[[], None], now: Clock) -> None:
    """Subscribe to the lists' events. Arguments as those of `handler_of`."""
    subscribe(broker, LISTS, group=GROUP, events=WANTED)(handler_of(pool, wake=wake, now=now))
