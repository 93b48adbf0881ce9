"""What a cell or a JSON value says: an id, a year, a name. Odd ones say nothing."""

import re
from typing import Final

from lists_api.imports.domain.rows import TitleIds

MAX_NAME: Final = 300
"""Characters of a name that are kept."""
_MAX_ID: Final = 2**31 - 1
_IMDB: Final = re.compile(r"tt0*([0-9]{1,9})", re.ASCII | re.IGNORECASE)
_IMPOSSIBLE: Final = re.compile(r"(?:tt)?0*[1-9][0-9]{9,}", re.ASCII | re.IGNORECASE)
"""No catalogue has ten digits in an IMDb id, or a number beyond 31 bits."""
_NUMBER: Final = re.compile(r"([0-9]{1,10})(?:\.0+)?", re.ASCII)  # spreadsheets write 949.0
_YEAR: Final = re.compile(r"([0-9]{4})(?![0-9])", re.ASCII)
_JOINERS: Final = "\u200c\u200d"
"""Emojis of several parts have them, and Persian words."""
_FIRST_FILM: Final = 1870
_LAST_YEAR: Final = 2200


def text_of(value: object) -> str:
    """Return a JSON value as a cell would hold it; "" for what is no text and no number."""
    match value:
        case str():
            return cleaned(value)
        case bool():
            return ""
        case int():
            return str(value) if abs(value) <= _MAX_ID else ""
        case float() if value.is_integer() and abs(value) <= _MAX_ID:
            return str(int(value))
    return ""


def cleaned(text: str, *, limit: int = MAX_NAME) -> str:
    """Return the text as it can be stored and shown: without control characters and lone surrogates, and bounded."""
    if len(text) <= limit and text.isprintable():  # a tenth of the time, and lone surrogates are not printable
        return text.strip()
    whole = text[: 4 * limit].encode("utf-8", "replace").decode()
    return "".join(one if one.isprintable() or one in _JOINERS else " " for one in whole).strip()[:limit].strip()


def imdb_id(text: str) -> str | None:
    """Return IMDb's id of a title with its zeros; None: the text is none, or an id of a person or company."""
    found = _IMDB.fullmatch(text.strip())
    number = int(found[1]) if found else 0
    return f"tt{number:07}" if number else None


def number(text: str) -> int | None:
    """Return an id that is a number; None: blank, 0, or no number of 31 bits."""
    found = _NUMBER.fullmatch(text.strip())
    value = int(found[1]) if found else 0
    return value if 0 < value <= _MAX_ID else None


def year_of(text: str) -> int | None:
    """Return the year with which the text begins ("1995", "1995-12-15", "2011-2019"); None: it does not."""
    found = _YEAR.match(text.strip())
    return int(found[1]) if found and _FIRST_FILM <= int(found[1]) <= _LAST_YEAR else None


def ids_from(*, trakt: str = "", tmdb: str = "", imdb: str = "", tvdb: str = "") -> TitleIds:
    """Return the ids that the cells hold."""
    ids = TitleIds(number(trakt), number(tmdb), imdb_id(imdb), number(tvdb))
    if ids:
        return ids
    refused = next((one.strip() for one in (imdb, tmdb, trakt, tvdb) if _IMPOSSIBLE.fullmatch(one.strip())), "")
    return TitleIds(refused=refused) if refused else ids
