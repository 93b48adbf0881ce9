"""Reading a list's items with what the catalogue and the owner's history know of them.

Each function runs one statement, so that no reader sees half an edit.
"""

from typing import Any, Final

import asyncpg

from chassis.postgres.database import Pool
from lists_api.lists.domain.item_page import ItemSort, ItemsPage, ListItem, PageChoice
from watchbuddy_contracts import Title

_KNOWN: Final = """
LEFT JOIN LATERAL (
    SELECT name, year, rating, poster_path FROM catalogue_title
    WHERE media_type = item.media_type AND (imdb = item.imdb OR tmdb = item.tmdb OR trakt = item.trakt)
    ORDER BY title_id LIMIT 1
) AS known ON true"""
_SEEN: Final = """
LEFT JOIN LATERAL (
    SELECT true AS is_watched, max(last_watched_at) AS watched_at FROM watched
    WHERE user_id = $2 AND media_type = item.media_type
      AND (imdb = item.imdb OR tmdb = item.tmdb OR trakt = item.trakt)
    HAVING count(*) > 0
) AS seen ON true"""
_OWN: Final = "SELECT list_id, version, item_count FROM list WHERE list_id = $1 AND user_id = $2 AND deleted_at IS NULL"
_ITEM: Final = "position, rank, media_type, trakt, tmdb, imdb, is_pinned, score, explanation, added_at"

# The page is cut before anything is looked up: a page of a list of 10,000 items costs no more than one of 25.
READ_IN_ORDER: Final = f"""
WITH own AS ({_OWN})
SELECT own.version, own.item_count AS total, {_ITEM}, name, year, rating, poster_path, is_watched, watched_at
FROM own
LEFT JOIN LATERAL (
    SELECT *, row_number() OVER (ORDER BY position) + $4 AS rank FROM (
        SELECT * FROM list_item WHERE list_id = own.list_id ORDER BY position LIMIT $3 OFFSET $4
    ) AS page
) AS item ON true {_KNOWN} {_SEEN}
ORDER BY position"""  # noqa: S608 - constants of this module

_SORTED: Final = f"""
WITH own AS ({_OWN}), item AS (
    SELECT *, row_number() OVER (ORDER BY position) AS rank FROM list_item WHERE list_id = $1
), shown AS (
    SELECT {_ITEM}, name, year, rating, poster_path, is_watched, watched_at
    FROM item {_KNOWN} {_SEEN}
    WHERE $5::boolean OR is_watched IS NULL
)
SELECT own.version, (SELECT count(*) FROM shown) AS total, page.*
FROM own LEFT JOIN (SELECT * FROM shown ORDER BY {{key}} {{direction}} NULLS LAST, position LIMIT $3 OFFSET $4)
    AS page ON true
ORDER BY {{key}} {{direction}} NULLS LAST, position"""  # noqa: S608 - constants of this module
_KEYS: Final[dict[ItemSort, str]] = {
    "rank": "rank",
    "score": "score",
    "rating": "rating",
    "added_at": "added_at",
    "title": "lower(name)",
    "year": "year",
}
READ_SORTED: Final = {
    (sort, direction): _SORTED.format(key=key, direction=direction)
    for sort, key in _KEYS.items()
    for direction in ("asc", "desc")
}


async def read_items(pool: Pool, list_id: int, choice: PageChoice, *, user_id: str) -> ItemsPage | None:
    """Return a page of the list's items; None: the user has no such list."""
    arguments: list[Any] = [list_id, user_id, choice.limit, choice.offset]
    if (choice.sort, choice.direction, choice.include_watched) == ("rank", "asc", True):
        rows = await pool.fetch(READ_IN_ORDER, *arguments)
    else:
        sql = READ_SORTED[choice.sort, choice.direction]
        rows = await pool.fetch(sql, *arguments, choice.include_watched)
    if not rows:
        return None
    items = [_item(row) for row in rows if row["media_type"] is not None]
    return ItemsPage(items, version=rows[0]["version"], total=rows[0]["total"])


def _item(row: asyncpg.Record) -> ListItem:
    return ListItem(
        rank=row["rank"],
        title=Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"]),
        name=row["name"],
        year=row["year"],
        rating=row["rating"],
        poster_path=row["poster_path"],
        is_pinned=row["is_pinned"],
        score=row["score"],
        explanation=row["explanation"],
        added_at=row["added_at"],
        is_watched=row["is_watched"] or False,
        watched_at=row["watched_at"],
    )
