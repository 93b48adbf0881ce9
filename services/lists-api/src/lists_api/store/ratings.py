"""Users' thumbs."""

from typing import Final

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.taste.domain.rating import Rating
from watchbuddy_contracts import Title

# Two requests of one user may name one title by different ids. No index tells that they are one title.
LOCK_RATINGS: Final = "SELECT pg_advisory_xact_lock(hashtextextended('ratings of ' || $1, 0))"

DELETE_RATING: Final = """
DELETE FROM rating WHERE user_id = $1 AND media_type = $2 AND (trakt = $3 OR tmdb = $4 OR imdb = $5)"""

INSERT_RATING: Final = """
INSERT INTO rating (user_id, media_type, trakt, tmdb, imdb, thumb, rated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def put_rating(connection: Connection, user_id: str, rating: Rating) -> None:
    """Store the thumb in the place of an older one on the title, in the caller's transaction."""
    await connection.execute(LOCK_RATINGS, user_id)
    await delete_rating(connection, user_id, rating.title)
    await connection.execute(INSERT_RATING, user_id, *rating.title, 1 if rating.vote == "up" else -1, rating.rated_at)


async def delete_rating(connection: "Connection | Pool", user_id: str, title: Title) -> None:
    """Take the thumb back, by any id of the title; there may be none."""
    await connection.execute(DELETE_RATING, user_id, *title)


READ_RATINGS: Final = """
WITH page AS (
    SELECT media_type, trakt, tmdb, imdb, thumb, rated_at FROM rating WHERE user_id = $1
    ORDER BY rated_at DESC, media_type, imdb, tmdb, trakt LIMIT $2 OFFSET $3
)
SELECT (SELECT count(*) FROM rating WHERE user_id = $1) AS total, page.media_type, page.trakt, page.tmdb, page.imdb,
       thumb, rated_at, name, year
FROM (SELECT) AS always LEFT JOIN page ON true
LEFT JOIN LATERAL (
    SELECT name, year FROM catalogue_title AS title
    WHERE title.media_type = page.media_type
      AND (title.imdb = page.imdb OR title.tmdb = page.tmdb OR title.trakt = page.trakt)
    ORDER BY title_id LIMIT 1
) AS known ON true
ORDER BY rated_at DESC, page.media_type, page.imdb, page.tmdb, page.trakt"""


async def read_ratings(pool: Pool, user_id: str, *, limit: int, offset: int) -> tuple[list[Rating], int]:
    """Return a page of the user's thumbs, newest first, and how many there are."""
    rows = await pool.fetch(READ_RATINGS, user_id, limit, offset)
    return [_rating(row) for row in rows if row["thumb"] is not None], rows[0]["total"]


def _rating(row: asyncpg.Record) -> Rating:
    title = Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"])
    return Rating(title, "up" if row["thumb"] > 0 else "down", row["rated_at"], row["name"], row["year"])
