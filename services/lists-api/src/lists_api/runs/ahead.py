"""What a change of a list would do to its titles, before it is made."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.catalogue.search_quota import count_search
from lists_api.errors import ListNotFoundError
from lists_api.lists.domain.items import Differences, differences
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.quota import Quotas
from lists_api.runs.domain.fill import fill, room_of
from lists_api.runs.looking import look
from lists_api.runs.selector import Selector
from lists_api.store.states import read_state


async def look_ahead(
    pool: Pool,
    selector: Selector,
    user_id: str,
    list_id: int,
    change: Callable[[ListProperties], ListProperties],
    *,
    quotas: Quotas,
    now: datetime,
) -> Differences:
    """Return which titles the list's next full run would take off and put on, if its properties were changed first.

    It decides as the run does. When no title fits, a run leaves the list as it is.

    Raises:
        ListNotFoundError: the user has no such list.
        PatchRefusedError: `change` does not fit the list.
        TooManySearchesError: the user has searched too often within this minute.
    """
    await count_search(pool, user_id, quotas=quotas, now=now)
    async with pool.acquire() as connection:
        seen = await read_state(connection, list_id, user_id=user_id)
        if seen is None:
            raise ListNotFoundError(list_id)
        present = seen.state
        wanted = replace(present, properties=change(present.properties))
        if wanted.properties.filling is None:
            return Differences((), ())
        sight = await look(connection, selector, user_id, wanted, "full", now=now)
    ranked = [] if sight.rank is None else await asyncio.to_thread(sight.rank)
    if not ranked and room_of(wanted, sight.watched) > 0:
        return Differences((), ())
    return differences(present.items, fill(wanted, ranked, sight.watched, year=now.year).wanted.items)
