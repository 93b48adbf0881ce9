"""What is known of the titles that a list has."""

from collections.abc import Sequence
from typing import Final

from chassis.postgres.database import Connection
from lists_api.catalogue.domain.candidate import Candidate
from lists_api.store.catalogue import COLUMNS, title_of
from lists_api.store.items import title_columns
from watchbuddy_contracts import Title, TitleKey

# A title is watched also when the two know different ids of it, which the catalogue knows together.
READ_WATCHED_OF: Final = """
WITH wanted AS (
    SELECT media_type, trakt, tmdb, imdb, place::integer FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[])
    WITH ORDINALITY AS item (media_type, trakt, tmdb, imdb, place)
), known AS (
    SELECT place, media_type, trakt, tmdb, imdb FROM wanted
    UNION ALL
    SELECT place, title.media_type, title.trakt, title.tmdb, title.imdb
    FROM wanted JOIN catalogue_title AS title
      ON title.media_type = wanted.media_type
     AND (title.imdb = wanted.imdb OR title.tmdb = wanted.tmdb OR title.trakt = wanted.trakt)
)
SELECT DISTINCT place FROM known JOIN watched
  ON user_id = $1 AND watched.media_type = known.media_type
 AND (watched.imdb = known.imdb OR watched.tmdb = known.tmdb OR watched.trakt = known.trakt)"""


async def read_watched_of(connection: Connection, user_id: str, titles: Sequence[Title]) -> set[TitleKey]:
    """Return the keys of those of the titles that the user has watched."""
    rows = await connection.fetch(READ_WATCHED_OF, user_id, *title_columns(titles))
    return {key for row in rows for key in titles[row["place"] - 1].keys}


READ_CANDIDATES_OF: Final = f"""
SELECT DISTINCT ON (title.title_id) {COLUMNS}, quality, fame,
       EXISTS (SELECT FROM watched WHERE user_id = $1 AND watched.media_type = title.media_type
               AND (watched.imdb = title.imdb OR watched.tmdb = title.tmdb OR watched.trakt = title.trakt)
       ) AS is_watched,
       coalesce((SELECT max(thumb) FROM rating AS own WHERE user_id = $1 AND own.media_type = title.media_type
                 AND (own.imdb = title.imdb OR own.tmdb = title.tmdb OR own.trakt = title.trakt)), 0) AS thumb
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS wanted (media_type, trakt, tmdb, imdb)
JOIN catalogue_title AS title
  ON title.media_type = wanted.media_type
 AND (title.imdb = wanted.imdb OR title.tmdb = wanted.tmdb OR title.trakt = wanted.trakt)
JOIN catalogue_candidate AS candidate ON candidate.media_type = title.media_type AND candidate.title_id = title.title_id
ORDER BY title.title_id"""  # noqa: S608 - a constant


async def read_candidates_of(connection: Connection, user_id: str, titles: Sequence[Title]) -> list[Candidate]:
    """Return those of the titles that the catalogue knows and may put on a list, by any of their ids."""
    rows = await connection.fetch(READ_CANDIDATES_OF, user_id, *title_columns(titles))
    return [Candidate(title_of(row), row["quality"], row["fame"], row["is_watched"], row["thumb"]) for row in rows]
