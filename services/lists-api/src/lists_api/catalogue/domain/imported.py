"""What an import reads from a file, row by row."""

from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias

from watchbuddy_contracts import MediaType

RatingSource = Literal["imdb", "tmdb", "own"]
MAX_EXCERPT: Final = 200


class ImportedTitle(NamedTuple):
    """A row that names a title. What a row does not know is None, or empty; it stays as the catalogue has it.

    Units are those of `CatalogueTitle`. A named tuple, because a file has millions: it takes half the time of a frozen
    dataclass to make (measured).

    Args:
        line: the line of the file where the row ends, from 1.
        name: None: the row knows the original name only.
        folded, folded_original: both names in the form of `text.fold`.
        votes: None, together with the rating: nobody has voted, or the row does not know.
    """

    line: int
    media_type: MediaType
    trakt: int | None
    tmdb: int | None
    tvdb: int | None
    imdb: str | None
    name: str | None
    original_name: str | None
    folded: str | None
    folded_original: str | None
    year: int | None = None
    release_date: date | None = None
    runtime: int | None = None
    rating: int | None = None
    votes: int | None = None
    rating_source: RatingSource | None = None
    popularity: int | None = None
    language: str | None = None
    genres: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    overview: str | None = None
    poster_path: str | None = None
    is_adult: bool | None = None
    is_active: bool | None = None


class ImportedRating(NamedTuple):
    """A row that knows no more of a title than its rating."""

    line: int
    imdb: str
    rating: int
    votes: int


class RejectedRow(NamedTuple):
    """A row that cannot be taken.

    Args:
        line: where the row ends, from 1.
        reason: for people.
        excerpt: how the row begins.
    """

    line: int
    reason: str
    excerpt: str


ImportedRow: TypeAlias = ImportedTitle | ImportedRating | RejectedRow


class RowError(ValueError):
    """Why a row cannot be taken, for people."""


def rejected(line: int, error: RowError, row: str) -> RejectedRow:
    """Return the rejection of a row that could not be read."""
    return RejectedRow(line, str(error), row[:MAX_EXCERPT])
