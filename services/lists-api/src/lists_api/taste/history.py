"""Keeping what users have watched: one transaction for each event of trakt-sync."""

import asyncio
from dataclasses import dataclass
from functools import partial

import structlog

from chassis.clock import Clock, utc_now
from chassis.kafka.envelope import Delivered
from chassis.outbox import inbox
from chassis.postgres.database import Pool
from lists_api.store import history as store
from lists_api.taste.domain.history import changed, reported
from watchbuddy_contracts import TraktWatchedChanged

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WatchedHistory:
    """Takes what trakt-sync reports of users' histories.

    Args:
        group: the consumer group, under which the inbox knows the events.
    """

    pool: Pool
    group: str
    now: Clock = utc_now

    async def record(self, delivered: Delivered) -> None:
        """Store what an event says; a second delivery changes nothing, nor does an event older than what is stored."""
        event, at = delivered.event, delivered.headers.time
        if not isinstance(event, TraktWatchedChanged):
            return
        user_id = event.user_id
        watched, unwatched = reported(event, at)
        async with self.pool.acquire() as connection, connection.transaction():
            if not await inbox.is_first_delivery(connection, self.group, delivered.headers.event_id, self.now()):
                return
            if not await store.begin_report(connection, user_id, at=at, is_full=event.is_full):
                log.info("history_outdated", user_id=user_id)
                return
            named = None if event.is_full else [*(one.title for one in watched), *unwatched]
            known = await store.read_watched(connection, user_id, named)
            taken_out = await store.read_unwatched(connection, user_id)
            decide = partial(changed, known, taken_out, watched, unwatched, at=at, is_full=event.is_full)
            change = await asyncio.to_thread(decide)  # of tens of thousands of titles it takes a fraction of a second
            await store.record_watched(connection, user_id, change, at=at)
        log.info("history_recorded", user_id=user_id, added=len(change.inserted), removed=len(change.deleted))
