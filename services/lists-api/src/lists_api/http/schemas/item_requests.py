"""Items, as lists-api takes them over HTTP."""

from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from chassis.http.examples import examples
from lists_api.errors import TooManyItemsError
from lists_api.http.schemas.strict import StrictModel
from lists_api.http.schemas.written import Written
from lists_api.lists.domain.items import MAX_ITEMS
from watchbuddy_contracts import MediaType, Title

MAX_ID: Final = 2**31 - 1
SLICE: Final = 20
"""Items that are validated at a time. The slice with the first mistake is the last one."""


def _imdb_id(text: str) -> str:
    if text == "tt0000000":
        raise ValueError("must not be zero")
    return text


NumericId = Annotated[int, Field(ge=1, le=MAX_ID)]
"""Trakt and TMDB count their titles in 32 bits."""
ImdbId = Annotated[
    str,
    Written(r"^tt([0-9]{7}|[1-9][0-9]{7,8})$", "must be an id of IMDb, as tt0113277"),
    AfterValidator(_imdb_id),
]
"""IMDb fills its numbers with zeros to seven digits. Any other form of the number would be a second id of one title.

Trakt answers a request of 250 items with 400 when one id of it cannot exist, so no more than nine digits are taken."""


ITEM: Final = {"media_type": "movie", "ids": {"tmdb": 949, "imdb": "tt0113277"}}
"""An item for examples."""


class IdsIn(StrictModel):
    """The ids under which catalogues know a title. At least one is given."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    trakt: NumericId | None = None
    tmdb: NumericId | None = None
    imdb: ImdbId | None = None

    @model_validator(mode="after")
    def _has_an_id(self) -> Self:
        if self.trakt is None and self.tmdb is None and self.imdb is None:
            raise ValueError("give at least one of trakt, tmdb, imdb")
        return self


class ItemIn(StrictModel):
    """A movie or a show."""

    media_type: MediaType
    ids: IdsIn

    def to_title(self) -> Title:
        return Title(self.media_type, self.ids.trakt, self.ids.tmdb, self.ids.imdb)


def _bounded(items: object, validate: ValidatorFunctionWrapHandler) -> list[ItemIn]:
    """Count the items before their contents are looked at, and stop at the first slice that has a mistake.

    Bad items then cost no more than good ones.

    Raises:
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    if not isinstance(items, list) or len(items) <= SLICE:
        checked: list[ItemIn] = validate(items)
        return checked
    if len(items) > MAX_ITEMS:
        raise TooManyItemsError(len(items), MAX_ITEMS)
    checked = []
    for start in range(0, len(items), SLICE):
        try:
            checked += validate(items[start : start + SLICE])
        except ValidationError as exc:
            raise _moved(exc, by=start) from None
    return checked


def _moved(error: ValidationError, *, by: int) -> ValidationError:
    """Return the error of a slice with the places of its items in the whole list."""
    details = [
        InitErrorDetails(
            type=one["type"],
            loc=(int(one["loc"][0]) + by, *one["loc"][1:]),
            input=one["input"],
            ctx=one.get("ctx", {}),
        )
        for one in error.errors(include_url=False)
    ]
    return ValidationError.from_exception_data(error.title, details)


_BOUNDS: Final = WrapValidator(_bounded)
_SCHEMA: Final = {"maxItems": MAX_ITEMS}
Items = Annotated[list[ItemIn], _BOUNDS, Field(json_schema_extra=_SCHEMA)]
SomeItems = Annotated[list[ItemIn], Field(min_length=1, json_schema_extra=_SCHEMA), _BOUNDS]


class ItemsIn(StrictModel):
    """Items to add or remove. One id is enough to name an item."""

    model_config = examples({"items": [ITEM]})

    items: SomeItems

    def to_titles(self) -> tuple[Title, ...]:
        return to_titles(self.items)


class AllItemsIn(StrictModel):
    """A list's items as they shall be, in order. An empty array empties the list."""

    model_config = examples({"items": [ITEM, {"media_type": "show", "ids": {"imdb": "tt2531336"}}]}, {"items": []})

    items: Items

    def to_titles(self) -> tuple[Title, ...]:
        return to_titles(self.items)


class MoveIn(StrictModel):
    """Where an item shall stand."""

    model_config = examples({"item": ITEM, "rank": 1})

    item: ItemIn
    rank: Annotated[int, Field(ge=1, le=MAX_ITEMS)]
    """1 is the first. A rank beyond the end is the last."""


def to_titles(items: list[ItemIn]) -> tuple[Title, ...]:
    """Return the titles, in the items' order."""
    return tuple(item.to_title() for item in items)
