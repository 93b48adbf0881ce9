"""What moves the live streams of a process: notifications of Postgres, one reader of messages, one timer."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from pydantic import ValidationError

from chassis.postgres.database import DATABASE_ERRORS, Pool
from chassis.postgres.wakeup import Listener
from notifier import store
from notifier.responses import RunNotice
from notifier.streams import Streams

log = structlog.get_logger()

BATCH: Final = 100
"""How many messages a user gets at a time, and how many users."""
LOOK_EVERY: Final = timedelta(minutes=1)
"""How late a message can be when its wake was lost with the listener's connection."""
AGAIN_AFTER: Final = timedelta(seconds=1)
"""How long Postgres is left alone when it did not answer."""


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


async def deliver(pool: Pool, streams: Streams) -> None:
    """Read messages for all streams that may have some, until cancelled: those of many users by one query."""
    while True:
        last = await streams.due(BATCH)
        try:
            found = await store.after(pool, last, limit=BATCH)
        except DATABASE_ERRORS as exc:
            log.warning("streams_interrupted", error=repr(exc))
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
            found = {}
        for user_id in last:
            messages = found.get(user_id)
            if messages is None or len(messages) == BATCH:
                streams.wake(user_id)
            streams.deliver(user_id, messages or ())


async def beat(streams: Streams) -> None:
    """Let the streams' time pass, until cancelled."""
    while True:
        await asyncio.sleep(streams.tick_s)
        streams.tick()
