"""The live streams of a process. An open one costs an ASGI task that waits for the client to leave, and nothing else.

No stream has a timer, a queue or a database connection. `Streams` writes to all of them: messages that were read for
them together (`listening.py`), and a comment now and then. What a server has no room for at once is not written: the
stream counts as slow, and goes on where it stood when there is room again. One that stays slow is cut off.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.types import Message, Send

from notifier.errors import TooManyStreamsError
from notifier.progress import Progress
from notifier.responses import MessageOut, RunOut
from notifier.stored import StoredMessage

HEARTBEAT: Final = timedelta(seconds=15)
"""Shorter than the time after which proxies drop a silent connection (30 s and more)."""
SLOTS: Final = 15
"""The heartbeats of all streams are spread over so many ticks of one timer."""
PATIENCE: Final = timedelta(seconds=30)
"""How long a stream may be slow. The server holds 64 kB for it meanwhile."""


class Stream:
    """One open stream.

    Args:
        last: the id of the last message that the client has.
        ends_at: its latest end, as time of the event loop.
        abort: cuts the connection off, whatever is still to be sent.
    """

    __slots__ = ("_abort", "_progress", "_send", "ends_at", "is_ended", "last", "slot", "slow_since", "user_id")

    def __init__(self, user_id: str, last: int, ends_at: float, send: Send, abort: Callable[[], None]) -> None:
        self.user_id = user_id
        self.last = last
        self.ends_at = ends_at
        self.slow_since: float | None = None
        self.is_ended = False
        self.slot = 0
        self._send = send
        self._abort = abort
        self._progress: Progress | None = None

    def write(self, block: bytes) -> bool:
        """Write, or return False, and nothing is written: the client is slow, or the stream has ended."""
        if not self.is_ready:
            return False
        if not _sent(self._send, _body(block)):
            self.slow_since = asyncio.get_running_loop().time()
        return self.is_ready

    @property
    def is_ready(self) -> bool:
        return self.slow_since is None and not self.is_ended

    def tell(self, run: RunOut) -> None:
        """Say how far a run is, or keep it until the client is not slow any more."""
        self._progress = self._progress or Progress()
        if self._progress.add(run):
            self.say_runs()

    def say_runs(self) -> None:
        """Say of each run the newest that was not said yet."""
        if self.is_ready and self._progress is not None:
            for run in self._progress.take():  # without an id: a client that reconnects asks for messages alone
                if not self.write(format_sse_event(event="run", data_str=run.model_dump_json())):
                    self._progress.put_back(run)

    def is_free_again(self) -> bool:
        """Whether a slow client has room again."""
        if not self.is_ended and _sent(self._send, _body(KEEPALIVE_COMMENT)):
            self.slow_since = None
        return self.is_ready

    def end(self) -> None:
        """End the response in order, or cut a slow client off. Either lets the task of the stream go on."""
        if not self.is_ended and not _sent(self._send, _body(b"", more_body=False)):
            self._abort()
        self.is_ended = True


class Streams:
    """The streams of this process, by user. Args: limit: of the streams that a user has at a time."""

    def __init__(self, *, limit: int, heartbeat: timedelta = HEARTBEAT, patience: timedelta = PATIENCE) -> None:
        self.tick_s: Final = heartbeat.total_seconds() / SLOTS
        self._limit = limit
        self._patience_s = patience.total_seconds()
        self._places: Counter[str] = Counter()
        self._streams: dict[str, set[Stream]] = {}
        self._slots: list[set[Stream]] = [set() for _ in range(SLOTS + 1)]
        self._slot = 0
        self._slow: set[Stream] = set()
        self._due: dict[str, None] = {}
        self._is_due = asyncio.Event()
        self._is_ended = False

    def __len__(self) -> int:
        return sum(map(len, self._streams.values()))

    @contextmanager
    def place_of(self, user_id: str) -> Iterator[None]:
        """Hold one of the user's places.

        Raises:
            TooManyStreamsError: there is none. The newest is refused: a client that comes back by itself would
                otherwise end another one, which comes back by itself, for ever.
        """
        if self._places[user_id] >= self._limit:
            raise TooManyStreamsError(self._limit)
        self._places[user_id] += 1
        try:
            yield
        finally:
            self._places[user_id] -= 1
            if not self._places[user_id]:
                del self._places[user_id]

    @contextmanager
    def joined(self, stream: Stream) -> Iterator[None]:
        """Write to the stream while the block runs, first of all what its client does not have."""
        # An id without data: the browser dispatches no event, but it remembers the id (WHATWG HTML, 9.2.6). So the gap
        # is replayed even to a client whose connection breaks before its first message.
        stream.write(format_sse_event(id=str(stream.last), comment="connected"))
        self._streams.setdefault(stream.user_id, set()).add(stream)
        self._schedule(stream)
        self.wake(stream.user_id)
        if self._is_ended:
            stream.end()
        try:
            yield
        finally:
            self._slots[stream.slot].discard(stream)
            self._slow.discard(stream)
            self._streams[stream.user_id].discard(stream)
            if not self._streams[stream.user_id]:
                del self._streams[stream.user_id]

    def wake(self, user_id: str) -> None:
        """Say that there may be messages for the user."""
        if user_id in self._streams:
            self._due[user_id] = None
            self._is_due.set()

    def wake_all(self) -> None:
        for user_id in self._streams:
            self.wake(user_id)

    async def due(self, limit: int) -> Mapping[str, int]:
        """Wait for users who may have messages; return the id after which each of them is to be read."""
        while True:
            await self._is_due.wait()
            users = [self._due.popitem()[0] for _ in range(min(limit, len(self._due)))]
            if not self._due:
                self._is_due.clear()
            last = {user_id: [one.last for one in self._ready(user_id)] for user_id in users}
            if found := {user_id: min(ids) for user_id, ids in last.items() if ids}:
                return found

    def deliver(self, user_id: str, messages: Sequence[StoredMessage]) -> None:
        """Write the user's next messages to those streams that do not have them."""
        ready = self._ready(user_id)
        for message in messages:
            body = MessageOut.model_validate(message).model_dump_json()
            block = format_sse_event(event="message", id=str(message.id), data_str=body)
            for stream in ready:
                if stream.last < message.id and self._write(stream, block):
                    stream.last = message.id

    def tell(self, user_id: str, run: RunOut) -> None:
        """Write how far a run is to the user's streams."""
        for stream in self._streams.get(user_id, ()):
            stream.tell(run)
            self._note(stream)

    def tick(self) -> None:
        """Write the heartbeats that are due, look at slow streams, and end those whose time is over."""
        now = asyncio.get_running_loop().time()
        self._slot = (self._slot + 1) % len(self._slots)
        due, self._slots[self._slot] = self._slots[self._slot], set()
        for stream in due:
            if now >= stream.ends_at:
                stream.end()
            else:
                self._write(stream, KEEPALIVE_COMMENT)
            self._schedule(stream)
        for stream in list(self._slow):
            if stream.is_free_again():
                self._slow.discard(stream)
                stream.say_runs()
                self._note(stream)
                self.wake(stream.user_id)
            elif now - (stream.slow_since or now) > self._patience_s:
                stream.end()

    def end(self) -> None:
        """End all streams, and those that come yet."""
        self._is_ended = True
        for streams in self._streams.values():
            for stream in streams:
                stream.end()

    def _ready(self, user_id: str) -> list[Stream]:
        return [stream for stream in self._streams.get(user_id, ()) if stream.is_ready]

    def _write(self, stream: Stream, block: bytes) -> bool:
        is_written = stream.write(block)
        self._note(stream)
        return is_written

    def _note(self, stream: Stream) -> None:
        if stream.slow_since is not None:
            self._slow.add(stream)

    def _schedule(self, stream: Stream) -> None:
        rest = (stream.ends_at - asyncio.get_running_loop().time()) / self.tick_s
        stream.slot = (self._slot + max(1, min(SLOTS, int(rest) + 1))) % len(self._slots)
        self._slots[stream.slot].add(stream)


def _body(block: bytes, *, more_body: bool = True) -> Message:
    return {"type": "http.response.body", "body": block, "more_body": more_body}


def _sent(send: Send, message: Message) -> bool:
    """Send without waiting. Return False when the server would wait until the client has read: then nothing is sent.

    Servers wait before they write (uvicorn 0.54, both of its protocols), so a send that is given up has done nothing.
    """
    sending = send(message).__await__()
    try:
        next(sending)
    except StopIteration:
        return True
    sending.close()
    return False
