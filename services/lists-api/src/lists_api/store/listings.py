"""Lists with what the catalogue knows of their titles, for exports and feeds. One statement each: no half edit."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from chassis.postgres.database import Pool
from lists_api.feeds.domain.listing import ListedTitle, Listing
from lists_api.store import properties
from watchbuddy_contracts import Title

# A title of the catalogue that shares IMDb's id comes before one that shares another: the former numbers no other kind.
_LISTING: Final = f"""
SELECT list.list_id, list.version, {properties.READ}, item.*
FROM list
LEFT JOIN LATERAL (
    SELECT item.position, item.media_type, item.trakt, item.tmdb, item.imdb, item.added_at,
           known.trakt AS known_trakt, known.tmdb AS known_tmdb, known.imdb AS known_imdb, known.tvdb, known.name,
           known.original_name, known.year, known.release_date, known.genres, known.runtime, known.rating, known.votes,
           known.rating_source, known.poster_path
    FROM list_item AS item
    LEFT JOIN LATERAL (
        SELECT trakt, tmdb, imdb, tvdb, name, original_name, year, release_date, genres, runtime, rating, votes,
               rating_source, poster_path
        FROM catalogue_title
        WHERE media_type = item.media_type AND (imdb = item.imdb OR tmdb = item.tmdb OR trakt = item.trakt)
        ORDER BY coalesce(imdb = item.imdb, false) DESC, title_id
        LIMIT 1
    ) AS known ON true
    WHERE item.list_id = list.list_id
) AS item ON true
"""  # noqa: S608 - a constant of this module

READ_LISTING: Final = f"""{_LISTING}
WHERE list.list_id = $1 AND list.user_id = $2 AND list.deleted_at IS NULL
ORDER BY item.position"""


async def read_listing(pool: Pool, list_id: int, *, user_id: str) -> Listing | None:
    """Return the user's list; None: the user has no such list."""
    return _listing(await pool.fetch(READ_LISTING, list_id, user_id))


READ_LISTING_OF_FEED: Final = f"""{_LISTING}
WHERE list.list_id = (SELECT list_id FROM feed WHERE token_hash = $1) AND list.deleted_at IS NULL
ORDER BY item.position"""  # noqa: S608 - a constant of this module


async def read_listing_of_feed(pool: Pool, token_hash: bytes) -> Listing | None:
    """Return the list whose feed has a token of this hash; None: there is none, or its list is deleted."""
    return _listing(await pool.fetch(READ_LISTING_OF_FEED, token_hash))


def _listing(rows: Sequence[asyncpg.Record]) -> Listing | None:
    if not rows:
        return None
    first = rows[0]
    titles = [_title(rank, row) for rank, row in enumerate(rows, start=1) if row["media_type"] is not None]
    return Listing(first["list_id"], first["version"], properties.of_row(first), tuple(titles))


def _title(rank: int, row: asyncpg.Record) -> ListedTitle:
    own = Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"])
    known = Title(row["media_type"], row["known_trakt"], row["known_tmdb"], row["known_imdb"])
    is_imdb = row["rating_source"] == "imdb"
    return ListedTitle(
        rank=rank,
        ids=own if own.contradicts(known) else own.merged(known),
        added_at=row["added_at"],
        name=row["name"],
        original_name=row["original_name"],
        tvdb=row["tvdb"],
        year=row["year"],
        release_date=row["release_date"],
        genres=tuple(row["genres"] or ()),
        runtime=row["runtime"],
        imdb_rating=row["rating"] if is_imdb else None,
        imdb_votes=row["votes"] if is_imdb and row["rating"] is not None else None,
        poster_path=row["poster_path"],
    )
