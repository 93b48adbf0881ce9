"""An event becomes one stored message, however often it is delivered and by however many consumers.

How far a sync run is goes to the user's open streams alone, and is stored nowhere.
"""

import time
from collections.abc import Sequence
from typing import Final
from uuid import uuid5

import structlog

from chassis.clock import Clock, utc_now
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from chassis.telemetry.exporters import is_exported
from chassis.telemetry.names import LIST_ID
from chassis.telemetry.providers import tracer
from notifier import shortfall_store, store
from notifier.messages import message_of
from notifier.responses import RunNotice
from notifier.shortfall_store import NewShortfall
from notifier.shortfalls import Shortfall
from watchbuddy_contracts import ListEvent, ListRunChanged, TraktSynced

log = structlog.get_logger()

CHANNEL: Final = "messages"
"""The channel of Postgres NOTIFY; its payload is the id of a user who has a new message."""
RUNS: Final = "runs"
"""The channel of Postgres NOTIFY for how far sync runs are; its payload is a RunNotice as JSON."""


class Dispatcher:
    """Stores messages for users, and hands on how far their sync runs are.

    Args:
        waker: of the channel `CHANNEL`.
        runs: of the channel `RUNS`.
        group: the consumer group; the inbox keeps event ids by it.
    """

    def __init__(self, pool: Pool, waker: Waker, runs: Waker, *, group: str, now: Clock = utc_now) -> None:
        self._pool = pool
        self._waker = waker
        self._runs = runs
        self._group = group
        self._now = now
        self._is_traced = is_exported("TRACES")

    async def dispatch(self, events: Sequence[Delivered]) -> None:
        """Store the events' messages, where they have any, and wake the users' streams."""
        new: list[store.NewMessage] = []
        for one in events:
            if isinstance(one.event, ListRunChanged):
                self._runs.wake(RunNotice.of(one.event, one.headers.time).model_dump_json())
            elif (message := message_of(one.event)) is not None:
                new.append(store.NewMessage(message, one.headers.event_id, one.event.user_id, one.headers.time))
        if new:
            await self._store(events, new)
        if lacking := _shortfalls(events):
            for user_id in set(await shortfall_store.tell(self._pool, lacking)):
                self._waker.wake(user_id)

    async def _store(self, events: Sequence[Delivered], new: Sequence[store.NewMessage]) -> None:
        began_ns = time.time_ns()
        ids = await store.add(self._pool, new, group=self._group, now=self._now())
        stored = [one for one in new if one.event_id in ids]
        for user_id in {one.user_id for one in stored}:
            self._waker.wake(user_id)
        list_ids = sorted({one.message.list_id for one in stored if one.message.list_id})
        log.info("messages_stored", count=len(ids), list_ids=list_ids, repeated=len(new) - len(ids))
        if self._is_traced:
            _trace([one for one in events if one.headers.event_id in ids], began_ns)


def _shortfalls(events: Sequence[Delivered]) -> list[NewShortfall]:
    """Return what lists lack on Trakt, of each list as its last sync says it."""
    last: dict[tuple[str, int], NewShortfall] = {}
    for one in events:
        if isinstance(event := one.event, TraktSynced):
            found, headers = Shortfall.of(event), one.headers
            last[event.user_id, event.list_id] = NewShortfall(
                uuid5(headers.event_id, "shortfall"),
                event.user_id,
                event.list_id,
                found.counts,
                found.text(event),
                headers.time,
            )
    return list(last.values())


def _trace(told: Sequence[Delivered], began_ns: int) -> None:
    """Make the span of each message that was stored, in its event's trace."""
    for one in told:
        span = tracer().start_span("store message", one.trace.to_context(), start_time=began_ns)
        if isinstance(one.event, ListEvent):
            span.set_attribute(LIST_ID, one.event.list_id)
        span.end()
