"""Which format a file has, by its first line."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from lists_api.catalogue.domain.formats import imdb, json_lines, tables
from lists_api.catalogue.domain.imported import ImportedRow


class Format(NamedTuple):
    """A format of catalogue files.

    Args:
        name: for people.
        read: takes the file's lines, each with its end.
        has_header: whether the first line is one, which `read` does not get.
        has_ratings_only: whether the rows are `ImportedRating`s.
    """

    name: str
    read: Callable[[Iterable[str]], Iterator[ImportedRow]]
    has_header: bool = True
    has_ratings_only: bool = False


def recognise(first_line: str) -> Format | None:
    """Return the format of a file that begins with this line; None: it is none that we know."""
    line = first_line.removeprefix("\ufeff").rstrip("\r\n")
    if line == imdb.BASICS:
        return Format("IMDb's titles", imdb.read_basics)
    if line == imdb.RATINGS:
        return Format("IMDb's ratings", imdb.read_ratings, has_ratings_only=True)
    if line.lstrip().startswith("{"):
        is_known = json_lines.is_title(line)
        return Format("JSON Lines", json_lines.read_json_lines, has_header=False) if is_known else None
    header = tables.header_of(line)
    known = tables.dialect_of(header)
    if known is None:
        return None
    names = {tables.OWN: "titles as CSV", tables.TMDB_MOVIES: "TMDB's movies", tables.TMDB_SHOWS: "TMDB's shows"}
    return Format(names[known[0]], partial(tables.read_table, header=header))
