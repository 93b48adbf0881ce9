"""What a file says of lists: titles, and what is no title."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from watchbuddy_contracts import MediaType

MAX_TITLES: Final = 10_000
"""Titles of a list; what a file names beyond them is left out."""
MAX_NAMED: Final = 1000
"""Rows of a kind that a report names. It counts the others."""

LeftOutReason = Literal[
    "episode", "season", "person", "video_game", "other_kind", "no_title", "unreadable", "duplicate", "over_limit"
]


@dataclass(frozen=True, slots=True)
class TitleIds:
    """The ids that a row gives, each checked for its form.

    Args:
        refused: where no other id is, one that cannot exist, as the file has it.
    """

    trakt: int | None = None
    tmdb: int | None = None
    imdb: str | None = None
    tvdb: int | None = None
    refused: str = ""

    def __bool__(self) -> bool:
        return any(one is not None for one in (self.trakt, self.tmdb, self.imdb, self.tvdb))

    @property
    def label(self) -> str:
        """The first known id, for people."""
        known = (self.imdb, self.tmdb and f"tmdb:{self.tmdb}", self.trakt and f"trakt:{self.trakt}")
        return next((one for one in known if one), f"tvdb:{self.tvdb}" if self.tvdb else self.refused)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row that names a title, by ids or by name.

    Args:
        number: the line where the row begins, from 1; in JSON the place in the array.
        media_type: what the file says; None: it does not say, or in words that nobody here knows.
        assumed_type: what the title is where neither the file nor the catalogue says it: a film site has films.
        name, year: empty and None where the file has none.
    """

    number: int
    ids: TitleIds = TitleIds()
    media_type: MediaType | None = None
    name: str = ""
    year: int | None = None
    assumed_type: MediaType | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether the row names no title, not even one that cannot exist."""
        return not (self.ids or self.ids.refused or self.name)

    @property
    def text(self) -> str:
        """The row, for people."""
        if not self.name:
            return self.ids.label
        return self.name if self.year is None else f"{self.name} ({self.year})"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that names no movie and no show, or one that the list has already."""

    number: int
    text: str
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class LeftOutRows:
    """What was left out: the first `MAX_NAMED` rows, and how many there are of each reason."""

    rows: tuple[LeftOut, ...] = ()
    counts: Mapping[LeftOutReason, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def with_more(self, more: "list[LeftOut]") -> "LeftOutRows":
        """Return these and `more`, in the order of their numbers."""
        counts = dict(self.counts)
        for one in more:
            counts[one.reason] = counts.get(one.reason, 0) + 1
        rows = sorted((*self.rows, *more[:MAX_NAMED]), key=lambda one: one.number)
        return LeftOutRows(tuple(rows[:MAX_NAMED]), counts)


@dataclass(frozen=True, slots=True)
class FileList:
    """A list as a file has it.

    Args:
        name: what the file calls it; None: the file does not name it.
        description: None: the file has none.
        filters: as an export of WatchBuddy has them, not checked; None: the file has none.
    """

    name: str | None
    rows: tuple[FileRow, ...]
    left_out: LeftOutRows = LeftOutRows()
    description: str | None = None
    filters: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file holds.

    Args:
        format: the format's slug.
        files_left_alone: members of a zip that are no lists, such as ratings. The first `MAX_NAMED`.
    """

    format: str
    lists: tuple[FileList, ...]
    files_left_alone: tuple[str, ...] = ()
