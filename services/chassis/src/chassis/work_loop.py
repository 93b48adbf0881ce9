"""The loop of a worker: it starts what is due, some at a time, and sleeps until it is woken or the next is due."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.health import StuckError
from chassis.postgres.wakeup import Listener

log = structlog.get_logger()

AFTER_A_DEFECT: Final = timedelta(seconds=1)
ENDED_WITHIN: Final = timedelta(seconds=5)
STUCK_AFTER: Final = timedelta(seconds=30)


class WorkLoop:
    """Repeats rounds until cancelled. A round starts what is due, and says how long to sleep; a wake ends the sleep.

    What is in hand when the loop is cancelled is ended first.

    Args:
        work: what is worked on, for people: "runs".
        concurrency: how much is in hand at a time.
        max_sleep: a wake whose notification was lost is this late.
        min_sleep: what seems due may be in another process's hands.
        stuck_after: how long a round may take, beyond the longest sleep, before the process counts as hanging.
        ended_within: how long what is in hand has to end.
    """

    def __init__(
        self,
        work: str,
        now: Clock,
        *,
        concurrency: int,
        max_sleep: timedelta,
        min_sleep: timedelta = timedelta(milliseconds=20),
        stuck_after: timedelta = STUCK_AFTER,
        ended_within: timedelta = ENDED_WITHIN,
    ) -> None:
        self.max_sleep = max_sleep
        self._work = work
        self._now = now
        self._concurrency = concurrency
        self._min_sleep = min_sleep
        self._stuck_after = max_sleep + stuck_after
        self._ended_within = ended_within
        self._woken = asyncio.Event()
        self._in_hand: set[asyncio.Task[datetime | None]] = set()
        self._last_round: datetime | None = None

    @property
    def free(self) -> int:
        """How much more can be taken in hand."""
        return self._concurrency - len(self._in_hand)

    def start(self, work: Coroutine[object, object, datetime | None], name: str) -> None:
        """Take work in hand.

        Args:
            work: returns when more of the kind is due, if that is before what the rounds know of. It deals with its own
                failures.
        """
        task = asyncio.create_task(work, name=name)
        self._in_hand.add(task)
        task.add_done_callback(self._ended)

    def wake(self) -> None:
        """End the sleep."""
        self._woken.set()

    def until(self, due_at: datetime | None) -> timedelta:
        """Return how long to sleep when work is due then; None: none is."""
        return self.max_sleep if due_at is None else max(self._min_sleep, min(self.max_sleep, due_at - self._now()))

    async def check(self) -> None:
        """Raise when there was no round for long.

        Raises:
            StuckError: so it is.
        """
        if self._last_round is None or self._now() - self._last_round > self._stuck_after:
            raise StuckError(f"nobody has looked for {self._work}")

    async def run(
        self,
        begin: Callable[[], Awaitable[timedelta]],
        listener: Listener | None = None,
        hear: Callable[[list[str]], None] | None = None,
    ) -> None:
        """Work until cancelled.

        Args:
            begin: a round: it starts what is due, and returns how long to sleep at most.
            listener: wakes the loop.
            hear: called with the listener's payloads before the loop wakes.
        """
        listening = None
        if listener is not None:
            listening = asyncio.create_task(self._listen(listener, hear), name=f"listen for {self._work}")
        try:
            while True:
                self._woken.clear()
                self._last_round = self._now()
                try:
                    sleep = await begin()
                except Exception as exc:  # noqa: BLE001 - Postgres away, or a defect: neither may end the worker
                    log.error("round_failed", work=self._work, error=repr(exc))  # noqa: TRY400
                    sleep = AFTER_A_DEFECT
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(sleep.total_seconds(), 0)):
                        await self._woken.wait()
        finally:
            if listening is not None:
                listening.cancel()
            if self._in_hand:
                await asyncio.wait(self._in_hand, timeout=self._ended_within.total_seconds())
            for task in self._in_hand:
                task.cancel()

    def _ended(self, task: asyncio.Task[datetime | None]) -> None:
        was_full = not self.free
        self._in_hand.discard(task)
        if was_full:  # more may have waited for a place
            self._woken.set()
        elif not task.cancelled() and (due_at := task.result()) is not None:
            wait = due_at - self._now()
            if wait < self.max_sleep:
                asyncio.get_running_loop().call_later(max(wait.total_seconds(), 0), self._woken.set)

    async def _listen(self, listener: Listener, hear: Callable[[list[str]], None] | None) -> None:
        while True:
            if payloads := await listener.wait(self.max_sleep):
                if hear is not None:
                    hear(payloads)
                self._woken.set()
