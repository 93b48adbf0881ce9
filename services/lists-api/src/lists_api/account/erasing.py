"""Erasing a user: all of theirs goes here at once, the other services hear of it and say when they are done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

import structlog

from chassis import erasure
from chassis.clock import Clock
from chassis.kafka.envelope import Delivered
from chassis.outbox import outbox
from chassis.postgres.database import Pool
from lists_api.lists.saving import SOURCE
from lists_api.store import erasures, personal
from lists_api.store.erasures import Erasure
from watchbuddy_contracts import (
    TRAKT,
    ErasureEvent,
    NotificationsUserErased,
    TraktUserErased,
    TraktUserForgotten,
    UserErasureRequested,
)

log = structlog.get_logger()

CONFIRMATIONS: Final[tuple[type[ErasureEvent], ...]] = (TraktUserForgotten, TraktUserErased, NotificationsUserErased)


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases users. Args: wake: wakes the relay."""

    pool: Pool
    wake: Callable[[], None]
    now: Clock

    async def erase(self, user_id: str, *, keep_trakt_lists: bool) -> tuple[Erasure, bool]:
        """Delete everything of a user, in one transaction with the event that has the other services do so.

        Return the erasure, and whether there was anything here. The others are asked either way.

        The event stands behind all others of the user. What trakt-sync tells of them changes nothing from now on, until
        it says that its last word about them was spoken.
        """
        begun = Erasure(uuid4(), keep_trakt_lists, self.now())
        event = UserErasureRequested(
            user_id=user_id, erasure_id=begun.erasure_id, keep_trakt_lists=begun.keep_trakt_lists
        )
        async with self.pool.acquire() as connection, connection.transaction():
            had_any = await personal.delete_all(connection, user_id)
            await erasures.add(connection, begun)
            life = erasure.Life(user_id, begun.erasure_id, TRAKT)
            await erasure.end(connection, life, until=None, now=begun.requested_at)
            await outbox.append(connection, event, source=SOURCE, now=self.now())
        self.wake()
        log.info("user_erasure_requested", erasure_id=str(begun.erasure_id), keep_trakt_lists=keep_trakt_lists)
        return begun, had_any

    async def repeat(self, event: UserErasureRequested, at: datetime) -> bool:
        """Erase a user again, in a database that was restored to before it; return False when it knows of the erasure.

        Nobody is told: the event stands in the topic.
        """
        if await erasures.read(self.pool, event.erasure_id) is not None:
            return False
        async with self.pool.acquire() as connection, connection.transaction():
            await personal.delete_all(connection, event.user_id)
            await erasures.add(connection, Erasure(event.erasure_id, event.keep_trakt_lists, at))
            life = erasure.Life(event.user_id, event.erasure_id, TRAKT)
            await erasure.end(connection, life, until=None, now=self.now())
        return True

    async def confirm(self, delivered: Delivered) -> None:
        """Note what another service says of an erasure. A second delivery changes nothing."""
        event, at = delivered.event, delivered.headers.time
        match event:
            case TraktUserForgotten():
                await self._end_reports(event, delivered)
            case TraktUserErased():
                await erasures.end_trakt(self.pool, event.erasure_id, at, event.trakt_lists_left)
            case NotificationsUserErased():
                await erasures.end_notifications(self.pool, event.erasure_id, at)
        log.info("erasure_confirmed", erasure_id=delivered.headers.subject, by=delivered.headers.source)

    async def _end_reports(self, event: TraktUserForgotten, delivered: Delivered) -> None:
        life = erasure.Life(event.user_id, event.erasure_id, TRAKT)
        async with self.pool.acquire() as connection, connection.transaction():
            if await erasure.end(connection, life, until=delivered.headers.time, now=self.now()):
                # The consumer may have been storing a report when the user was erased.
                await personal.delete_reported(connection, event.user_id)
