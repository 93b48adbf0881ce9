"""Titles of the catalogue that rows of a file may mean. One statement for all rows of a list."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.imports.domain.matching import MAX_CHOICES, KnownTitle
from lists_api.imports.domain.rows import TitleIds
from watchbuddy_contracts import Title

_COLUMNS: Final = "title_id, media_type, trakt, tmdb, imdb, tvdb, name, original_name, year"

# The media types are named, because the indexes begin with them.
READ_BY_IDS: Final = f"""
SELECT {_COLUMNS} FROM catalogue_title WHERE media_type IN ('movie', 'show') AND imdb = ANY($1::text[])
UNION
SELECT {_COLUMNS} FROM catalogue_title WHERE media_type IN ('movie', 'show') AND tmdb = ANY($2::bigint[])
UNION
SELECT {_COLUMNS} FROM catalogue_title WHERE media_type IN ('movie', 'show') AND trakt = ANY($3::bigint[])
UNION
SELECT {_COLUMNS} FROM catalogue_title WHERE media_type = 'show' AND tvdb = ANY($4::bigint[])
ORDER BY title_id"""  # noqa: S608 - a constant of this module


async def read_by_ids(connection: "Connection | Pool", ids: Sequence[TitleIds]) -> list[KnownTitle]:
    """Return every title that has one of the ids, in whichever media type."""
    if not ids:
        return []
    columns = [
        [one.imdb for one in ids if one.imdb],
        [one.tmdb for one in ids if one.tmdb],
        [one.trakt for one in ids if one.trakt],
        [one.tvdb for one in ids if one.tvdb],
    ]
    return [_known(row) for row in await connection.fetch(READ_BY_IDS, *columns)]


# A title's `folded` is its folded name, and after " | " the folded original name where it is another one. Each of the
# three has an index. "!" is the character after the space, and the column is sorted by bytes.
READ_BY_NAMES: Final = f"""
SELECT place, {_COLUMNS}
FROM unnest($1::text[], $2::text[], $3::integer[]) WITH ORDINALITY AS wanted (folded_name, exact, wanted_year, place)
CROSS JOIN LATERAL (
    SELECT {_COLUMNS}, votes FROM (
        SELECT {_COLUMNS}, votes, is_adult FROM catalogue_title WHERE folded = wanted.folded_name
        UNION ALL
        SELECT {_COLUMNS}, votes, is_adult FROM catalogue_title
        WHERE folded >= wanted.folded_name || ' | ' AND folded < wanted.folded_name || ' |!'
        UNION ALL
        SELECT {_COLUMNS}, votes, is_adult FROM catalogue_title
        WHERE folded LIKE '% | %' AND split_part(folded, ' | ', 2) = wanted.folded_name
    ) AS named
    WHERE NOT is_adult AND (wanted_year IS NULL OR year BETWEEN wanted_year - 1 AND wanted_year + 1)
    ORDER BY coalesce(year = wanted_year, false) DESC, coalesce(exact IN (name, original_name), false) DESC,
             votes DESC, title_id
    LIMIT {MAX_CHOICES}
) AS found
ORDER BY place"""  # noqa: S608 - a constant of this module


async def read_by_names(
    connection: "Connection | Pool", names: Sequence[tuple[str, str, int | None]]
) -> list[list[KnownTitle]]:
    """Return for each name the titles that are called so, with that year or one beside it, the likeliest first.

    Args:
        names: the folded name, the name as it is written, and the year; None: any year.
    """
    asked = list(dict.fromkeys(names))  # a file of one name ten thousand times is one question
    found: dict[tuple[str, str, int | None], list[KnownTitle]] = {one: [] for one in asked}
    if asked:
        columns = [list(column) for column in zip(*asked, strict=True)]
        for row in await connection.fetch(READ_BY_NAMES, *columns):
            found[asked[row["place"] - 1]].append(_known(row))
    return [found[one] for one in names]


def _known(row: asyncpg.Record) -> KnownTitle:
    return KnownTitle(
        title_id=row["title_id"],
        ids=Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"]),
        name=row["name"],
        tvdb=row["tvdb"],
        original_name=row["original_name"],
        year=row["year"],
    )
