"""Erasing a user: their messages, conditions and channels go, and lists-api hears so (decision 62).

The notifier has no outbox. What it heard is kept by Kafka until the consumer commits, and that is after the broker has
the confirmation: a process that dies before sends it again, under the same id.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis import erasure
from chassis.clock import Clock
from chassis.errors import TransientError
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Connection, Pool
from notifier import condition_store, store
from notifier.channels import store as channels
from watchbuddy_contracts import (
    LISTS,
    TRAKT,
    EventHeaders,
    NotificationsUserErased,
    TraktUserForgotten,
    UserErasureRequested,
    partition_key,
    pseudonym_of,
)

log = structlog.get_logger()

SOURCE: Final = "/notifier"


class NotConfirmedError(TransientError):
    """Kafka did not take the confirmation."""

    slug = "not-confirmed"


class Confirmations:
    """Sends confirmations. Args: start_producer: returns a producer that has started; it raises KafkaError, OSError."""

    def __init__(self, start_producer: Callable[[], Awaitable[AIOKafkaProducer]], now: Clock) -> None:
        self._start_producer = start_producer
        self._producer: AIOKafkaProducer | None = None
        self._now = now

    async def send(self, request: UserErasureRequested, cause: Delivered) -> None:
        """Return when the broker has it. It has the erasure's id, however often it is sent.

        Raises:
            NotConfirmedError: Kafka does not take it now.
        """
        event = NotificationsUserErased(user_id=pseudonym_of(request.erasure_id), erasure_id=request.erasure_id)
        attributes = EventHeaders.of(event, event_id=event.erasure_id, source=SOURCE, time=self._now())
        headers = attributes.to_headers() | cause.trace.to_headers()
        try:
            if self._producer is None:
                self._producer = await self._start_producer()
            await self._producer.send_and_wait(
                event.topic,
                value=event.to_json(),
                key=partition_key(event),
                headers=[(name, value.encode()) for name, value in headers.items()],
            )
        except (KafkaError, OSError, TimeoutError) as exc:
            raise NotConfirmedError(repr(exc)) from exc

    async def stop(self) -> None:
        """Close the producer."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None


class Eraser:
    """Erases users. Args: confirm: tells lists-api; raises TransientError when that must be tried again."""

    def __init__(
        self, pool: Pool, confirm: Callable[[UserErasureRequested, Delivered], Awaitable[None]], now: Clock
    ) -> None:
        self._pool = pool
        self._confirm = confirm
        self._now = now

    async def erase(self, delivered: Delivered) -> None:
        """Take an erasure, or the end of what trakt-sync tells of a user. Any of them may come again, in any order.

        Raises:
            TransientError: it is not confirmed yet.
        """
        event, time = delivered.event, delivered.headers.time
        async with self._pool.acquire() as connection, connection.transaction():
            await store.lock(connection, event.user_id)
            match event:
                case UserErasureRequested():
                    life = erasure.Life(event.user_id, event.erasure_id, LISTS)
                    if await erasure.end(connection, life, until=time, now=self._now()):
                        await self._delete(connection, event)
                case TraktUserForgotten():
                    life = erasure.Life(event.user_id, event.erasure_id, TRAKT)
                    if await erasure.end(connection, life, until=time, now=self._now()):
                        # Another process may have been storing what was trakt-sync's last word when the request came.
                        await _delete_told(connection, event.user_id, time)
        if isinstance(event, UserErasureRequested):
            await self._confirm(event, delivered)
            log.info("user_erased", erasure_id=str(event.erasure_id))

    async def _delete(self, connection: Connection, event: UserErasureRequested) -> None:
        of_trakt = erasure.Life(event.user_id, event.erasure_id, TRAKT)
        await erasure.end(connection, of_trakt, until=None, now=self._now())
        await _delete_told(connection, event.user_id, None)
        await channels.forget(connection, event.user_id)


async def _delete_told(connection: Connection, user_id: str, until: datetime | None) -> None:
    await store.forget(connection, user_id, until)
    await condition_store.forget(connection, user_id, until)
