"""The loop of `deliver`: it sends what is due, and sleeps until it is woken or the next is due."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.health import StuckError
from chassis.postgres.database import DATABASE_ERRORS
from chassis.postgres.wakeup import Listener
from notifier.channels.delivering import Claimed, Deliveries

log = structlog.get_logger()

LOOK_EVERY: Final = timedelta(minutes=1)
"""How late a message can be when its wake was lost with the listener's connection."""
AFTER_A_DEFECT: Final = timedelta(seconds=1)
STUCK_AFTER: Final = LOOK_EVERY + timedelta(seconds=30)


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
        self._concurrency = concurrency
        self._news: set[str] = set()
        self._wake = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()
        self._last_round: datetime | None = None
        self._looked_at: datetime | None = None

    async def check(self) -> None:
        """Raise when it has not looked for work for long."""
        if self._last_round is None or self._now() - self._last_round > STUCK_AFTER:
            raise StuckError("the deliverer has not looked for work")

    async def run(self) -> None:
        """Deliver until cancelled; what is under way is ended first."""
        listening = asyncio.create_task(self._listen(), name="listen messages")
        try:
            while True:
                self._wake.clear()
                try:
                    sleep = await self._round()
                except Exception as exc:  # noqa: BLE001 - Postgres away, or a defect: neither may end the process
                    log.error("round_failed", error=repr(exc))  # noqa: TRY400
                    sleep = AFTER_A_DEFECT
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(sleep.total_seconds(), 0)):
                        await self._wake.wait()
        finally:
            listening.cancel()
            if self._serving:
                await asyncio.wait(self._serving, timeout=3)  # it ends within five seconds of SIGTERM
            for task in self._serving:
                task.cancel()

    async def _round(self) -> timedelta:
        """Start what can be started; return how long to sleep at most."""
        now = self._last_round = self._now()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY or "" in self._news:
            self._news.clear()
            await self._deliveries.hand_over()
            self._looked_at = now
        elif self._news:
            news, self._news = self._news, set()
            await self._deliveries.hand_over(sorted(news))
        free = self._concurrency - len(self._serving)
        if free == 0:
            return LOOK_EVERY  # who ends, wakes
        for claimed in await self._deliveries.claim(free):
            task = asyncio.create_task(self._serve(claimed), name=f"deliver to {claimed.channel_id}")
            self._serving.add(task)
            task.add_done_callback(self._served)
        due_at = await self._deliveries.next_due()
        return LOOK_EVERY if due_at is None else min(LOOK_EVERY, due_at - self._now())

    async def _serve(self, claimed: Claimed) -> None:
        try:
            await claimed.serve()
        except DATABASE_ERRORS as exc:  # the lease runs out, and the next attempt has the same id
            log.warning("delivery_not_recorded", channel_id=claimed.channel_id, error=repr(exc))
        except Exception:  # a defect: this channel waits for the end of its lease, the others go on
            log.exception("delivery_broken", channel_id=claimed.channel_id)

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._serving.discard(task)
        self._wake.set()

    async def _listen(self) -> None:
        while True:
            if users := await self._listener.wait(LOOK_EVERY):
                self._news.update(users)
                self._wake.set()
