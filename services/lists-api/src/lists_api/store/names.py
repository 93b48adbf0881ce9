"""What the catalogue calls titles that somebody names by ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chassis.postgres.database import Pool
from lists_api.store.items import title_columns
from watchbuddy_contracts import Title

READ_NAMES: Final = """
SELECT name, year
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
    WITH ORDINALITY AS asked (media_type, trakt, tmdb, imdb, place)
LEFT JOIN LATERAL (
    SELECT name, year FROM catalogue_title AS title
    WHERE title.media_type = asked.media_type
      AND (title.imdb = asked.imdb OR title.tmdb = asked.tmdb OR title.trakt = asked.trakt)
    ORDER BY title_id LIMIT 1
) AS known ON true
ORDER BY place"""


@dataclass(frozen=True, slots=True)
class TitleName:
    """A title with its name and year; both None: the catalogue does not know it."""

    title: Title
    name: str | None
    year: int | None


async def read_names(pool: Pool, titles: Sequence[Title]) -> list[TitleName]:
    """Return the titles in their order, each with its name."""
    rows = await pool.fetch(READ_NAMES, *title_columns(titles))
    return [TitleName(title, row["name"], row["year"]) for title, row in zip(titles, rows, strict=True)]
