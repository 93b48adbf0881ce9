"""One way from a row's texts to a title, whatever the format."""

from typing import Final, NamedTuple

from lists_api.catalogue.domain import values
from lists_api.catalogue.domain.imported import ImportedTitle, RatingSource, RowError
from lists_api.catalogue.domain.text import fold
from watchbuddy_contracts import MediaType

MEDIA_TYPES: Final[dict[str, MediaType]] = {
    "movie": "movie",
    "film": "movie",
    "show": "show",
    "tv": "show",
    "series": "show",
    "tv_series": "show",
    "tvseries": "show",
}
_SOURCES: Final[dict[str, RatingSource]] = {"imdb": "imdb", "tmdb": "tmdb", "own": "own"}


class Fields(NamedTuple):
    """The texts of a row, "" where it has none. Genres and countries are between commas or bars."""

    media_type: str = ""
    trakt: str = ""
    tmdb: str = ""
    tvdb: str = ""
    imdb: str = ""
    name: str = ""
    original_name: str = ""
    year: str = ""
    release_date: str = ""
    runtime: str = ""
    rating: str = ""
    votes: str = ""
    rating_source: str = ""
    popularity: str = ""
    language: str = ""
    genres: str = ""
    countries: str = ""
    keywords: str = ""
    overview: str = ""
    poster_path: str = ""
    is_adult: str = ""
    is_active: str = ""


class Dialect(NamedTuple):
    """What a format means where a row says nothing.

    Args:
        source: whose ratings these are.
        separator: between keywords.
        media_type: of every row; None: each row says it.
    """

    source: RatingSource
    separator: str
    media_type: MediaType | None = None


def title_of(line: int, fields: Fields, dialect: Dialect) -> ImportedTitle:
    """Return the title.

    Raises:
        RowError: the row names no movie or show, has no id or no title, or a text where a number belongs.
    """
    media_type = dialect.media_type or _media_type(fields.media_type)
    trakt, tmdb = values.number_id(fields.trakt), values.number_id(fields.tmdb)
    imdb = values.imdb_id(fields.imdb)
    if trakt is None and tmdb is None and imdb is None:
        raise RowError("the row has no id")
    name, original_name = values.name(fields.name), values.name(fields.original_name)
    if name is None and original_name is None:
        raise RowError("the row has no title")
    if original_name == name:
        original_name = None
    released = values.release_date(fields.release_date) if fields.release_date else None
    votes = values.count(fields.votes)
    rating = None if votes == 0 else values.rating(fields.rating)
    return ImportedTitle(
        line, media_type, trakt, tmdb, values.number_id(fields.tvdb), imdb, name, original_name,
        None if name is None else fold(name),
        None if original_name is None else fold(original_name),
        values.year(fields.year) or (released.year if released else None),
        released,
        values.runtime(fields.runtime),
        rating,
        None if rating is None else votes or 0,
        None if rating is None else _SOURCES.get(fields.rating_source, dialect.source),
        values.hundredths(fields.popularity),
        values.language(fields.language),
        values.genres(fields.genres),
        values.countries(fields.countries),
        values.keywords(fields.keywords, dialect.separator),
        fields.overview.replace("\0", "").strip()[: values.MAX_OVERVIEW] or None,
        fields.poster_path.replace("\0", "").strip()[: values.MAX_POSTER_PATH] or None,
        values.truth(fields.is_adult),
        values.truth(fields.is_active),
    )  # fmt: skip


def _media_type(text: str) -> MediaType:
    media_type = MEDIA_TYPES.get(text.strip().lower())
    if media_type is None:
        raise RowError(f"this is no movie or show: {text[:40]!r}")
    return media_type
