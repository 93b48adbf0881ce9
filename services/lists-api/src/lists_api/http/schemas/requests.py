"""Lists, as lists-api takes them over HTTP."""

import hashlib
from dataclasses import replace
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, Field, model_validator

from chassis.http.examples import examples
from lists_api.catalogue.domain.filters import Filters
from lists_api.errors import PatchRefusedError
from lists_api.http.schemas.filters import FILTERS, FiltersIn, FiltersPatch
from lists_api.http.schemas.item_requests import ITEM, Items, to_titles
from lists_api.http.schemas.strict import OMITTED, Omittable, StrictModel, without_default
from lists_api.http.schemas.texts import Description, TitleText
from lists_api.lists.domain.filling import MAX_FILLED, Filling, Sort
from lists_api.lists.domain.properties import ListProperties
from watchbuddy_contracts import (
    ListType,
    MirrorMode,
    MirrorSettings,
    MirrorTarget,
    Privacy,
    Title,
    WhenChanged,
    WhenDeleted,
)

ItemLimit = Annotated[int, Field(ge=1, le=MAX_FILLED)]
_Model = TypeVar("_Model", bound=BaseModel)


def _without_null(body: _Model, *nullable: str) -> _Model:
    for name in body.model_fields_set.difference(nullable):
        if getattr(body, name) is None:
            raise ValueError(f"{name} cannot be null; leave it out to keep it")
    return body


class MirrorIn(StrictModel):
    """How the list is mirrored to Trakt. What is left out keeps its value, or its default in a new list."""

    display_numbers: Omittable[bool] = OMITTED
    allow_comments: Omittable[bool] = OMITTED
    order: Omittable[bool] = OMITTED
    """Whether a change of order alone is sent. The first mirror is in order in any case."""
    mode: Omittable[MirrorMode] = OMITTED
    """`mirror`: Trakt equals the list. `keep_extra`: what you add by hand on Trakt stays; what WatchBuddy put there is
    removed when it leaves the list. `add_only`: nothing is ever removed. Left out: mirror."""
    when_deleted: Omittable[WhenDeleted] = OMITTED
    """When you delete the list on Trakt: make it anew, or leave it and stop mirroring. Left out: recreate."""
    when_changed: Omittable[WhenChanged] = OMITTED
    """When you rename the list on Trakt or change its privacy there: put that back, or change the list here too. Left
    out: restore."""
    when_removed: Omittable[WhenChanged] = OMITTED
    """When you take a title off on Trakt: put it back, or take it off here too. Left out: restore."""
    target: Omittable[MirrorTarget] = OMITTED
    """A Trakt list of its own, or your watchlist, which one of your lists can have. Left out: list."""

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self)

    def applied_to(self, mirror: MirrorSettings) -> MirrorSettings:
        return mirror.model_copy(update=self.model_dump(exclude_unset=True))


class FillingIn(StrictModel):
    """How a smart or custom list fills itself. A manual list takes none of it."""

    item_limit: Omittable[ItemLimit] = OMITTED
    """Most items of the list. Pinned titles are kept beyond it. Left out: 50."""
    sort: Omittable[Sort] = OMITTED
    """Order of the items, here and on Trakt. Left out: rank."""
    exclude_watched: Omittable[bool] = OMITTED
    """Whether what you have watched leaves the list at its next run, pinned or not. Left out: false."""
    sync_interval_hours: Omittable[Annotated[int, Field(ge=1, le=720)]] = OMITTED
    """From one run to the next. Left out: 24."""
    full_sync_days: Omittable[Annotated[int, Field(ge=1, le=30)]] = OMITTED
    """A run ranks everything anew when the last one that did is older. Left out: 7."""
    is_paused: Omittable[bool] = OMITTED
    """Whether the list is run by hand alone. Left out: false."""

    def filling_values(self) -> dict[str, Any]:
        """Return what is given."""
        return {name: getattr(self, name) for name in FillingIn.model_fields if name in self.model_fields_set}


class ListIn(FillingIn):
    """A new list."""

    model_config = examples(
        {
            "title": "Heists",
            "list_type": "manual",
            "description": "Plans that nearly work",
            "privacy": "friends",
            "items": [ITEM],
            "mirror": {"order": True},
        },
        {"title": "Heists", "list_type": "manual"},
        {"list_type": "smart", "filters": FILTERS, "item_limit": 50, "sync_interval_hours": 24},
    )

    title: Omittable[TitleText] = OMITTED
    """A smart list may leave it out: its title is then made from its filters, and follows them."""
    list_type: ListType
    description: Description | None = None
    """Null: the description that WatchBuddy gives to lists of this type."""
    privacy: Privacy = Field(default="private", json_schema_extra=without_default)
    """Left out: private."""
    items: Items = Field(default_factory=list)
    """Of a manual list; of a custom list, the titles that are pinned. A smart list takes none."""
    mirror: MirrorIn = Field(default_factory=MirrorIn)
    filters: Omittable[FiltersIn] = OMITTED
    """Which titles a smart or custom list wants. Left out: any."""
    allow_duplicate: bool = Field(default=False, json_schema_extra=without_default)
    """Whether you may have another list of the type with the same filters. Left out: false."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        _without_null(self, "description")
        if self.title is None and self.list_type != "smart":
            raise ValueError(f"a {self.list_type} list needs a title")
        given = {*self.filling_values(), *self.model_fields_set.intersection({"filters"})}
        if self.list_type == "manual" and given:
            raise ValueError(f"a manual list takes no {', '.join(sorted(given))}")
        return self

    def to_properties(self) -> ListProperties:
        filling = None
        if self.list_type != "manual":
            filters = Filters() if self.filters is None else self.filters.to_filters()
            filling = Filling(filters=filters, **self.filling_values())
        return ListProperties(
            title=self.title or "",
            list_type=self.list_type,
            description=self.description,
            privacy=self.privacy,
            mirror=self.mirror.applied_to(MirrorSettings()),
            has_own_title=self.title is not None,
            filling=filling,
        )

    def to_titles(self) -> tuple[Title, ...]:
        return to_titles(self.items)

    def fingerprint(self) -> bytes:
        """Return a hash that is the same for the same JSON value, however it is written."""
        return hashlib.sha256(self.model_dump_json(exclude_unset=True).encode()).digest()


class ListPatch(FillingIn):
    """New properties of a list. What is left out stays.

    A description of null goes back to WatchBuddy's own. A title of null gives a smart list the title that is made from
    its filters.
    """

    model_config = examples(
        {"title": "Noir", "mirror": {"order": True}},
        {"description": None},
        {"filters": {"genres": ["crime"], "year_to": None}, "is_paused": True},
    )

    title: TitleText | None = Field(default=None, json_schema_extra=without_default)
    description: Description | None = Field(default=None, json_schema_extra=without_default)
    privacy: Omittable[Privacy] = OMITTED
    mirror: Omittable[MirrorIn] = OMITTED
    filters: Omittable[FiltersPatch] = OMITTED
    """Filters that are left out stay; null takes a filter away."""
    allow_duplicate: bool = Field(default=False, json_schema_extra=without_default)
    """As in a new list."""

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self, "title", "description")

    def applied_to(self, properties: ListProperties) -> ListProperties:
        """Return the properties after the change.

        Raises:
            PatchRefusedError: the list is of a type that has no such property, or the filters contradict each other.
        """
        given = self.model_fields_set
        values = {name: getattr(self, name) for name in given.intersection({"title", "description", "privacy"})}
        if self.mirror is not None:
            values["mirror"] = self.mirror.applied_to(properties.mirror)
        if "title" in given:
            values |= self._title(properties)
        return replace(properties, **values, filling=self._filling(properties))

    def _title(self, properties: ListProperties) -> dict[str, Any]:
        if self.title is None and properties.list_type != "smart":
            raise PatchRefusedError(f"A {properties.list_type} list needs a title.")
        return {"has_own_title": self.title is not None, "title": self.title or properties.title}

    def _filling(self, properties: ListProperties) -> Filling | None:
        values, filling = self.filling_values(), properties.filling
        if filling is None:
            if refused := sorted([*values, *self.model_fields_set.intersection({"filters"})]):
                raise PatchRefusedError(f"A manual list takes no {', '.join(refused)}.")
            return None
        if self.filters is not None:
            values["filters"] = self.filters.applied_to(filling.filters)
        return replace(filling, **values)
