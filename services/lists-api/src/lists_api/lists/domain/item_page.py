"""A list's items as their owner reads them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watchbuddy_contracts import Title

ItemSort = Literal["rank", "score", "rating", "added_at", "title", "year"]
Direction = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class ListItem:
    """A title at its place on a list.

    Args:
        rank: 1 is the first of the list, whatever the page is sorted by.
        name, year, rating, poster_path: as the catalogue knows them, `rating` in hundredths; None: not known.
        score: of the run that put it there; None: no run did. explanation: why, in words.
        is_watched, watched_at: by the owner's history. A time of None: not watched, or Trakt does not say when.
    """

    rank: int
    title: Title
    name: str | None
    year: int | None
    rating: int | None
    poster_path: str | None
    is_pinned: bool
    score: int | None
    explanation: str | None
    added_at: datetime
    is_watched: bool
    watched_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Some items of a list, with the version and the count of items that the list has then."""

    items: list[ListItem]
    version: int
    total: int


@dataclass(frozen=True, slots=True)
class PageChoice:
    """Which items, and in which order. Of equal ones, the lower rank comes first."""

    limit: int
    offset: int
    sort: ItemSort = "rank"
    direction: Direction = "asc"
    include_watched: bool = True
