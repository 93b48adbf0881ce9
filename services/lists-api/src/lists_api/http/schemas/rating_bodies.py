"""Thumbs over HTTP."""

from datetime import datetime
from typing import Final, Self

from chassis.http.examples import examples
from lists_api.http.schemas.item_responses import TitleOut
from lists_api.http.schemas.strict import ResponseModel, StrictModel
from lists_api.taste.domain.rating import Rating, Vote


class ThumbIn(StrictModel):
    """What you say of a title."""

    model_config = examples({"thumb": "up"}, {"thumb": "down"})

    thumb: Vote


_RATING: Final = {
    "media_type": "movie",
    "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"},
    "thumb": "up",
    "rated_at": "2026-11-20T18:04:05Z",
    "title": "Heat",
    "year": 1995,
}


class RatingOut(TitleOut):
    """Your thumb on a title."""

    model_config = examples(_RATING)

    thumb: Vote
    rated_at: datetime
    title: str | None
    """Null, as the year: the catalogue does not know."""
    year: int | None

    @classmethod
    def rated(cls, rating: Rating) -> Self:
        return cls(
            **TitleOut.of(rating.title).model_dump(),
            thumb=rating.vote,
            rated_at=rating.rated_at,
            title=rating.name,
            year=rating.year,
        )


class RatingsOut(ResponseModel):
    """A page of your thumbs, newest first."""

    model_config = examples({"ratings": [_RATING], "page": 1, "limit": 25, "total": 1})

    ratings: list[RatingOut]
    page: int
    limit: int
    total: int
