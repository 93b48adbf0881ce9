"""One way from a row's texts to a title, whatever the format."""

from collections.abc import Sequence
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


def title_of(line: int, fields: Sequence[str], dialect: Dialect) -> ImportedTitle:
    """Return the title. A file has millions of rows, most of their fields empty: so none is looked at in vain.

    Args:
        fields: the texts of `Fields`, in its order.

    Raises:
        RowError: the row names no movie or show, has no id or no title, or a text where a number belongs.
    """
    (
        kind, trakt, tmdb, tvdb, imdb, title, original, year, released, runtime, rating, votes, source, popularity,
        language, genres, countries, keywords, overview, poster_path, is_adult, is_active,
    ) = fields  # fmt: skip
    if not (imdb or tmdb or trakt):
        raise RowError("the row has no id")
    trakt_id = values.number_id(trakt) if trakt else None
    tmdb_id = values.number_id(tmdb) if tmdb else None
    imdb_id = values.imdb_id(imdb) if imdb else None
    if imdb_id is None and tmdb_id is None and trakt_id is None:
        raise RowError("the row has no id")
    name = values.name(title) if title else None
    original_name = values.name(original) if original and original != title else None
    if name is None and original_name is None:
        raise RowError("the row has no title")
    release_date = values.release_date(released) if released else None
    count = values.count(votes) if votes else None
    average = values.rating(rating) if rating and count != 0 else None
    return ImportedTitle(
        line,
        dialect.media_type or MEDIA_TYPES.get(kind) or _media_type(kind),
        trakt_id,
        tmdb_id,
        values.number_id(tvdb) if tvdb else None,
        imdb_id,
        name,
        original_name if original_name != name else None,
        None if name is None else fold(name),
        None if original_name is None or original_name == name else fold(original_name),
        (values.year(year) if year else None) or (release_date.year if release_date else None),
        release_date,
        values.runtime(runtime) if runtime else None,
        average,
        None if average is None else count or 0,
        None if average is None else _SOURCES.get(source, dialect.source),
        values.hundredths(popularity) if popularity else None,
        values.language(language) if language else None,
        values.genres(genres) if genres else (),
        values.countries(countries) if countries else (),
        values.keywords(keywords, dialect.separator) if keywords else (),
        values.long_text(overview, values.MAX_OVERVIEW) if overview else None,
        values.long_text(poster_path, values.MAX_POSTER_PATH) if poster_path else None,
        values.truth(is_adult) if is_adult else None,
        values.truth(is_active) if is_active else None,
    )


def _media_type(text: str) -> MediaType:
    media_type = MEDIA_TYPES.get(text.strip().lower())
    if media_type is None:
        raise RowError(f"this is no movie or show: {text[:40]!r}")
    return media_type
