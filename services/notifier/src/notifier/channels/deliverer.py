"""The loop of `deliver`: it sends what is due, and sleeps until it is woken or the next is due."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.postgres.database import DATABASE_ERRORS
from chassis.postgres.wakeup import Listener
from chassis.work_loop import WorkLoop
from notifier.channels.delivering import Claimed, Deliveries

log = structlog.get_logger()

LOOK_EVERY: Final = timedelta(minutes=1)
"""How late a message can be when its wake was lost with the listener's connection."""
ENDED_WITHIN: Final = timedelta(seconds=3)
"""The process ends within five seconds of SIGTERM."""


class Deliverer:
    """Delivers until cancelled.

    Args:
        listener: its payloads are ids of users who have a new message or test.
        concurrency: channels that are sent to at a time.
    """

    def __init__(self, deliveries: Deliveries, listener: Listener, now: Clock, *, concurrency: int) -> None:
        self._deliveries = deliveries
        self._listener = listener
        self._now = now
        self._loop = WorkLoop(
            "messages to deliver", now, concurrency=concurrency, max_sleep=LOOK_EVERY, ended_within=ENDED_WITHIN
        )
        self._news: set[str] = set()
        self._looked_at: datetime | None = None

    async def check(self) -> None:
        """Raise when it has not looked for work for long."""
        await self._loop.check()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way is ended first."""
        await self._loop.run(self._round, self._listener, self._news.update)

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        now = self._now()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY or "" in self._news:
            self._news.clear()
            await self._deliveries.hand_over()
            self._looked_at = now
        elif self._news:
            news = sorted(self._news)
            self._news.clear()
            await self._deliveries.hand_over(news)
        free = self._loop.free
        if free == 0:
            return LOOK_EVERY  # who ends, wakes
        for claimed in await self._deliveries.claim(free):
            self._loop.start(self._serve(claimed), name=f"deliver to {claimed.channel_id}")
        return self._loop.until(await self._deliveries.next_due())

    async def _serve(self, claimed: Claimed) -> datetime:
        """Serve a channel. More of it may be due at once."""
        try:
            await claimed.serve()
        except DATABASE_ERRORS as exc:  # the lease runs out, and the next attempt has the same id
            log.warning("delivery_not_recorded", channel_id=claimed.channel_id, error=repr(exc))
        except Exception:  # a defect: this channel waits for the end of its lease, the others go on
            log.exception("delivery_broken", channel_id=claimed.channel_id)
        return self._now()
