"""What a user may look at before a list is made: a preview of filters, and suggestions."""

from dataclasses import dataclass
from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.search_quota import count_search
from lists_api.catalogue.selection import select
from lists_api.lists.domain.quota import Quotas
from lists_api.lists.domain.suggestions import Suggestion, suggest, worth_showing
from lists_api.scoring.scored import Scored
from lists_api.store.candidates import COUNT_LIMIT, count_matching
from lists_api.store.taste import read_taste


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list with these filters would hold now.

    Args:
        matching: how many titles the filters select; more than `COUNT_LIMIT` are not counted.
    """

    ranked: list[Scored]
    matching: int

    @property
    def has_more(self) -> bool:
        return self.matching > COUNT_LIMIT


async def preview(pool: Pool, user_id: str, filters: Filters, *, limit: int, quotas: Quotas, now: datetime) -> Preview:
    """Return the best titles and how many there are. Nothing is stored. Raises TooManySearchesError."""
    await count_search(pool, user_id, quotas=quotas, now=now)
    today = now.date()
    async with pool.acquire() as connection:
        ranked = await select(connection, user_id, filters, limit=limit, today=today)
        matching = await count_matching(connection, user_id, filters, today_year=today.year)
    return Preview(ranked, matching)


async def suggestions(pool: Pool, user_id: str, *, quotas: Quotas, now: datetime) -> list[Suggestion]:
    """Return ready-made lists for the user that have titles to show, the most personal first.

    Raises:
        TooManySearchesError: the user has searched too often within this minute.
    """
    await count_search(pool, user_id, quotas=quotas, now=now)
    async with pool.acquire() as connection:
        found = suggest(await read_taste(connection, user_id))
        counts = [await count_matching(connection, user_id, one.filters, today_year=now.year) for one in found]
    return worth_showing(found, counts)
