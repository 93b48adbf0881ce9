"""Sending again what trakt-sync has not confirmed, after a topic was lost. The embedded broker loses its at every end.

The newest state of each list is sent once more, under the event id of the first time. A consumer that has the event
already drops it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from chassis.outbox import outbox
from chassis.postgres.database import Pool
from lists_api.lists.domain.events import last_event
from lists_api.lists.saving import SOURCE
from lists_api.store import mirrors, runs, states

MAX_PAGE: Final = 1000


async def republish(pool: Pool, *, wake: Callable[[], None], now: Callable[[], datetime]) -> int:
    """Append the last state event of every list that is not confirmed to the outbox. Return how many lists."""
    count, after = 0, 0
    while list_ids := await mirrors.read_unconfirmed(pool, after=after, limit=MAX_PAGE):
        for list_id in list_ids:
            count += await _republish_one(pool, list_id, now())
        wake()
        after = list_ids[-1]
    return count


async def _republish_one(pool: Pool, list_id: int, now: datetime) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        # Locked like any change, so that no event of a newer version can come before this one in the outbox.
        locked = await states.lock_list(connection, list_id, user_id=None)
        if locked is None:
            return False  # deleted meanwhile
        event_id, event_type = locked.newest
        run = await runs.read_run_of_version(connection, list_id, locked.state.version)
        event = last_event(locked.state, event_type, run)
        await outbox.append(connection, event, source=SOURCE, now=now, event_ids=[event_id])
    return True
