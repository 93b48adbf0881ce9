"""The values of catalogue files. Each function takes a field's text: "" is not known.

A number that cannot be (a year 0, a runtime of 0 minutes) is not known either. A text where a number belongs raises
RowError: most likely the row's columns are shifted.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Final

from lists_api.catalogue.domain.countries import country_codes
from lists_api.catalogue.domain.genres import slugs_of
from lists_api.catalogue.domain.imported import RowError

MAX_ID: Final = 2**63 - 1
MAX_DIGITS: Final = 19
IMDB_LENGTH: Final = 9
"""Of an id with seven digits, the fewest that IMDb writes."""
MAX_COUNT: Final = 2**31 - 1
MAX_DECIMAL: Final = MAX_COUNT // 100
YEARS: Final = range(1870, 2200)
MAX_RUNTIME: Final = 10_000
MAX_NAME: Final = 500
MAX_OVERVIEW: Final = 4_000
MAX_POSTER_PATH: Final = 200
MAX_KEYWORD: Final = 100
MAX_KEYWORDS: Final = 200
TOP_RATING: Final = 1000

_IMDB: Final = re.compile(r"tt[0-9]{1,12}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_LANGUAGES: Final = {"cn": "zh", "xx": "", "iw": "he", "in": "id", "ji": "yi", "mo": "ro"}
"""Codes of TMDB, and old codes, that ISO 639-1 does not have. "xx" is "no language"."""
_TRUTHS: Final = {"": None, "true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
_GENRE_SEPARATOR: Final = re.compile(r"[|,]")


def number_id(text: str) -> int | None:
    """Return an id of Trakt, TMDB or TheTVDB. 0 stands for none in several tools' files."""
    digits = text.removesuffix(".0")  # tables that had blanks were written with floats
    if not digits:
        return None
    if not (digits.isdigit() and digits.isascii()) or len(digits) > MAX_DIGITS or int(digits) > MAX_ID:
        raise RowError(f"an id should be a number: {_shown(text)}")
    return int(digits) or None


def imdb_id(text: str) -> str | None:
    """Return an IMDb id of a title with at least seven digits, and no other zeros before them."""
    if not text:
        return None
    if _IMDB.fullmatch(text) is None:
        raise RowError(f"this is no IMDb id of a title: {_shown(text)}")
    return text if len(text) == IMDB_LENGTH else f"tt{int(text[2:]):07}"


def hundredths(text: str) -> int | None:
    """Return a decimal number, at least 0, in hundredths."""
    number = _number(text)
    return None if number is None else round(number * 100) if number < MAX_DECIMAL else MAX_COUNT


@lru_cache(maxsize=2048)
def rating(text: str) -> int | None:
    """Return a rating from 0 to 10 in hundredths."""
    value = hundredths(text)
    if value is not None and value > TOP_RATING:
        raise RowError(f"a rating should be from 0 to 10: {_shown(text)}")
    return value


def count(text: str) -> int | None:
    """Return a number of votes."""
    if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004 - fits a 32-bit number
        return int(text)
    number = _number(text)
    return None if number is None else min(int(number), MAX_COUNT)


@lru_cache(maxsize=1024)
def year(text: str) -> int | None:
    """Return a year."""
    number = _number(text)
    return int(number) if number is not None and number in YEARS else None


@lru_cache(maxsize=1024)
def runtime(text: str) -> int | None:
    """Return minutes; of several, as TMDB has them for a show's episodes, the first."""
    number = _number(text.partition("|")[0])
    return int(number) if number is not None and 1 <= number <= MAX_RUNTIME else None


def release_date(text: str) -> date | None:
    """Return the date of `YYYY-MM-DD`, with or without a time behind it."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if day.year in YEARS else None


@lru_cache(maxsize=256)
def truth(text: str) -> bool | None:
    """Return a boolean."""
    try:
        return _TRUTHS[text.lower()]
    except KeyError:
        raise RowError(f"this should be true or false: {_shown(text)}") from None


@lru_cache(maxsize=512)
def language(text: str) -> str | None:
    """Return an ISO 639-1 code."""
    code = text.lower()
    code = _LANGUAGES.get(code, code)
    return code if _LANGUAGE.fullmatch(code) else None


@lru_cache(maxsize=16_384)
def genres(text: str) -> tuple[str, ...]:
    """Return the slugs of genre names or ids between commas or bars."""
    return slugs_of(tuple(_GENRE_SEPARATOR.split(text)))


@lru_cache(maxsize=4_096)
def countries(text: str) -> tuple[str, ...]:
    """Return the codes of countries, by name or code, between commas or bars."""
    return country_codes(_GENRE_SEPARATOR.split(text))


def keywords(text: str, separator: str) -> tuple[str, ...]:
    """Return keywords, lower-case, sorted."""
    if not text:
        return ()
    words = {" ".join(word.lower().split())[:MAX_KEYWORD].rstrip() for word in text.replace("\0", "").split(separator)}
    return tuple(sorted(words - {""})[:MAX_KEYWORDS])


def name(text: str) -> str | None:
    """Return a title on one line."""
    line = " ".join(text.split())
    if "\0" in line or len(line) > MAX_NAME:
        line = line.replace("\0", "")[:MAX_NAME].rstrip()
    return line or None


def long_text(text: str, limit: int) -> str | None:
    """Return a text of several lines."""
    return text.replace("\0", "").strip()[:limit] or None


def _number(text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise RowError(f"this should be a number: {_shown(text)}") from None
    if not 0 <= number < float("inf"):
        raise RowError(f"this should be a number from 0 on: {_shown(text)}")
    return number


def _shown(text: str) -> str:
    return repr(text[:40])
