"""Items, and what an edit did with them, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Self

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel
from lists_api.lists.domain.item_page import ListItem
from watchbuddy_contracts import MediaType, Title


class IdsOut(ResponseModel):
    """The ids that the list has of the title. At least one is there."""

    trakt: int | None
    tmdb: int | None
    imdb: str | None


class TitleOut(ResponseModel):
    """A movie or a show."""

    media_type: MediaType
    ids: IdsOut

    @classmethod
    def of(cls, title: Title) -> Self:
        return cls(media_type=title.media_type, ids=IdsOut(trakt=title.trakt, tmdb=title.tmdb, imdb=title.imdb))


class ItemOut(TitleOut):
    """An item at its place, with what the catalogue and your history know of it."""

    rank: int
    """1 is the first of the list, whatever the page is sorted by."""
    title: str | None
    """Null, as the three that follow: the catalogue does not know."""
    year: int | None
    rating: float | None
    """Points, 0 to 10."""
    poster_path: str | None
    """TMDB's path of the poster."""
    is_pinned: bool
    """Every run keeps it: it was added to a custom list by hand."""
    score: int | None
    """Of the run that put it there. Null: no run did."""
    explanation: str | None
    """Why it is there."""
    added_at: datetime
    is_watched: bool
    watched_at: datetime | None
    """Null: not watched, or Trakt does not say when."""

    @classmethod
    def at(cls, item: ListItem) -> Self:
        return cls(
            **TitleOut.of(item.title).model_dump(),
            rank=item.rank,
            title=item.name,
            year=item.year,
            rating=None if item.rating is None else item.rating / 100,
            poster_path=item.poster_path,
            is_pinned=item.is_pinned,
            score=item.score,
            explanation=item.explanation,
            added_at=item.added_at,
            is_watched=item.is_watched,
            watched_at=item.watched_at,
        )


class ItemsOut(ResponseModel):
    """A page of a list's items, in order."""

    model_config = examples(
        {
            "items": [
                {
                    "rank": 1,
                    "media_type": "movie",
                    "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"},
                    "title": "Heat",
                    "year": 1995,
                    "rating": 7.7,
                    "poster_path": None,
                    "is_pinned": False,
                    "score": 874,
                    "explanation": "7.7 from 1,886 votes; matches Crime",
                    "added_at": "2026-11-20T18:04:05Z",
                    "is_watched": False,
                    "watched_at": None,
                }
            ],
            "page": 1,
            "limit": 25,
            "total": 1,
        }
    )

    items: list[ItemOut]
    page: int
    limit: int
    total: int


class AddedOut(ResponseModel):
    """What an addition did."""

    model_config = examples({"added": 1, "skipped": 0, "version": 2})

    added: int
    skipped: int
    """Items that were on the list already, by any of their ids."""
    version: int


class RemovedOut(ResponseModel):
    """What a removal did."""

    model_config = examples({"removed": 1, "skipped": 0, "version": 3})

    removed: int
    skipped: int
    """Items that were not on the list."""
    version: int


class ReplacedOut(ResponseModel):
    """What a replacement of all items did."""

    model_config = examples({"added": 2, "removed": 1, "skipped": 0, "version": 4})

    added: int
    removed: int
    skipped: int
    """Items that the request names twice."""
    version: int


class MovedOut(ResponseModel):
    """What a move did."""

    model_config = examples({"moved": 1, "skipped": 0, "version": 5})

    moved: int
    skipped: int
    """1: the item is not on the list, or stands there already."""
    version: int


class ExclusionsOut(ResponseModel):
    """Titles that no run puts on the list."""

    model_config = examples(
        {
            "items": [{"media_type": "movie", "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"}}],
            "page": 1,
            "limit": 25,
            "total": 1,
        }
    )

    items: list[TitleOut]
    page: int
    limit: int
    total: int
