"""Previews and suggestions over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Self

from pydantic import Field

from chassis.http.examples import examples
from lists_api.catalogue.domain.filters import Filters
from lists_api.http.schemas.catalogue import NAMED_TITLE, NamedTitleOut
from lists_api.http.schemas.filters import FILTERS, FILTERS_OUT, FiltersIn, FiltersOut
from lists_api.http.schemas.item_responses import TitleOut
from lists_api.http.schemas.strict import ResponseModel, StrictModel
from lists_api.lists.domain.suggestions import Suggestion
from lists_api.lists.domain.titles import dynamic_title
from lists_api.scoring.scored import Scored
from lists_api.store.names import TitleName

MAX_PREVIEW: Final = 100
DEFAULT_PREVIEW: Final = 20
SUGGESTED_ITEMS: Final = 50
_POINTS: Final = 100

_ITEM: Final[dict[str, Any]] = {
    "media_type": "movie",
    "ids": {"trakt": None, "tmdb": 13, "imdb": "tt0109830"},
    "rank": 1,
    "title": "Forrest Gump",
    "year": 1994,
    "genres": ["comedy", "drama", "romance"],
    "rating": 8.2,
    "votes": 8147,
    "poster_path": None,
    "score": 874,
    "explanation": "8.2 from 8,147 votes; matches Comedy; widely known",
}


class PreviewIn(StrictModel):
    """The filters of a list that is not made yet."""

    model_config = examples({"filters": FILTERS, "item_limit": 20}, {"filters": {}})

    filters: FiltersIn
    item_limit: Annotated[int, Field(ge=1, le=MAX_PREVIEW)] = DEFAULT_PREVIEW
    """How many titles to show."""


class PreviewItemOut(TitleOut):
    """A title at its place."""

    rank: int
    title: str
    year: int | None
    genres: list[str]
    """Slugs."""
    rating: float | None
    """Points, 0 to 10. Null: nobody has voted."""
    votes: int
    poster_path: str | None
    """TMDB's path of the poster."""
    score: int
    """Falls along the list."""
    explanation: str
    """Why it is there."""

    @classmethod
    def ranked(cls, scored: Scored, *, rank: int) -> Self:
        title = scored.title
        return cls(
            **TitleOut.of(title.ids).model_dump(),
            rank=rank,
            title=title.name,
            year=title.year,
            genres=list(title.genres),
            rating=None if title.rating is None else title.rating / _POINTS,
            votes=title.votes,
            poster_path=title.poster_path,
            score=scored.score,
            explanation=scored.explanation,
        )


class PreviewOut(ResponseModel):
    """What a smart list with these filters would be now."""

    model_config = examples(
        {
            "title": "Unseen Comedy Movies & Shows (1990s)",
            "filters": FILTERS_OUT,
            "matching": 412,
            "has_more": False,
            "items": [_ITEM],
        }
    )

    title: str
    """What the list would be called."""
    filters: FiltersOut
    matching: int
    """How many titles match, counted to 1001."""
    has_more: bool
    """More match than were counted."""
    items: list[PreviewItemOut]

    @classmethod
    def of(cls, filters: Filters, ranked: list[Scored], *, matching: int, has_more: bool, year: int) -> Self:
        return cls(
            title=dynamic_title(filters, year=year),
            filters=FiltersOut.of(filters),
            matching=matching,
            has_more=has_more,
            items=[PreviewItemOut.ranked(one, rank=rank) for rank, one in enumerate(ranked, 1)],
        )


class SomeTitlesOut(ResponseModel):
    """How many titles there are, and the first hundred of them."""

    total: int
    titles: list[NamedTitleOut]

    @classmethod
    def of(cls, total: int, titles: Sequence[TitleName]) -> Self:
        return cls(total=total, titles=[NamedTitleOut.named(title) for title in titles])


class ListPreviewOut(ResponseModel):
    """What the list's next full run would do to its titles."""

    model_config = examples({"comes": {"total": 1, "titles": [NAMED_TITLE]}, "leaves": {"total": 0, "titles": []}})

    comes: SomeTitlesOut
    """In the order in which they would stand there."""
    leaves: SomeTitlesOut
    """In the list's order."""


class SuggestionOut(ResponseModel):
    """A smart list that is ready to be made: `POST /api/lists` takes its filters and its item_limit."""

    title: str
    reason: str
    """Why it is suggested."""
    filters: FiltersOut
    item_limit: int

    @classmethod
    def of(cls, suggestion: Suggestion, *, year: int) -> Self:
        return cls(
            title=dynamic_title(suggestion.filters, year=year),
            reason=suggestion.reason,
            filters=FiltersOut.of(suggestion.filters),
            item_limit=SUGGESTED_ITEMS,
        )


class SuggestionsOut(ResponseModel):
    """Ready-made smart lists, the most personal first. At least five."""

    model_config = examples(
        {
            "suggestions": [
                {
                    "title": "Unseen Comedy Movies & Shows (1990s)",
                    "reason": "You like Comedy",
                    "filters": FILTERS_OUT,
                    "item_limit": SUGGESTED_ITEMS,
                }
            ]
        }
    )

    suggestions: list[SuggestionOut]
