"""What a user likes, summed up for scoring."""

from typing import Final

from chassis.postgres.database import Connection
from lists_api.taste.domain.taste import Taste

MAX_THUMBS: Final = 200
"""The newest thumbs that count: tastes change, and likeness is looked at for each."""

READ_THUMBS: Final = """
SELECT thumb, title.genres, title.language
FROM (SELECT media_type, trakt, tmdb, imdb, thumb, rated_at FROM rating WHERE user_id = $1
      ORDER BY rated_at DESC, imdb, tmdb, trakt LIMIT $2) AS own
JOIN LATERAL (
    SELECT genres, language FROM catalogue_title
    WHERE catalogue_title.media_type = own.media_type
      AND (catalogue_title.imdb = own.imdb OR catalogue_title.tmdb = own.tmdb OR catalogue_title.trakt = own.trakt)
    ORDER BY title_id LIMIT 1
) AS title ON true
ORDER BY rated_at DESC, imdb, tmdb, trakt"""

READ_HISTORY: Final = """
WITH known AS (
    SELECT title.title_id, genres, language
    FROM watched JOIN catalogue_title AS title USING (media_type, imdb) WHERE user_id = $1
    UNION
    SELECT title.title_id, genres, language
    FROM watched JOIN catalogue_title AS title USING (media_type, tmdb) WHERE user_id = $1
    UNION
    SELECT title.title_id, genres, language
    FROM watched JOIN catalogue_title AS title USING (media_type, trakt) WHERE user_id = $1
)
SELECT 'titles' AS kind, '' AS value, count(*) AS titles FROM known
UNION ALL SELECT 'genre', genre, count(*) FROM known, unnest(genres) AS genre GROUP BY genre
UNION ALL SELECT 'language', language, count(*) FROM known WHERE language IS NOT NULL GROUP BY language"""


async def read_taste(connection: Connection, user_id: str) -> Taste:
    """Return the user's taste, as far as the catalogue knows the titles; an empty one for a new user."""
    thumbs = await connection.fetch(READ_THUMBS, user_id, MAX_THUMBS)
    history = await connection.fetch(READ_HISTORY, user_id)
    counts = {kind: {value: titles for one, value, titles in history if one == kind} for kind in _KINDS}
    languages = counts["language"]
    for thumb, _, language in thumbs:
        if thumb > 0 and language is not None:
            languages[language] = languages.get(language, 0) + 1
    return Taste(
        liked=tuple(frozenset(genres) for thumb, genres, _ in thumbs if thumb > 0),
        disliked=tuple(frozenset(genres) for thumb, genres, _ in thumbs if thumb < 0),
        watched_genres=counts["genre"],
        watched_titles=counts["titles"].get("", 0),
        languages=languages,
    )


_KINDS: Final = ("titles", "genre", "language")
