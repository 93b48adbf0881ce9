"""An event becomes one stored message, however often it is delivered and by however many consumers.

How far a sync run is goes to the user's open streams alone, and is stored nowhere.
"""

from typing import Final

import structlog

from chassis.clock import Clock, utc_now
from chassis.kafka.envelope import Delivered
from chassis.outbox.inbox import is_first_delivery
from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from chassis.telemetry.names import LIST_ID
from chassis.telemetry.providers import tracer
from notifier import store
from notifier.messages import Message, message_of
from notifier.responses import RunNotice
from watchbuddy_contracts import ListRunChanged

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

    async def dispatch(self, delivered: Delivered) -> None:
        """Store the event's message, if it has one, and wake the user's streams."""
        if isinstance(delivered.event, ListRunChanged):
            self._runs.wake(RunNotice.of(delivered.event, delivered.headers.time).model_dump_json())
            return
        message = message_of(delivered.event)
        if message is None:
            return
        user_id = delivered.event.user_id
        with tracer().start_as_current_span("store message") as span:
            if message.list_id is not None:
                span.set_attribute(LIST_ID, message.list_id)
            message_id = await self._store(delivered, message)
            if message_id is None:
                log.info("event_repeated", event_id=str(delivered.headers.event_id))
                return
            self._waker.wake(user_id)
            log.info(
                "message_stored", message_id=message_id, list_id=message.list_id, ce_type=delivered.headers.ce_type
            )

    async def _store(self, delivered: Delivered, message: Message) -> int | None:
        user_id, headers = delivered.event.user_id, delivered.headers
        async with self._pool.acquire() as connection, connection.transaction():
            await store.lock_user(connection, user_id)
            if not await is_first_delivery(connection, self._group, headers.event_id, self._now()):
                return None
            return await store.add(
                connection, message, event_id=headers.event_id, user_id=user_id, created_at=headers.time
            )
