"""An item of a list: a movie or a show, named by its ids.

Identity is (media_type, ids), never a bare number: movie 5 and show 5 are two items.
"""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from watchbuddy_contracts.documented import Documented

MediaType = Literal["movie", "show"]
NumericId = Annotated[int, Field(ge=1, le=2**63 - 1)]
ImdbId = Annotated[str, Field(pattern=r"^tt[0-9]{1,12}$")]


class ItemIds(Documented):
    """The ids under which catalogues know a title; at least one is given.

    A further kind of id can be added as a field, but not sent alone: readers of today would refuse such an item.
    """

    # minProperties: the schema's nearest word for the validator below (jsoncompat does not follow anyOf of required).
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, json_schema_extra={"minProperties": 1})

    trakt: NumericId | None = None
    tmdb: NumericId | None = None
    imdb: ImdbId | None = None

    @model_validator(mode="after")
    def _has_an_id(self) -> Self:
        if self.trakt is None and self.tmdb is None and self.imdb is None:
            raise ValueError("give at least one of trakt, tmdb, imdb")
        return self


class Item(Documented):
    """One place of a list. The order of a list's items is their rank."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    media_type: MediaType
    ids: ItemIds
