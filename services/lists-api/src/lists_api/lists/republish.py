"""Sending lists again: those that trakt-sync has not confirmed, after a topic was lost; all, after its database was.

The embedded broker loses its topics at every end. The newest state of each list is sent once more, under the event id
of the first time. A consumer that has the event already drops it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

from chassis.outbox import outbox
from chassis.postgres.database import Pool
from lists_api.lists.domain.events import last_event
from lists_api.lists.saving import SOURCE
from lists_api.store import mirrors, runs, states

MAX_PAGE: Final = 1000
TRAKT_SYNC: Final = "trakt-sync"
"""The consumer group that mirrors lists."""


async def republish(pool: Pool, *, wake: Callable[[], None], now: Callable[[], datetime]) -> int:
    """Append the last state event of every list that is not confirmed to the outbox. Return how many lists."""
    return await _republish(pool, partial(mirrors.read_unconfirmed, pool), None, wake=wake, now=now)


async def republish_all(
    pool: Pool,
    *,
    user_id: str | None,
    list_id: int | None,
    wake: Callable[[], None],
    now: Callable[[], datetime],
) -> int:
    """Append the last state event of every list and tombstone, for trakt-sync alone. Return how many.

    Others may have forgotten that they had them: the notifier would tell of them again.

    Args:
        user_id: of this user's alone; None: of all.
        list_id: of this list alone; None: of all.
    """
    ids = partial(mirrors.read_all, pool, user_id=user_id, list_id=list_id)
    return await _republish(pool, ids, TRAKT_SYNC, wake=wake, now=now)


async def _republish(
    pool: Pool,
    read_ids: Callable[..., Awaitable[list[int]]],
    group: str | None,
    *,
    wake: Callable[[], None],
    now: Callable[[], datetime],
) -> int:
    count, after = 0, 0
    while list_ids := await read_ids(after=after, limit=MAX_PAGE):
        for list_id in list_ids:
            count += await _republish_one(pool, list_id, group, now())
        wake()
        after = list_ids[-1]
    return count


async def _republish_one(pool: Pool, list_id: int, group: str | None, now: datetime) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        # Locked like any change, so that no event of a newer version can come before this one in the outbox.
        locked = await states.lock_list(connection, list_id, user_id=None)
        if locked is None:
            return False  # deleted meanwhile
        event_id, event_type = locked.newest
        run = await runs.read_run_of_version(connection, list_id, locked.state.version)
        event = last_event(locked.state, event_type, run)
        await outbox.append(connection, event, source=SOURCE, now=now, event_ids=[event_id], group=group)
    return True
