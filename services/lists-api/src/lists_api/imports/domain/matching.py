"""Which title a row means. A row with ids is taken at its word; one with a name alone is looked up, never guessed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from lists_api.catalogue.domain.text import fold
from lists_api.imports.domain.rows import FileRow, LeftOut
from watchbuddy_contracts import MediaType, Title, TitleKey

MAX_CHOICES: Final = 20
"""Titles of the catalogue that are looked at for a name, and choices that are given for a row."""
NEAR: Final = 1
"""Years by which sources differ: a festival's year and that of the cinemas."""

NotRecognisedReason = Literal["not_in_catalogue", "unknown_kind"]


@dataclass(frozen=True, slots=True)
class KnownTitle:
    """A title of the catalogue, as far as it tells which one it is."""

    title_id: int
    ids: Title
    name: str
    tvdb: int | None = None
    original_name: str | None = None
    year: int | None = None

    @property
    def media_type(self) -> MediaType:
        return self.ids.media_type


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A row that could mean each of several titles, or one of which the file says too little to be sure."""

    number: int
    text: str
    choices: tuple[KnownTitle, ...]


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """A row that means no title that is known."""

    number: int
    text: str
    reason: NotRecognisedReason


Decision = Title | Ambiguous | NotRecognised


@dataclass(frozen=True, slots=True)
class Matched:
    """What the rows of a list mean: each title once, in the rows' order."""

    titles: tuple[Title, ...]
    ambiguous: tuple[Ambiguous, ...]
    not_recognised: tuple[NotRecognised, ...]
    duplicates: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class KnownIds:
    """Titles of the catalogue by their ids."""

    _by_key: Mapping[TitleKey, KnownTitle]

    @classmethod
    def of(cls, titles: Iterable[KnownTitle]) -> Self:
        """Return the index of these titles."""
        by_key: dict[TitleKey, KnownTitle] = {}
        for title in titles:
            for key in title.ids.keys:
                by_key[key] = title
            if title.tvdb is not None:
                by_key.setdefault((title.media_type, "tvdb", title.tvdb), title)
        return cls(by_key)

    def hits(self, row: FileRow, kind: MediaType) -> list[KnownTitle]:
        """Return the titles of a kind that have one of the row's ids, each once. IMDb's id comes first."""
        ids = row.ids
        keys: list[TitleKey] = [
            (kind, name, value)
            for name, value in (("imdb", ids.imdb), ("tmdb", ids.tmdb), ("trakt", ids.trakt), ("tvdb", ids.tvdb))
            if value is not None
        ]
        return list(dict.fromkeys(self._by_key[key] for key in keys if key in self._by_key))

    def of_imdb(self, row: FileRow) -> KnownTitle | None:
        """Return the title with the row's IMDb id. IMDb numbers movies and shows together, so the id tells the kind."""
        if row.ids.imdb is None:
            return None
        kinds: tuple[MediaType, ...] = ("show", "movie") if row.media_type == "show" else ("movie", "show")
        found = (self._by_key.get((kind, "imdb", row.ids.imdb)) for kind in kinds)
        return next((one for one in found if one is not None), None)


def by_ids(row: FileRow, known: KnownIds) -> Title | None:
    """Return the title that the row's ids name, with the ids that the catalogue adds.

    None: it has no ids of a title, or nobody says whether they are a movie's or a show's.
    """
    if (title := known.of_imdb(row)) is not None:
        return _with_its_kind(row, title)
    kind = row.media_type or row.assumed_type
    own = _own(row, kind or "show")
    if own is None:  # TheTVDB's id alone, which lists have for shows
        hits = known.hits(row, kind or "show")
        return hits[0].ids if hits else None
    if kind is None:
        return None
    hits = known.hits(row, kind)
    for hit in hits:
        if not own.contradicts(hit.ids):
            own = own.merged(hit.ids)
    return own


def by_name(row: FileRow, known: KnownIds, named: Sequence[KnownTitle]) -> Decision:
    """Return what a row means whose ids do not tell.

    Args:
        named: the catalogue's titles of this folded name, with years near the row's.
    """
    hits = [hit for kind in _kinds(row) for hit in known.hits(row, kind)]
    if hits:  # a number that is a movie's and a show's
        same_name = [one for one in hits if row.name and fold(row.name) in _folded(one)]
        return _merged(row, same_name[0]) if len(same_name) == 1 else _ambiguous(row, same_name or hits)
    hits = _best(row, [one for one in named if _may_be(row, one)])
    if len(hits) == 1 and row.year is not None:  # a name without a year is that of many titles
        return _merged(row, hits[0])
    if hits:
        return _ambiguous(row, hits)
    return NotRecognised(row.number, row.text, "unknown_kind" if _own(row, "movie") else "not_in_catalogue")


def collected(rows: Sequence[FileRow], decisions: Sequence[Decision]) -> Matched:
    """Return the decisions by what they are. Of rows that mean one title, the first counts."""
    titles: list[Title] = []
    seen: set[TitleKey] = set()
    duplicates: list[LeftOut] = []
    for row, decision in zip(rows, decisions, strict=True):
        if not isinstance(decision, Title):
            continue
        if seen.isdisjoint(decision.keys):
            titles.append(decision)
            seen.update(decision.keys)
        else:
            duplicates.append(LeftOut(row.number, row.text, "duplicate"))
    return Matched(
        tuple(titles),
        tuple(one for one in decisions if isinstance(one, Ambiguous)),
        tuple(one for one in decisions if isinstance(one, NotRecognised)),
        tuple(duplicates),
    )


def _ambiguous(row: FileRow, hits: Sequence[KnownTitle]) -> Ambiguous:
    return Ambiguous(row.number, row.text, tuple(hits[:MAX_CHOICES]))


def _with_its_kind(row: FileRow, title: KnownTitle) -> Title:
    kind = title.media_type
    if row.media_type not in (None, kind):  # the other ids are of the wrong kind then
        return Title(kind, imdb=row.ids.imdb).merged(title.ids)
    own = Title(kind, row.ids.trakt, row.ids.tmdb, row.ids.imdb)
    if not own.contradicts(title.ids):
        return own.merged(title.ids)
    return title.ids if row.media_type is None else own


def _best(row: FileRow, titles: Sequence[KnownTitle]) -> list[KnownTitle]:
    """Return the titles of the first of three ways to agree that finds any."""
    if row.year is None:
        return list(titles)
    same_year = [one for one in titles if one.year == row.year]
    exact = [one for one in same_year if row.name in (one.name, one.original_name)]
    return exact or same_year or [one for one in titles if _is_near(one.year, row.year)]


def _is_near(year: int | None, wanted: int) -> bool:
    return year is not None and abs(year - wanted) <= NEAR


def _may_be(row: FileRow, title: KnownTitle) -> bool:
    own = _own(row, title.media_type)
    return title.media_type in _kinds(row) and not (own is not None and own.contradicts(title.ids))


def _kinds(row: FileRow) -> tuple[MediaType, ...]:
    return ("movie", "show") if row.media_type is None else (row.media_type,)


def _own(row: FileRow, kind: MediaType) -> Title | None:
    ids = row.ids
    return Title(kind, ids.trakt, ids.tmdb, ids.imdb) if ids.trakt or ids.tmdb or ids.imdb else None


def _merged(row: FileRow, title: KnownTitle) -> Title:
    own = _own(row, title.media_type)
    return title.ids if own is None or own.contradicts(title.ids) else own.merged(title.ids)


def _folded(title: KnownTitle) -> set[str]:
    return {fold(title.name), fold(title.original_name or title.name)}
