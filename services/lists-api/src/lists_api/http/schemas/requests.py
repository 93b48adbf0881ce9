"""Lists, as lists-api takes them over HTTP."""

from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from lists_api.http.schemas.item_requests import ItemIn
from lists_api.http.schemas.strict import StrictModel
from lists_api.lists.domain.media_list import Keep, ListEdit, MirrorEdit, NewList
from watchbuddy_contracts import ListType, MirrorSettings, Privacy

MAX_TITLE = 255
MAX_DESCRIPTION = 4000

_Model = TypeVar("_Model", bound=BaseModel)


def _without_nul(text: str) -> str:
    if "\x00" in text:  # Postgres stores no NUL character
        raise ValueError("must not contain the character NUL")
    return text


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE),
    AfterValidator(_without_nul),
]
Description = Annotated[str, StringConstraints(max_length=MAX_DESCRIPTION), AfterValidator(_without_nul)]


def _without_null(request: _Model, *, nullable: str = "") -> _Model:
    for name in request.model_fields_set - {nullable}:
        if getattr(request, name) is None:
            raise ValueError(f"{name} cannot be null; leave it out to keep it")
    return request


class MirrorIn(StrictModel):
    """How the list is mirrored to Trakt; what is left out keeps its value, or its default in a new list."""

    display_numbers: bool | None = None
    allow_comments: bool | None = None
    order: bool | None = None

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self)


class ListIn(StrictModel):
    """A new list."""

    title: Title
    list_type: ListType
    description: Description | None = None
    """Null: the description that WatchBuddy gives to lists of this type."""
    privacy: Privacy = "private"
    items: list[ItemIn] = Field(default=[])
    mirror: MirrorIn = MirrorIn()

    def to_new_list(self) -> NewList:
        return NewList(
            list_type=self.list_type,
            title=self.title,
            description=self.description,
            privacy=self.privacy,
            mirror=MirrorSettings(**self.mirror.model_dump(exclude_unset=True)),
            items=tuple(item.to_item() for item in self.items),
        )


class ListPatch(StrictModel):
    """New properties of a list; what is left out stays. A description of null goes back to WatchBuddy's own."""

    title: Title | None = None
    description: Description | None = None
    privacy: Privacy | None = None
    mirror: MirrorIn | None = None

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self, nullable="description")

    def to_edit(self) -> ListEdit:
        return ListEdit(
            title=self.title,
            description=self.description if "description" in self.model_fields_set else Keep.KEEP,
            privacy=self.privacy,
            mirror=MirrorEdit() if self.mirror is None else MirrorEdit(**self.mirror.model_dump()),
        )
