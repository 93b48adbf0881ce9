"""Rows of an import on their way into the staging tables, in Postgres's text format (COPY)."""

from collections.abc import AsyncIterable, Sequence
from functools import lru_cache
from typing import Final

import asyncpg

from lists_api.catalogue.domain.imported import ImportedRating, ImportedTitle

TITLE_COLUMNS: Final = ("file", *ImportedTitle._fields)
RATING_COLUMNS: Final = ImportedRating._fields
_TABS: Final = len(TITLE_COLUMNS) - 1


async def copy_titles(connection: "asyncpg.Connection[asyncpg.Record]", lines: AsyncIterable[bytes]) -> None:
    """Send lines of `title_line` into the staging table."""
    await connection.copy_to_table(
        "catalogue_staging", source=lines, columns=TITLE_COLUMNS, format="text", null="", timeout=None
    )


async def copy_ratings(connection: "asyncpg.Connection[asyncpg.Record]", lines: AsyncIterable[bytes]) -> None:
    """Send lines of `rating_line` into the staging table."""
    await connection.copy_to_table(
        "catalogue_staging_rating", source=lines, columns=RATING_COLUMNS, format="text", null="", timeout=None
    )


def title_line(file: int, title: ImportedTitle) -> str:
    """Return the line of a title, without its end. No text of a title is empty, so that "" is NULL."""
    line = f"{file}\t" + "\t".join(
        [
            "" if value is None
            else value if value.__class__ is str
            else _array(value) if value.__class__ is tuple
            else str(value)
            for value in title
        ]
    )  # fmt: skip
    # Few titles have a character that needs escaping. One look at the line takes a tenth of a look at each text.
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != _TABS:
        return f"{file}\t" + "\t".join(map(_escaped, title))
    return line


def rating_line(rating: ImportedRating) -> str:
    """Return the line of a rating, without its end."""
    return f"{rating.line}\t{rating.imdb}\t{rating.rating}\t{rating.votes}"


def _escaped(value: object) -> str:
    match value:
        case None:
            return ""
        case tuple():
            text = _array(value)
        case _:
            text = str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


@lru_cache(maxsize=16_384)
def _array(values: Sequence[str]) -> str:
    # An empty one is not known.
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return "{" + ",".join(quoted) + "}" if quoted else ""
