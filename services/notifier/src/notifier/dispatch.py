"""An event becomes one stored message, however often it is delivered and by however many consumers.

How far a sync run is goes to the user's open streams alone, and is stored nowhere.
"""

import time
from collections.abc import Sequence
from typing import Final

import structlog

from chassis.clock import Clock, utc_now
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from chassis.telemetry.declared import LIST_ID, MESSAGES, SEVERITY, STORE_MESSAGE, Attribute
from chassis.telemetry.exporters import is_exported
from chassis.telemetry.instruments import counter
from chassis.telemetry.providers import start_span
from notifier import store
from notifier.messages import Told, told_of
from notifier.responses import RunNotice
from watchbuddy_contracts import ListEvent, ListRunChanged

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
        self._messages = counter(MESSAGES)

    async def dispatch(self, events: Sequence[Delivered]) -> None:
        """Store the events' messages, where they have any, and wake the users' streams."""
        told: list[Told] = []
        for one in events:
            if isinstance(one.event, ListRunChanged):
                self._runs.wake(RunNotice.of(one.event, one.headers.time).model_dump_json())
            elif (its := told_of(one.event, one.headers.event_id, one.headers.time)) is not None:
                told.append(its)
        if told:
            await self._store(events, told)

    async def _store(self, events: Sequence[Delivered], told: Sequence[Told]) -> None:
        began_ns = time.time_ns()
        stored = await store.add(self._pool, told, group=self._group, now=self._now())
        for user_id in {one.user_id for one in stored.messages}:
            self._waker.wake(user_id)
        for one in stored.messages:
            self._messages.add(1, {SEVERITY: one.message.severity})
        list_ids = sorted({one.message.list_id for one in stored.messages if one.message.list_id})
        log.info("messages_stored", count=len(stored.messages), list_ids=list_ids, repeated=stored.repeated)
        if self._is_traced:
            ids = {one.event_id for one in stored.messages}
            _trace([one for one in events if one.headers.event_id in ids], began_ns)


def _trace(told: Sequence[Delivered], began_ns: int) -> None:
    """Make the span of each message that was stored, in its event's trace."""
    for one in told:
        about: dict[Attribute, str | int] = {LIST_ID: one.event.list_id} if isinstance(one.event, ListEvent) else {}
        start_span(STORE_MESSAGE, one.trace.to_context(), about, start_time=began_ns).end()
