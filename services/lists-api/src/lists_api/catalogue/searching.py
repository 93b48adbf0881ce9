"""Searching the catalogue, as often as the user's kind of account may."""

from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.search import Search
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.catalogue.search_quota import count_search
from lists_api.lists.domain.quota import Quotas
from lists_api.store.catalogue_search import search_titles
from watchbuddy_contracts import MediaType


async def search_catalogue(
    pool: Pool, user_id: str, text: str, *, media_types: list[MediaType], limit: int, quotas: Quotas, now: datetime
) -> list[CatalogueTitle]:
    """Return up to `limit` titles that the text finds; none for a text with nothing to search for.

    Raises:
        TooManySearchesError: the user has searched too often within this minute.
    """
    await count_search(pool, user_id, quotas=quotas, now=now)
    search = Search.of(text)
    return [] if search is None else await search_titles(pool, search, media_types=media_types, limit=limit)
