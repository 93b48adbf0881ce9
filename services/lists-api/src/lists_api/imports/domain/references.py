"""A title named by a line of text: an id, or the address of its page on IMDb, TMDB or Trakt."""

import re
from collections.abc import Callable
from typing import Final

from lists_api.imports.domain.cells import ids_from, imdb_id, number, year_of
from lists_api.imports.domain.collecting import Found
from lists_api.imports.domain.rows import FileRow, LeftOut, TitleIds
from watchbuddy_contracts import MediaType

_IMDB_URL: Final = re.compile(r"imdb\.com/(?:[a-z]{2}(?:-[a-z]{2})?/)?title/(tt[0-9]+)", re.ASCII | re.IGNORECASE)
_IMDB_PERSON: Final = re.compile(r"(?:^|imdb\.com/(?:[a-z-]+/)?name/)nm[0-9]+", re.ASCII | re.IGNORECASE)
_TMDB_URL: Final = re.compile(r"themoviedb\.org/(movie|tv|person)/([0-9]+)([^\s]*)", re.ASCII | re.IGNORECASE)
_TRAKT_URL: Final = re.compile(
    r"trakt\.tv/(movies|shows|people|movie|show)/([a-z0-9-]+)([^\s?#]*)", re.ASCII | re.IGNORECASE
)
_PREFIXED: Final = re.compile(r"^(tmdb|trakt|tvdb|imdb)\s*[:/=]\s*([a-z0-9]+)$", re.ASCII | re.IGNORECASE)
_KINDS: Final[dict[str, MediaType]] = {
    "movie": "movie",
    "movies": "movie",
    "tv": "show",
    "show": "show",
    "shows": "show",
}
_YEAR_AT_END: Final = re.compile(r"(.+)-((?:18|19|20|21)[0-9]{2})", re.ASCII)


def reference(text: str, *, number_of_row: int) -> Found:
    """Return the title that the text names; None: it names none."""
    text = text.strip().strip("\"'<>,;")
    if imdb := imdb_id(text):
        return FileRow(number_of_row, TitleIds(imdb=imdb))
    if _IMDB_PERSON.search(text):
        return LeftOut(number_of_row, text, "person")
    for pattern, read in _ADDRESSES:
        if found := pattern.search(text):
            return read(found, text, number_of_row)
    return None


def _of_imdb(found: re.Match[str], _text: str, number_of_row: int) -> Found:
    ids = TitleIds(imdb=imdb_id(found[1]))
    return FileRow(number_of_row, ids) if ids else None


def _of_tmdb(found: re.Match[str], text: str, number_of_row: int) -> Found:
    kind, tmdb, rest = found[1].lower(), number(found[2]), found[3]
    if kind == "person":
        return LeftOut(number_of_row, text, "person")
    if "/season/" in rest:
        return LeftOut(number_of_row, text, "episode" if "/episode/" in rest else "season")
    return None if tmdb is None else FileRow(number_of_row, TitleIds(tmdb=tmdb), _KINDS[kind])


def _of_trakt(found: re.Match[str], text: str, number_of_row: int) -> Found:
    kind, slug, rest = found[1].lower(), found[2].lower(), found[3]
    if kind == "people":
        return LeftOut(number_of_row, text, "person")
    if "/seasons" in rest:
        return LeftOut(number_of_row, text, "episode" if "/episodes" in rest else "season")
    media_type = _KINDS[kind]
    if slug.isdigit() and year_of(slug) is None and (trakt := number(slug)):
        return FileRow(number_of_row, TitleIds(trakt=trakt), media_type)
    # A slug is a name, often with its year: "heat-1995". The catalogue is asked for that name.
    with_year = _YEAR_AT_END.fullmatch(slug)
    name, year = (with_year[1], int(with_year[2])) if with_year else (slug, None)
    return FileRow(number_of_row, media_type=media_type, name=name.replace("-", " ").strip(), year=year)


def _of_prefix(found: re.Match[str], _text: str, number_of_row: int) -> Found:
    kind, value = found[1].lower(), found[2]
    ids = ids_from(**{kind: value})
    # TheTVDB has shows here: its films have numbers of their own, which no list names.
    return FileRow(number_of_row, ids, "show" if kind == "tvdb" else None) if ids else None


_ADDRESSES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, int], Found]], ...]] = (
    (_IMDB_URL, _of_imdb),
    (_TMDB_URL, _of_tmdb),
    (_TRAKT_URL, _of_trakt),
    (_PREFIXED, _of_prefix),
)
