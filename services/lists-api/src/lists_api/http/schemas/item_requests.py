"""Items, as lists-api takes them over HTTP."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from lists_api.http.schemas.strict import StrictModel
from lists_api.lists.domain.items import ListItem
from watchbuddy_contracts import MediaType
from watchbuddy_contracts.items import NumericId


class IdsIn(StrictModel):
    trakt: NumericId | None = None
    tmdb: NumericId | None = None
    imdb: Annotated[str, StringConstraints(pattern=r"^tt[0-9]{1,12}$")] | None = None

    @model_validator(mode="after")
    def _has_an_id(self) -> Self:
        if self.trakt is None and self.tmdb is None and self.imdb is None:
            raise ValueError("give at least one of trakt, tmdb, imdb")
        return self


class ItemIn(StrictModel):
    media_type: MediaType
    ids: IdsIn

    def to_item(self) -> ListItem:
        return ListItem(self.media_type, self.ids.trakt, self.ids.tmdb, self.ids.imdb)


class ItemsIn(StrictModel):
    """Items to add or remove."""

    items: Annotated[list[ItemIn], Field(min_length=1)]

    def to_items(self) -> tuple[ListItem, ...]:
        return tuple(item.to_item() for item in self.items)


class AllItemsIn(StrictModel):
    """A list's items as they shall be, in order; none empties the list."""

    items: list[ItemIn]

    def to_items(self) -> tuple[ListItem, ...]:
        return tuple(item.to_item() for item in self.items)
