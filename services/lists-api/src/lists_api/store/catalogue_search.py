"""Finding titles by the beginnings of words, the best known first.

A short beginning matches a third of all titles. So the best known are asked first, by an index of their own; when they
fill the answer, nothing else is read. Only a rare word gets to the index of all titles, and finds few.
"""

from typing import Final

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.search import Search
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.store.catalogue import read_titles
from lists_api.store.catalogue_import import BEST_KNOWN
from watchbuddy_contracts import MediaType

MAX_EXACT: Final = 5
"""Titles of just the name that come before all others: there may be hundreds, and people type beginnings, too."""

# The range finds what is folded to the text, and what has an original name behind it.
SEARCH_NAMES: Final = """
SELECT title_id FROM (
    SELECT title_id, votes, popularity FROM catalogue_title
    WHERE (folded = $1 OR (folded >= $1 || ' | ' AND folded < $1 || ' }'))
      AND media_type = ANY ($2) AND NOT is_adult AND is_active
    UNION
    SELECT title_id, votes, popularity FROM catalogue_title
    WHERE split_part(folded, ' | ', 2) = $1 AND folded LIKE '% | %'
      AND media_type = ANY ($2) AND NOT is_adult AND is_active
) AS exact
ORDER BY votes DESC, popularity DESC, title_id LIMIT $3"""

SEARCH_BEST_KNOWN: Final = f"""
SELECT title_id FROM catalogue_known
WHERE array_to_tsvector(string_to_array(folded, ' ')) @@ $1::tsquery AND known_rank <= {BEST_KNOWN}
  AND ' ' || folded LIKE $2 AND media_type = ANY ($3)
ORDER BY known_rank, title_id LIMIT $4"""  # noqa: S608 - a constant

SEARCH_KNOWN: Final = """
SELECT title_id FROM catalogue_known
WHERE array_to_tsvector(string_to_array(folded, ' ')) @@ $1::tsquery
  AND ' ' || folded LIKE $2 AND media_type = ANY ($3)
ORDER BY known_rank, title_id LIMIT $4"""

SEARCH_ALL: Final = """
SELECT title_id FROM catalogue_title
WHERE array_to_tsvector(string_to_array(folded, ' ')) @@ $1::tsquery
  AND ' ' || folded LIKE $2 AND media_type = ANY ($3) AND NOT is_adult AND is_active
ORDER BY votes DESC, popularity DESC, title_id LIMIT $4"""


async def search_titles(
    pool: Pool, search: Search, *, media_types: list[MediaType], limit: int
) -> list[CatalogueTitle]:
    """Return up to `limit` titles: a few of just this name, then by how well known they are."""
    async with pool.acquire() as connection:
        exact = await connection.fetch(SEARCH_NAMES, search.folded, media_types, min(limit, MAX_EXACT))
        found = dict.fromkeys(row["title_id"] for row in exact)
        for statement in (SEARCH_BEST_KNOWN, SEARCH_KNOWN, SEARCH_ALL):
            if len(found) < limit:
                # those of just this name may be among them
                rows = await connection.fetch(statement, search.words, search.ending, media_types, limit)
                found |= dict.fromkeys(row["title_id"] for row in rows if row["title_id"] not in found)
        return await read_titles(connection, list(found)[:limit])
