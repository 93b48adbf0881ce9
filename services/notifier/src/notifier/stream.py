"""Server-Sent Events: each stream reads its user's messages from the database, then waits for a wake.

A stream keeps only the id of the last message that it sent, and the newest change of each sync run that it has not
told. While it waits, or while its client is slow, it has no other queue and no database connection. So a slow client
delays nobody, and no stream is dropped.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import ValidationError

from chassis.postgres.database import DATABASE_ERRORS, Pool
from chassis.postgres.wakeup import Listener
from notifier import store
from notifier.progress import Progress
from notifier.responses import MessageOut, RunNotice, RunOut

log = structlog.get_logger()

BATCH: Final = 100
HEARTBEAT: Final = timedelta(seconds=15)
"""Shorter than the time after which proxies drop a silent connection (30 s and more)."""
LOOK_EVERY: Final = timedelta(minutes=1)
"""How late a message can be when its wake was lost with the listener's connection."""


class Wakeup:
    """Wakes one stream, or ends it."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._has_messages = True  # those since the client's last one
        self._progress = Progress()
        self.is_ended = False
        """Whether the process wants the stream to end."""

    def wake(self) -> None:
        """Say that there may be messages."""
        self._has_messages = True
        self._woken.set()

    def tell(self, run: RunOut) -> None:
        """Hand on how far a run is."""
        if self._progress.add(run):
            self._woken.set()

    def take_wake(self) -> bool:
        """Return whether there may be messages since the last call."""
        has_messages, self._has_messages = self._has_messages, False
        return has_messages

    def take_runs(self) -> Sequence[RunOut]:
        """Return the runs that went on since the last call."""
        return self._progress.take()

    def end(self) -> None:
        self.is_ended = True
        self._woken.set()

    async def wait(self, until: float) -> bool:
        """Return True at the first wake since the last call, or False at the event loop's time `until`."""
        try:
            async with asyncio.timeout_at(until):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Streams:
    """The streams of this process, by user."""

    def __init__(self) -> None:
        self._wakeups: dict[str, set[Wakeup]] = {}
        self._ended = False

    @contextmanager
    def joined(self, user_id: str) -> Iterator[Wakeup]:
        """Register a stream of the user while the block runs; give its wakeup."""
        wakeup = Wakeup()
        if self._ended:
            wakeup.end()
        self._wakeups.setdefault(user_id, set()).add(wakeup)
        try:
            yield wakeup
        finally:
            self._wakeups[user_id].discard(wakeup)
            if not self._wakeups[user_id]:
                del self._wakeups[user_id]

    def __len__(self) -> int:
        return sum(map(len, self._wakeups.values()))

    def wake(self, user_id: str) -> None:
        for wakeup in self._wakeups.get(user_id, ()):
            wakeup.wake()

    def tell(self, user_id: str, run: RunOut) -> None:
        for wakeup in self._wakeups.get(user_id, ()):
            wakeup.tell(run)

    def wake_all(self) -> None:
        for user_id in self._wakeups:
            self.wake(user_id)

    def end(self) -> None:
        """End every stream, and those that open later: the process shuts down."""
        self._ended = True
        for wakeups in self._wakeups.values():
            for wakeup in wakeups:
                wakeup.end()


async def listen(listener: Listener, pool: Pool, streams: Streams, *, look_every: timedelta = LOOK_EVERY) -> None:
    """Wake the streams of the users that the listener names, until cancelled.

    A wake can be lost. One query per process, not per stream, finds messages without a wake.
    """
    loop = asyncio.get_running_loop()
    newest, looked_at = 0, loop.time()
    while True:
        for user_id in await listener.wait(look_every):
            if user_id:
                streams.wake(user_id)
            else:  # the connection is new, and wakes before it can be lost
                streams.wake_all()
        if loop.time() - looked_at < look_every.total_seconds():
            continue
        looked_at = loop.time()
        try:
            found = await store.newest(pool)
        except DATABASE_ERRORS as exc:
            log.warning("look_failed", error=repr(exc))
            continue
        if found > newest:
            newest = found
            streams.wake_all()


async def listen_to_runs(listener: Listener, streams: Streams) -> None:
    """Tell the streams how far their users' runs are, until cancelled. A lost notification costs a step on a screen."""
    while True:
        for payload in await listener.wait(LOOK_EVERY):
            if payload:  # an empty one says that the connection is new
                with suppress(ValidationError):  # of another version of ours
                    notice = RunNotice.model_validate_json(payload)
                    streams.tell(notice.user_id, notice.run)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One stream.

    Args:
        after: the id of the last message that the client has.
        ends_at: the latest end of the stream, as time of the event loop.
    """

    user_id: str
    after: int
    ends_at: float
    wakeup: Wakeup

    def is_over(self) -> bool:
        return self.wakeup.is_ended or asyncio.get_running_loop().time() >= self.ends_at


async def follow(pool: Pool, subscription: Subscription, *, heartbeat: timedelta = HEARTBEAT) -> AsyncIterator[bytes]:
    """Yield the messages after `subscription.after`, then each new one, and how far runs are, until the stream's end.

    FastAPI's own streaming logs a failed request whenever a client leaves while data are on their way to it (fastapi
    0.165: BrokenResourceError from its keep-alive task). This generator does not.
    """
    last = subscription.after
    # An id without data: the browser dispatches no event, but it remembers the id (WHATWG HTML, 9.2.6). So the gap is
    # replayed even to a client whose connection breaks before its first message.
    yield format_sse_event(id=str(last), comment="connected")
    while not subscription.is_over():
        if subscription.wakeup.take_wake():
            try:
                messages = await store.after(pool, subscription.user_id, last, limit=BATCH)
            except DATABASE_ERRORS as exc:
                log.warning("stream_interrupted", error=repr(exc))
                return  # the client reconnects and continues after its last id
            for message in messages:
                body = MessageOut.model_validate(message)
                yield format_sse_event(event="message", id=str(message.id), data_str=body.model_dump_json())
                last = message.id
            if len(messages) == BATCH:
                subscription.wakeup.wake()
        for run in subscription.wakeup.take_runs():  # without an id: a client that reconnects asks for messages alone
            yield format_sse_event(event="run", data_str=run.model_dump_json())
        while not await _woken(subscription, heartbeat) and not subscription.is_over():
            yield KEEPALIVE_COMMENT


async def _woken(subscription: Subscription, heartbeat: timedelta) -> bool:
    until = asyncio.get_running_loop().time() + heartbeat.total_seconds()
    return await subscription.wakeup.wait(min(until, subscription.ends_at))
