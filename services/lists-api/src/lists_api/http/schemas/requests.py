"""Lists, as lists-api takes them over HTTP."""

import hashlib
from dataclasses import replace
from typing import Self, TypeVar

from pydantic import BaseModel, Field, model_validator

from chassis.http.examples import examples
from lists_api.http.schemas.item_requests import ITEM, Items, to_titles
from lists_api.http.schemas.strict import OMITTED, Omittable, StrictModel, without_default
from lists_api.http.schemas.texts import Description, TitleText
from lists_api.lists.domain.properties import ListProperties
from watchbuddy_contracts import ListType, MirrorSettings, Privacy, Title

_Model = TypeVar("_Model", bound=BaseModel)


def _without_null(body: _Model, *, nullable: str = "") -> _Model:
    for name in body.model_fields_set - {nullable}:
        if getattr(body, name) is None:
            raise ValueError(f"{name} cannot be null; leave it out to keep it")
    return body


class MirrorIn(StrictModel):
    """How the list is mirrored to Trakt. What is left out keeps its value, or its default in a new list."""

    display_numbers: Omittable[bool] = OMITTED
    allow_comments: Omittable[bool] = OMITTED
    order: Omittable[bool] = OMITTED
    """Whether a change of order alone is sent. The first mirror is in order in any case."""

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self)

    def applied_to(self, mirror: MirrorSettings) -> MirrorSettings:
        return mirror.model_copy(update=self.model_dump(exclude_unset=True))


class ListIn(StrictModel):
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
    )

    title: TitleText
    list_type: ListType
    description: Description | None = None
    """Null: the description that WatchBuddy gives to lists of this type."""
    privacy: Privacy = Field(default="private", json_schema_extra=without_default)
    """Left out: private."""
    items: Items = Field(default_factory=list)
    mirror: MirrorIn = Field(default_factory=MirrorIn)

    def to_properties(self) -> ListProperties:
        values = {name: getattr(self, name) for name in type(self).model_fields if name != "items"}
        return ListProperties(**values | {"mirror": self.mirror.applied_to(MirrorSettings())})

    def to_titles(self) -> tuple[Title, ...]:
        return to_titles(self.items)

    def fingerprint(self) -> bytes:
        """Return a hash that is the same for the same JSON value, however it is written."""
        return hashlib.sha256(self.model_dump_json(exclude_unset=True).encode()).digest()


class ListPatch(StrictModel):
    """New properties of a list. What is left out stays. A description of null goes back to WatchBuddy's own."""

    model_config = examples({"title": "Noir", "mirror": {"order": True}}, {"description": None})

    title: Omittable[TitleText] = OMITTED
    description: Description | None = Field(default=None, json_schema_extra=without_default)
    privacy: Omittable[Privacy] = OMITTED
    mirror: Omittable[MirrorIn] = OMITTED

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        return _without_null(self, nullable="description")

    def applied_to(self, properties: ListProperties) -> ListProperties:
        values = {name: getattr(self, name) for name in self.model_fields_set}
        if self.mirror is not None:
            values["mirror"] = self.mirror.applied_to(properties.mirror)
        return replace(properties, **values)
