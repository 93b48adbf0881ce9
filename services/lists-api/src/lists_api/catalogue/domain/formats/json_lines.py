"""JSON Lines: titles with TMDB's field names or our own, and TMDB's daily export of ids."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from lists_api.catalogue.domain.formats.fields import Dialect, Fields, title_of
from lists_api.catalogue.domain.formats.tables import OWN, OWN_COLUMNS, TMDB_MOVIES, TMDB_SHOWS
from lists_api.catalogue.domain.imported import ImportedRow, RowError, rejected

MAX_DIGITS: Final = 30
# TMDB's names of each field, the best one first.
_TMDB: Final[Mapping[str, tuple[str, ...]]] = {
    "tmdb": ("id",),
    "name": ("title", "name"),
    "original_name": ("original_title", "original_name"),
    "release_date": ("release_date", "first_air_date"),
    "runtime": ("runtime", "episode_run_time"),
    "rating": ("vote_average",),
    "votes": ("vote_count",),
    "popularity": ("popularity",),
    "language": ("original_language",),
    "genres": ("genres", "genre_ids"),
    "countries": ("origin_country", "production_countries"),
    "keywords": ("keywords",),
    "overview": ("overview",),
    "poster_path": ("poster_path",),
    "is_adult": ("adult",),
    "imdb": ("imdb_id",),
    "tvdb": ("tvdb_id",),
}
_OF_SHOWS: Final = ("name", "original_name", "first_air_date", "number_of_seasons")
_MORE: Final = "external_ids"
_INSIDE: Final = ("name", "iso_3166_1", "id")
"""What an object of a list is known by: a genre's name, a country's code."""
_LISTS_INSIDE: Final = ("keywords", "results")
"""TMDB puts a movie's keywords below the one, a show's below the other."""


def read_json_lines(lines: Iterable[str]) -> Iterator[ImportedRow]:
    """Read a file with an object on each line. Blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = _object(line)
            dialect = _dialect(values)
            names: Mapping[str, tuple[str, ...]] = _TMDB
            if dialect is OWN:
                names = {field: (column,) for column, field in OWN_COLUMNS.items()}
            texts = {field: _first(values, columns, dialect.separator) for field, columns in names.items()}
            yield title_of(number, Fields(**texts), dialect)
        except RowError as exc:
            yield rejected(number, exc, line)


def is_title(line: str) -> bool:
    """Return whether a file that begins with this line is one of ours to read."""
    try:
        values = _object(line)
    except RowError:
        return False
    return any(name in values for name in ("id", "tmdb_id", "imdb_id", "trakt_id"))


def _object(line: str) -> dict[str, Any]:
    try:
        values = json.loads(line, parse_int=_whole_number)
    except (ValueError, RecursionError) as exc:
        raise RowError("the line is no JSON") from exc
    if not isinstance(values, dict):
        raise RowError("the line is no JSON object")
    more = values.get(_MORE)
    return {**more, **values} if isinstance(more, dict) else values


def _whole_number(digits: str) -> int | str:
    # the time that `int` takes grows with the square of the digits
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _dialect(values: Mapping[str, Any]) -> Dialect:
    if "id" not in values:
        return OWN
    media_type = values.get("media_type")
    if media_type in ("tv", "show") or (media_type is None and "title" not in values and _is_show(values)):
        return TMDB_SHOWS._replace(separator="|")
    if media_type in ("movie", None):
        return TMDB_MOVIES._replace(separator="|")
    raise RowError(f"this is no movie or show: {str(media_type)[:40]!r}")


def _is_show(values: Mapping[str, Any]) -> bool:
    return any(name in values for name in _OF_SHOWS) and "original_title" not in values


def _first(values: Mapping[str, Any], names: tuple[str, ...], separator: str) -> str:
    return next((text for name in names if (text := _text(values.get(name), separator))), "")


def _text(value: object, separator: str) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool() | int() | float():
            return str(value)
        case list():
            return separator.join(one.replace(separator, " ") for one in map(_label, value) if one)
        case dict():
            return next((_text(value[name], separator) for name in _LISTS_INSIDE if name in value), "")
        case _:
            return ""


def _label(value: object) -> str:
    if isinstance(value, dict):
        return next((str(value[name]) for name in _INSIDE if value.get(name)), "")
    return str(value) if isinstance(value, (str, int)) else ""
