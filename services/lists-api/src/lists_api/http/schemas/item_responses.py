"""Items, and what an edit did with them, as lists-api gives them over HTTP."""

from typing import Self

from pydantic import BaseModel

from watchbuddy_contracts import MediaType, Title


class IdsOut(BaseModel):
    trakt: int | None
    tmdb: int | None
    imdb: str | None


class ItemOut(BaseModel):
    rank: int
    """1 is the first."""
    media_type: MediaType
    ids: IdsOut

    @classmethod
    def of(cls, title: Title, *, rank: int) -> Self:
        ids = IdsOut(trakt=title.trakt, tmdb=title.tmdb, imdb=title.imdb)
        return cls(rank=rank, media_type=title.media_type, ids=ids)


class ItemsOut(BaseModel):
    items: list[ItemOut]
    page: int
    limit: int
    total: int


class AddedOut(BaseModel):
    added: int
    skipped: int
    """Items that were on the list already, by any of their ids."""
    version: int


class RemovedOut(BaseModel):
    removed: int
    skipped: int
    """Items that were not on the list."""
    version: int


class ReplacedOut(BaseModel):
    added: int
    removed: int
    skipped: int
    """Items that the request names twice."""
    version: int
