"""What lists-api takes over HTTP; what it gives is in `answers.py`.

Requests are strict: a field that is not known is an error, and so is a value of another type ("5" is no number).
"""

from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chassis.paging import PageQuery
from lists_api.items import ListItem
from lists_api.state import Keep, ListEdit, MirrorEdit, NewList
from watchbuddy_contracts import ListType, MediaType, MirrorSettings, Privacy, Trigger
from watchbuddy_contracts.items import NumericId

MAX_TITLE = 255
MAX_DESCRIPTION = 4000


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


class Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Request = TypeVar("_Request", bound=Request)


def _without_null(request: _Request, *, nullable: str = "") -> _Request:
    for name in request.model_fields_set - {nullable}:
        if getattr(request, name) is None:
            raise ValueError(f"{name} cannot be null; leave it out to keep it")
    return request


class IdsIn(Request):
    trakt: NumericId | None = None
    tmdb: NumericId | None = None
    imdb: Annotated[str, StringConstraints(pattern=r"^tt[0-9]{1,12}$")] | None = None

    @model_validator(mode="after")
    def _has_an_id(self) -> Self:
        if self.trakt is None and self.tmdb is None and self.imdb is None:
            raise ValueError("give at least one of trakt, tmdb, imdb")
        return self


class ItemIn(Request):
    media_type: MediaType
    ids: IdsIn

    def to_item(self) -> ListItem:
        return ListItem(self.media_type, self.ids.trakt, self.ids.tmdb, self.ids.imdb)


class MirrorIn(Request):
    """How the list is mirrored to Trakt; what is left out keeps its value, or its default in a new list."""

    display_numbers: bool | None = None
    allow_comments: bool | None = None
    order: bool | None = None

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self)


class ListIn(Request):
    """A new list."""

    title: Title
    list_type: ListType
    description: Description | None = None
    """Null: the description that WatchBuddy gives to lists of this type."""
    privacy: Privacy = "private"
    items: list[ItemIn] = []
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


class ListPatch(Request):
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


class ItemsIn(Request):
    """Items to add or remove."""

    items: Annotated[list[ItemIn], Field(min_length=1)]

    def to_items(self) -> tuple[ListItem, ...]:
        return tuple(item.to_item() for item in self.items)


class AllItemsIn(Request):
    """A list's items as they shall be, in order; none empties the list."""

    items: list[ItemIn]

    def to_items(self) -> tuple[ListItem, ...]:
        return tuple(item.to_item() for item in self.items)


class ListsQuery(PageQuery):
    mirrored: bool | None = None
    """Only lists that have a Trakt list, or (false) that have none."""


class SyncQuery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    force_full: bool = False
    """Rebuild from all candidates. A manual list has none: its run is the same with and without."""
    watched_only: bool = False
    """Refresh only what was watched."""

    @property
    def trigger(self) -> Trigger:
        return "watched_only" if self.watched_only else "manual"
