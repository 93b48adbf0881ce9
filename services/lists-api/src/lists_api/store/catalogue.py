"""Reading the catalogue: titles, options, numbers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.catalogue.domain.options import OptionCount
from lists_api.catalogue.domain.reference import TitleReference
from lists_api.catalogue.domain.title import CatalogueTitle
from watchbuddy_contracts import MediaType, Title

PAGE: Final = 2_000
COLUMNS: Final = """
    title.title_id, title.media_type, title.trakt, title.tmdb, title.imdb, title.tvdb, title.name, title.original_name,
    title.year, title.release_date, title.genres, title.keywords, title.language, title.countries, title.runtime,
    title.rating, title.votes, title.rating_source, title.popularity, title.overview, title.poster_path,
    title.is_adult, title.is_active"""
"""What `title_of` reads."""


def title_of(row: asyncpg.Record) -> CatalogueTitle:
    """Return the title of a row of `COLUMNS`."""
    return CatalogueTitle(
        title_id=row["title_id"],
        ids=Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"]),
        name=row["name"],
        tvdb=row["tvdb"],
        original_name=row["original_name"],
        year=row["year"],
        release_date=row["release_date"],
        genres=tuple(row["genres"]),
        keywords=tuple(row["keywords"]),
        language=row["language"],
        countries=tuple(row["countries"]),
        runtime=row["runtime"],
        rating=row["rating"],
        votes=row["votes"],
        rating_source=row["rating_source"],
        popularity=row["popularity"],
        overview=row["overview"],
        poster_path=row["poster_path"],
        is_adult=row["is_adult"],
        is_active=row["is_active"],
    )


READ_BY_REFERENCE: Final = f"""
SELECT {COLUMNS} FROM catalogue_title AS title
WHERE media_type = ANY ($1) AND (imdb = $2 OR tmdb = $3 OR trakt = $4)
ORDER BY media_type, title_id"""  # noqa: S608 - a constant of this module


async def read_by_reference(pool: Pool, reference: TitleReference) -> list[CatalogueTitle]:
    """Return the titles that have the id: a movie, a show, both or none."""
    ids = {kind: reference.value if reference.kind == kind else None for kind in ("imdb", "tmdb", "trakt")}
    rows = await pool.fetch(READ_BY_REFERENCE, ["movie", "show"], *ids.values())
    return [title_of(row) for row in rows]


READ_TITLES: Final = f"""
SELECT {COLUMNS} FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (title_id, place)
JOIN catalogue_title AS title USING (title_id) ORDER BY place"""  # noqa: S608 - a constant of this module


async def read_titles(connection: "Connection | Pool", title_ids: list[int]) -> list[CatalogueTitle]:
    """Return the titles of these numbers, in their order, without those that are gone."""
    return [title_of(row) for row in await connection.fetch(READ_TITLES, title_ids)]


READ_ALL_TITLES: Final = f"""
SELECT {COLUMNS} FROM catalogue_title AS title ORDER BY title_id"""  # noqa: S608 - a constant of this module


async def read_all_titles(pool: Pool) -> AsyncIterator[CatalogueTitle]:
    """Read every title as of one moment, some at a time."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        async for row in connection.cursor(READ_ALL_TITLES, prefetch=PAGE):
            yield title_of(row)


READ_OPTIONS: Final = """
SELECT kind, media_type, value, titles FROM catalogue_option ORDER BY kind, value, media_type"""


async def read_options(pool: Pool) -> list[OptionCount]:
    """Return what the last import counted: of titles that may be candidates."""
    return [OptionCount(*row) for row in await pool.fetch(READ_OPTIONS)]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much the catalogue knows of the titles of a media type."""

    media_type: MediaType
    titles: int
    with_imdb: int
    with_tmdb: int
    with_trakt: int
    with_year: int
    with_genres: int
    with_rating: int
    with_language: int
    with_keywords: int
    updated_at: datetime | None


READ_NUMBERS: Final = """
SELECT media_type, count(*), count(imdb), count(tmdb), count(trakt), count(year),
    count(*) FILTER (WHERE genres <> '{}'), count(rating), count(language), count(*) FILTER (WHERE keywords <> '{}'),
    max(updated_at)
FROM catalogue_title GROUP BY media_type ORDER BY media_type"""


async def read_numbers(pool: Pool) -> list[Numbers]:
    """Count the catalogue. It reads every title: seconds for a million."""
    return [Numbers(*row) for row in await pool.fetch(READ_NUMBERS)]


HAS_TITLES: Final = "SELECT EXISTS (SELECT FROM catalogue_title)"


async def has_titles(pool: Pool) -> bool:
    """Return whether anything has been imported."""
    has: bool = await pool.fetchval(HAS_TITLES)
    return has
