"""Titles, and their CSV or JSON Lines files."""

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trakt_simulator.catalogue.media import BY_NAME, MAX_ID, Kind
from trakt_simulator.identifiers import slugify

_FOUR_DIGITS = 4
# TMDB's files say `tv`. The others are Trakt's own words.
_MEDIA_TYPES = {**BY_NAME, "tv": Kind.SHOW, "series": Kind.SHOW}


@dataclass(slots=True)
class Title:
    """A movie, a show or a person. `trakt` is unique per kind only: movie 5 and show 5 both exist.

    `genres` is as the file has it (`Drama|Crime`). A missing number is None.
    """

    kind: Kind
    trakt: int
    slug: str
    name: str
    year: int | None = None
    imdb: str | None = None
    tmdb: int | None = None
    tvdb: int | None = None
    genres: str = ""
    language: str | None = None
    runtime: int | None = None
    rating: float | None = None
    votes: int | None = None
    popularity: float | None = None


class CatalogueFileError(Exception):
    """The catalogue file cannot be used. The text names the file, the place and the reason."""


def read_titles(path: Path) -> Iterator[Title]:
    """Read titles from `.csv` or `.jsonl` (also `.gz`), numbering them from 1 per kind in file order.

    Columns: media_type, title (or name), year (or release_date, first_air_date), imdb_id, tmdb_id (or id). Optional:
    trakt_id, tvdb_id, genres, original_language, runtime, vote_average, vote_count, popularity. Slugs are made as Trakt
    makes them, a movie's with its year. They may repeat; the catalogue makes them unique.

    Raises:
        CatalogueFileError: the file is not readable or has no titles, or a row has no known media type, no title, or a
            number that is not one.
    """
    numbers = dict.fromkeys(Kind, 0)
    try:
        with _opened(path) as file:
            for row in _rows(path, file):
                kind = _kind(row)
                numbers[kind] += 1
                yield _title(row, kind, numbers[kind])
        if not any(numbers.values()):
            raise ValueError("no titles")  # noqa: TRY301 (the handler below adds the file's name)
    except (EOFError, ValueError, OverflowError, csv.Error) as error:
        # Not repr(error): for text that is not UTF-8, it holds the whole file.
        raise CatalogueFileError(f"{path}, after {sum(numbers.values())} titles: {error}") from error
    except OSError as error:
        raise CatalogueFileError(f"{path}: {error.strerror or error}") from error


def _opened(path: Path) -> io.TextIOBase:
    # Spreadsheets put a byte order mark in front.
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(path: Path, file: io.TextIOBase) -> Iterator[Mapping[str, object]]:
    if path.name.removesuffix(".gz").endswith(".csv"):
        yield from csv.DictReader(file)
    else:
        for text in file:
            try:
                row = json.loads(text)
            except json.JSONDecodeError as error:
                raise ValueError(
                    f"not a line of JSON ({error}); only names in .csv or .csv.gz are read as CSV"
                ) from error
            if not isinstance(row, dict):
                raise ValueError("a row that is no object")  # noqa: TRY004 (the file is wrong, not the caller)
            yield row


def _kind(row: Mapping[str, object]) -> Kind:
    media_type = row.get("media_type")
    if media_type is None:
        raise ValueError("no column media_type")
    kind = _MEDIA_TYPES.get(str(media_type).strip().lower())
    if kind is None:
        raise ValueError(f"media_type {media_type!r} is none of {', '.join(_MEDIA_TYPES)}")
    return kind


def _title(row: Mapping[str, object], kind: Kind, number: int) -> Title:
    name = row.get("title") or row.get("name")
    if not name:
        raise ValueError("a row without a title")
    trakt_id = _whole(row.get("trakt_id"))
    if trakt_id is None:
        trakt_id = number
    if trakt_id <= 0:
        raise ValueError(f"trakt_id {trakt_id} is not above 0")
    year = _year(row)
    stem = slugify(str(name))
    genres = row.get("genres") or ""
    return Title(
        kind=kind,
        trakt=trakt_id,
        slug=f"{stem}-{year}" if kind is Kind.MOVIE and year else stem,
        name=str(name),
        year=year,
        imdb=_text(row.get("imdb_id")),
        tmdb=_whole(row.get("tmdb_id") or row.get("id")),
        tvdb=_whole(row.get("tvdb_id")),
        # Few values in very many rows: keep one string of each.
        genres=sys.intern("|".join(map(str, genres)) if isinstance(genres, list) else str(genres)),
        language=sys.intern(text) if (text := _text(row.get("original_language"))) else None,
        runtime=_whole(row.get("runtime")),
        rating=_number(row.get("vote_average")),
        votes=_whole(row.get("vote_count")),
        popularity=_number(row.get("popularity")),
    )


def _year(row: Mapping[str, object]) -> int | None:
    date = row.get("year") or row.get("release_date") or row.get("first_air_date")
    return _whole(str(date)[:_FOUR_DIGITS]) if date else None


def _text(value: object) -> str | None:
    return str(value) if value else None


def _number(value: object) -> float | None:
    return float(str(value)) if value not in (None, "") else None


def _whole(value: object) -> int | None:
    text = str(value) if value is not None else ""
    if not text:
        return None
    number = int(text) if text.isdecimal() else int(float(text))
    if abs(number) >= MAX_ID:
        raise ValueError(f"{text} is too large")
    return number
