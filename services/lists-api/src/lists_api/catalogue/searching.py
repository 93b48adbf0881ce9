"""Searching the catalogue, as often as the user's kind of account may."""

from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.search import Search
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.lists.domain.quota import Quotas
from lists_api.store.catalogue_search import count_search, search_titles
from watchbuddy_contracts import MediaType


async def search_catalogue(
    pool: Pool, user_id: str, text: str, *, media_types: list[MediaType], limit: int, quotas: Quotas, now: datetime
) -> list[CatalogueTitle]:
    """Return up to `limit` titles that the text finds; none for a text with nothing to search for.

    Raises:
        TooManySearchesError: the user has searched too often within this minute.
    """
    count, is_vip = await count_search(pool, user_id, now=now)
    quotas.check_searches(count, is_vip=is_vip, now=now)
    search = Search.of(text)
    return [] if search is None else await search_titles(pool, search, media_types=media_types, limit=limit)
