"""CSV files with a header: TMDB's dataset of movies, that of shows, and our own."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final

from lists_api.catalogue.domain.formats.fields import Dialect, Fields, title_of
from lists_api.catalogue.domain.imported import ImportedRow, RowError, rejected

OWN_COLUMNS: Final[Mapping[str, str]] = {
    "media_type": "media_type",
    "title": "name",
    "year": "year",
    "imdb_id": "imdb",
    "tmdb_id": "tmdb",
    "genres": "genres",
    "original_language": "language",
    "runtime": "runtime",
    "vote_average": "rating",
    "vote_count": "votes",
    "popularity": "popularity",
    "tvdb_id": "tvdb",
    "trakt_id": "trakt",
    "original_title": "original_name",
    "release_date": "release_date",
    "keywords": "keywords",
    "countries": "countries",
    "rating_source": "rating_source",
    "poster_path": "poster_path",
    "is_adult": "is_adult",
    "is_active": "is_active",
    "overview": "overview",
}
"""Our own columns, in the order of an export, and their fields. The first twelve are the shipped titles'."""
_TMDB: Final[Mapping[str, str]] = {
    "id": "tmdb",
    "imdb_id": "imdb",
    "vote_average": "rating",
    "vote_count": "votes",
    "popularity": "popularity",
    "original_language": "language",
    "overview": "overview",
    "poster_path": "poster_path",
    "adult": "is_adult",
    "genres": "genres",
    "keywords": "keywords",
    "production_countries": "countries",
}
_TMDB_MOVIES: Final = {
    "title": "name", "original_title": "original_name", "release_date": "release_date", "runtime": "runtime",
}  # fmt: skip
_TMDB_SHOWS: Final = {
    "name": "name", "original_name": "original_name", "first_air_date": "release_date",
    "episode_run_time": "runtime", "origin_country": "countries",
}  # fmt: skip

OWN: Final = Dialect("own", "|")
TMDB_MOVIES: Final = Dialect("tmdb", ",", "movie")
TMDB_SHOWS: Final = Dialect("tmdb", ",", "show")


def dialect_of(header: Sequence[str]) -> tuple[Dialect, Mapping[str, str]] | None:
    """Return the dialect of a header, and what its columns are; None: it is no catalogue file."""
    columns = set(header)
    if "media_type" in columns and "title" in columns and columns & {"imdb_id", "tmdb_id", "trakt_id"}:
        return OWN, OWN_COLUMNS
    if {"id", "title", "vote_count"} <= columns:
        return TMDB_MOVIES, {**_TMDB, **_TMDB_MOVIES}
    if {"id", "name", "vote_count"} <= columns:
        return TMDB_SHOWS, {**_TMDB, **_TMDB_SHOWS}
    return None


def header_of(line: str) -> list[str]:
    """Return the column names of a CSV file's first line."""
    try:
        return [name.strip().lower() for name in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def read_table(lines: Iterable[str], header: Sequence[str]) -> Iterator[ImportedRow]:
    """Read a CSV file behind its header, which `dialect_of` knows. Fields may have line ends between quotes."""
    known = dialect_of(header)
    assert known is not None  # noqa: S101 - the format was recognised by it
    dialect, fields = known
    places = {fields[name]: place for place, name in enumerate(header) if name in fields}
    width = len(header)
    pick = itemgetter(*(places.get(name, width) for name in Fields._fields))
    reader = csv.reader(lines)
    while True:
        row: list[str] = []
        try:
            row = next(reader)
            if any(row):  # Excel leaves lines of commas alone
                yield title_of(reader.line_num + 1, pick(_whole(row, width)), dialect)
        except RowError as exc:
            yield rejected(reader.line_num + 1, exc, ",".join(row))
        except csv.Error as exc:
            yield rejected(reader.line_num + 1, RowError(f"the row cannot be read: {exc}"), "")
        except StopIteration:
            return


def _whole(row: list[str], width: int) -> list[str]:
    if len(row) != width:
        raise RowError(f"the row has {len(row)} columns instead of {width}")
    return [*row, ""]  # the last one is for columns that the file does not have
