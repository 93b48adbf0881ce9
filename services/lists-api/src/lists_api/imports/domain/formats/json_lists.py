"""Lists as JSON: Trakt's items, MDBList's, Radarr's list of films, ids alone, and our own export."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from lists_api.imports.domain.cells import cleaned, ids_from, text_of, year_of
from lists_api.imports.domain.collecting import Collector, Found
from lists_api.imports.domain.formats.letterboxd import MAX_DESCRIPTION
from lists_api.imports.domain.media_words import meaning_of
from lists_api.imports.domain.references import reference
from lists_api.imports.domain.rows import FileList, FileRow, LeftOut, ParsedFile, TitleIds
from lists_api.imports.domain.table import MAX_ROWS, REST

OWN_FORMAT: Final = "watchbuddy-list"
MAX_VALUES: Final = 1_000_000
"""Most `{`, `[` and `,` of a file. 10,000 items of Trakt with all their details have 600,000."""
_INNER: Final = ("movie", "show", "season", "episode", "person")


def parse_json_text(text: str) -> ParsedFile | None:
    """Return the list in the text; None: it is no JSON, or no list."""
    value = json_value(text)
    if isinstance(value, list):
        return ParsedFile(_slug_of(value), (read_items(value),)) if _names_titles(value) else None
    if not isinstance(value, dict):
        return None
    if isinstance(items := value.get("items"), list):
        if value.get("format") != OWN_FORMAT:
            return ParsedFile(_slug_of(items), (read_items(items, value),))
        filters = value.get("filters")
        own = replace(read_items(items, value), filters=filters if isinstance(filters, dict) else None)
        return ParsedFile("watchbuddy", (own,))
    parts = [(kind, value[key]) for kind, key in (("movie", "movies"), ("show", "shows")) if _is_list(value, key)]
    if parts:  # MDBList's other form
        collector = Collector()
        for kind, part in parts:
            collector.take_all(_items(part, kind))
        return ParsedFile("mdblist", (collector.finished(),))
    return None


def json_value(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value; None: it is no JSON, nested too deep or of too many values."""
    if sum(text.count(mark) for mark in "{[,") > MAX_VALUES:
        return None
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def read_items(items: Sequence[Any], details: Mapping[str, Any] | None = None) -> FileList:
    """Return the list of these items. `details` has its name and description."""
    own = details or {}
    name = text_of(own.get("name")) or text_of(own.get("title"))
    return Collector().take_all(_items(items)).finished(name, description_of(own))


def description_of(details: Mapping[str, Any]) -> str:
    """Return the description, with its lines."""
    text = details.get("description")
    lines = text[:MAX_DESCRIPTION].splitlines() if isinstance(text, str) else ()
    return "\n".join(cleaned(line, limit=MAX_DESCRIPTION) for line in lines).strip()


def _items(items: Sequence[Any], word: str = "") -> Iterator[Found]:
    for number, item in enumerate(items[:MAX_ROWS], start=1):
        if isinstance(item, dict):
            yield _object(number, item, word)
        elif text := text_of(item):
            yield reference(text, number_of_row=number) or LeftOut(number, text, "no_title")
        else:
            yield LeftOut(number, "", "no_title")
    if len(items) > MAX_ROWS:
        yield LeftOut(MAX_ROWS + 1, REST, "over_limit")


def _object(number: int, item: Mapping[str, Any], word: str) -> Found:
    word = _first(item, "type", "media_type", "mediatype") or word
    kind = word.lower() if word else next((one for one in _INNER if isinstance(item.get(one), dict)), "")
    inner = item.get(kind) if kind in _INNER else None
    details: Mapping[str, Any] = inner if isinstance(inner, dict) else item
    name = _first(details, "title", "name", "original_title")
    year = year_of(_first(details, "year", "release_year", "release_date", "first_air_date"))
    ids = _ids(details)
    meaning = meaning_of(kind)
    match meaning:
        case "movie" | "show" | None:
            if not (ids or ids.refused or name):
                return LeftOut(number, kind, "no_title")
            return FileRow(number, ids, meaning, name, year)
        case "season" | "episode" if isinstance(show := item.get("show"), dict) and not name:
            return LeftOut(number, _first(show, "title"), meaning)
    return LeftOut(number, name or ids.label, meaning)


def _ids(details: Mapping[str, Any]) -> TitleIds:
    given = details.get("ids")
    ids: Mapping[str, Any] = given if isinstance(given, dict) else {}
    # MDBList's `id` is TMDB's. Nobody else's is read: it could be anything.
    is_mdblist = "mediatype" in details
    return ids_from(
        trakt=_first(ids, "trakt") or _first(details, "trakt_id", "trakt"),
        tmdb=_first(ids, "tmdb") or _first(details, "tmdb_id", "tmdbId", "tmdb", *(("id",) if is_mdblist else ())),
        imdb=_first(ids, "imdb") or _first(details, "imdb_id", "imdbId", "imdb"),
        tvdb=_first(ids, "tvdb") or _first(details, "tvdb_id", "tvdbId", "tvdb"),
    )


def _first(details: Mapping[str, Any], *names: str) -> str:
    return next((text for name in names if (text := text_of(details.get(name)))), "")


def _is_list(value: Mapping[str, Any], key: str) -> bool:
    return isinstance(value.get(key), list)


def _slug_of(items: Sequence[Any]) -> str:
    first = next((one for one in items if isinstance(one, dict)), {})
    if "mediatype" in first:
        return "mdblist"
    return "trakt" if any(one in first for one in _INNER) else "json"


def _names_titles(items: Sequence[Any]) -> bool:
    """Whether the array is a list of titles. An empty one is, too."""
    return not items or any(isinstance(found, FileRow) for found in _items(items[:100]))
