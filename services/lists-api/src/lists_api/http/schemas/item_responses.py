"""Items, and what an edit did with them, as lists-api gives them over HTTP."""

from typing import Self

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel
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


class ItemOut(ResponseModel):
    """An item at its place."""

    rank: int
    """1 is the first."""
    media_type: MediaType
    ids: IdsOut

    @classmethod
    def of(cls, title: Title, *, rank: int) -> Self:
        ids = IdsOut(trakt=title.trakt, tmdb=title.tmdb, imdb=title.imdb)
        return cls(rank=rank, media_type=title.media_type, ids=ids)


class ItemsOut(ResponseModel):
    """A page of a list's items, in order."""

    model_config = examples(
        {
            "items": [{"rank": 1, "media_type": "movie", "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"}}],
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
