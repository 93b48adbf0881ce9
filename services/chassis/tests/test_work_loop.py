"""The loop of a worker, without a database: what a round starts, what ends a sleep, and the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.clock import utc_now
from chassis.health import StuckError
from chassis.postgres.wakeup import Listener
from chassis.testing import eventually
from chassis.work_loop import WorkLoop

LONG = timedelta(minutes=10)


def loop_of(concurrency: int = 2, **given: timedelta) -> WorkLoop:
    return WorkLoop("work", utc_now, concurrency=concurrency, max_sleep=LONG, **given)


@asynccontextmanager
async def running(loop: WorkLoop, begin: Callable[[], Awaitable[timedelta]]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(loop.run(begin))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def comes_to(expected: int, read: Callable[[], int]) -> None:
    """Wait until what is counted is as expected."""

    async def count() -> int:
        return read()

    await eventually(count, until=lambda found: found == expected, every=timedelta(milliseconds=1))


class Work:
    """Counts rounds, and has work in hand until it is let go."""

    def __init__(self, loop: WorkLoop, due_at: datetime | None = None) -> None:
        self.loop = loop
        self.rounds = self.started = self.ended = 0
        self.go = asyncio.Event()
        self._due_at = due_at

    async def round(self) -> timedelta:
        self.rounds += 1
        if self.rounds == 1:
            while self.loop.free:
                self.loop.start(self.serve(), "one")
        return LONG

    async def serve(self) -> datetime | None:
        self.started += 1
        await self.go.wait()
        self.ended += 1
        return self._due_at


async def test_the_first_that_ends_makes_room_and_ends_the_sleep() -> None:
    work = Work(loop_of())
    async with running(work.loop, work.round):
        await comes_to(2, lambda: work.started)
        assert (work.rounds, work.loop.free) == (1, 0)
        work.go.set()
        await comes_to(2, lambda: work.rounds)
    assert work.ended == 2


@pytest.mark.parametrize(("due_in", "rounds"), [(timedelta(0), 2), (None, 1), (2 * LONG, 1)])
async def test_work_that_says_when_more_is_due_ends_the_sleep_then(due_in: timedelta | None, rounds: int) -> None:
    loop = loop_of(concurrency=9)
    work = Work(loop, None if due_in is None else utc_now() + due_in)

    async def begin() -> timedelta:
        work.rounds += 1
        if work.rounds == 1:
            loop.start(work.serve(), "one")
        return LONG

    async with running(loop, begin):
        work.go.set()
        await comes_to(1, lambda: work.ended)
        await comes_to(rounds, lambda: work.rounds)
        for _ in range(20):  # what would end the sleep has come
            await asyncio.sleep(0)  # turns of the loop, not a wait: one round more would begin in them
        assert work.rounds == rounds


async def test_a_round_that_fails_is_followed_by_another() -> None:
    loop = loop_of()
    rounds = 0

    async def begin() -> timedelta:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise ConnectionError("away")
        return LONG

    async with running(loop, begin):
        await comes_to(1, lambda: rounds)
        loop.wake()
        await comes_to(2, lambda: rounds)


async def test_what_is_in_hand_is_ended_before_the_loop_is() -> None:
    work = Work(loop_of())
    async with running(work.loop, work.round) as task:
        await comes_to(2, lambda: work.started)
        task.cancel()
        await asyncio.sleep(0)  # a turn of the loop, not a wait: the task has heard of it
        assert not task.done()
        work.go.set()
    assert work.ended == 2


class Told(Listener):
    """A listener that has something to tell when a test says so."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[list[str]] = asyncio.Queue()

    async def wait(self, timeout: timedelta) -> list[str]:  # noqa: ASYNC109 - as its base
        assert timeout == LONG
        return await self.told.get()


async def test_a_listener_ends_the_sleep_after_what_it_heard_is_known_and_ends_with_the_loop() -> None:
    loop, listener = loop_of(), Told()
    heard: list[str] = []
    rounds: list[tuple[str, ...]] = []

    async def begin() -> timedelta:
        rounds.append(tuple(heard))
        return LONG

    tasks = asyncio.all_tasks()
    running_loop = asyncio.create_task(loop.run(begin, listener, heard.extend))
    await comes_to(1, lambda: len(rounds))
    listener.told.put_nowait([])  # nothing came in all that time
    listener.told.put_nowait(["ada", "bob"])
    await comes_to(2, lambda: len(rounds))
    assert rounds == [(), ("ada", "bob")]
    running_loop.cancel()
    await comes_to(len(tasks), lambda: len(asyncio.all_tasks()))


async def test_what_does_not_end_is_cancelled() -> None:
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    work = Work(loop_of(concurrency=9, ended_within=timedelta(milliseconds=1)))
    async with running(work.loop, work.round):
        await comes_to(9, lambda: work.started)
    await comes_to(9, lambda: work.loop.free)
    assert (work.ended, failures) == (0, [])


async def test_a_loop_without_rounds_for_long_hangs() -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    loop = WorkLoop("runs", lambda: now, concurrency=1, max_sleep=LONG)
    with pytest.raises(StuckError, match="nobody has looked for runs"):
        await loop.check()
    async with running(loop, lambda: asyncio.sleep(0, LONG)):  # a round that does nothing
        await asyncio.sleep(0)  # a turn of the loop, not a wait: it has begun
        await loop.check()
        now += LONG
        await loop.check()
        now += timedelta(seconds=31)
        with pytest.raises(StuckError, match="nobody has looked for runs"):
            await loop.check()


def test_a_sleep_is_neither_longer_nor_shorter_than_it_may_be() -> None:
    now = utc_now()
    loop = WorkLoop("runs", lambda: now, concurrency=1, max_sleep=LONG, min_sleep=timedelta(seconds=1))
    waits = [loop.until(due) for due in (None, now - LONG, now + timedelta(seconds=7), now + 2 * LONG)]
    assert waits == [LONG, timedelta(seconds=1), timedelta(seconds=7), LONG]
