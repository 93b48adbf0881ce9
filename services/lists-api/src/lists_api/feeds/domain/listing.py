"""A list as it is handed on: its titles with what the catalogue knows of them."""

from dataclasses import dataclass
from datetime import date, datetime

from lists_api.lists.domain.properties import ListProperties
from watchbuddy_contracts import MediaType, Title


@dataclass(frozen=True, slots=True)
class ListedTitle:
    """A title at its place in a list.

    Args:
        ids: the item's, and those that the catalogue adds.
        name: None: the catalogue does not know the title; the fields below are None then, too.
        imdb_rating, imdb_votes: hundredths of a point, and their votes; None: the catalogue's are not IMDb's.
        poster_path: TMDB's path of the poster.
    """

    rank: int
    ids: Title
    added_at: datetime
    name: str | None = None
    original_name: str | None = None
    tvdb: int | None = None
    year: int | None = None
    release_date: date | None = None
    genres: tuple[str, ...] = ()
    runtime: int | None = None
    imdb_rating: int | None = None
    imdb_votes: int | None = None
    poster_path: str | None = None

    @property
    def media_type(self) -> MediaType:
        return self.ids.media_type


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with its titles in order."""

    list_id: int
    version: int
    properties: ListProperties
    titles: tuple[ListedTitle, ...]
