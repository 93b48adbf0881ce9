r"""IMDb's public datasets: values between tabs, without quoting, `\N` for nothing."""

from collections.abc import Iterable, Iterator
from typing import Final

from lists_api.catalogue.domain import values
from lists_api.catalogue.domain.formats.fields import Dialect, Fields, title_of
from lists_api.catalogue.domain.imported import ImportedRating, ImportedRow, RowError, rejected
from watchbuddy_contracts import MediaType

BASICS: Final = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres"
RATINGS: Final = "tconst\taverageRating\tnumVotes"
NOTHING: Final = "\\N"

_KINDS: Final[dict[str, MediaType]] = {
    "movie": "movie", "tvMovie": "movie", "tvSeries": "show", "tvMiniSeries": "show",
}  # fmt: skip
_DIALECTS: Final = {kind: Dialect("imdb", ",", media_type) for kind, media_type in _KINDS.items()}
_BASICS_COLUMNS: Final = 9
_RATINGS_COLUMNS: Final = 3


def read_basics(lines: Iterable[str]) -> Iterator[ImportedRow]:
    """Read `title.basics.tsv` behind its header. Episodes, games and other kinds are passed over: they are 90 %."""
    for number, line in enumerate(lines, start=2):
        kind = line.split("\t", 2)[1:2]
        dialect = _DIALECTS.get(kind[0], None) if kind else _DIALECTS["movie"]
        if dialect is None:
            continue
        try:
            yield title_of(number, _fields(line), dialect)
        except RowError as exc:
            yield rejected(number, exc, line)


def read_ratings(lines: Iterable[str]) -> Iterator[ImportedRow]:
    """Read `title.ratings.tsv` behind its header. It does not say which of its titles are episodes."""
    for number, line in enumerate(lines, start=2):
        try:
            yield _rating(number, line)
        except RowError as exc:
            yield rejected(number, exc, line)


def _fields(line: str) -> Fields:
    tconst, _, name, original_name, is_adult, year, _, runtime, genres = _row(line, _BASICS_COLUMNS)
    return Fields(
        imdb=tconst,
        name=name,
        original_name=original_name,
        year=_known(year),
        runtime=_known(runtime),
        genres=_known(genres),
        is_adult=is_adult if is_adult in ("0", "1") else "",  # some rows have a year here
    )


def _rating(number: int, line: str) -> ImportedRating:
    tconst, average, count = _row(line, _RATINGS_COLUMNS)
    imdb, rating, votes = values.imdb_id(tconst), values.rating(average), values.count(count)
    if imdb is None or rating is None or votes is None:
        raise RowError("the row has no id, no rating or no votes")
    return ImportedRating(number, imdb, rating, votes)


def _row(line: str, columns: int) -> list[str]:
    row = line.rstrip("\r\n").split("\t")
    if len(row) != columns:
        raise RowError(f"the row has {len(row)} columns instead of {columns}")
    return row


def _known(text: str) -> str:
    return "" if text == NOTHING else text
