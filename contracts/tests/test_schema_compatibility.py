import sys
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from watchbuddy_contracts import EVENTS
from watchbuddy_contracts.schemas import FOLDER, JsonSchema, current_schemas, read_schemas
from watchbuddy_contracts.schemas.compatibility import breaks, producer_view, reads

pytestmark = pytest.mark.skipif(  # what reads both schemas is a compiled package
    sys.version_info >= (3, 14), reason="jsoncompat has no wheel for Python 3.14"
)

TYPE = "watchbuddy.list.tested.v1"


class Inner(BaseModel):
    media_type: Literal["movie", "show"]
    tmdb: int | None = None


class Released(BaseModel):
    title: str
    count: Annotated[int, Field(ge=0)]
    privacy: Literal["private", "public"] = "private"
    detail: str | None = None
    items: tuple[Inner, ...] = ()


def changed(*, without: tuple[str, ...] = (), **fields: object) -> type[BaseModel]:
    """The released model with fields taken away, replaced or added; a field is (type, default), … = required."""
    kept = {name: (field.annotation, field) for name, field in Released.model_fields.items() if name not in without}
    return create_model("Changed", **kept | fields)  # type: ignore[call-overload, no-any-return]


def verdict(model: type[BaseModel]) -> set[str]:
    """The directions in which the change from Released to `model` breaks."""
    found = breaks({TYPE: Released.model_json_schema()}, {TYPE: model.model_json_schema()})
    return {direction for direction in ("forward", "backward") for line in found if f"({direction})" in line}


class InnerWithYear(Inner):
    year: int | None = None


class InnerWithRequiredYear(Inner):
    year: int


class InnerWithEpisode(Inner):
    media_type: Literal["movie", "show", "episode"]  # type: ignore[assignment]


HARMLESS = {
    "nothing": changed(),
    "add optional": changed(note=(str | None, None)),
    "add with default": changed(flag=(bool, False)),
    "add optional in an item": changed(items=(tuple[InnerWithYear, ...], ())),
    "required gets a default": changed(count=(Annotated[int, Field(ge=0)], 0)),
    "remove optional": changed(without=("detail",)),
}
BACKWARD = {
    "add required": changed(note=(str, ...)),
    "add required in an item": changed(items=(tuple[InnerWithRequiredYear, ...], ())),
    "drop enum value": changed(privacy=(Literal["private"], "private")),
    "tighten range": changed(count=(Annotated[int, Field(ge=1)], ...)),
}
FORWARD = {
    "remove required": changed(without=("count",)),
    "add enum value": changed(privacy=(Literal["private", "public", "friends"], "private")),
    "add enum value in an item": changed(items=(tuple[InnerWithEpisode, ...], ())),
    "required becomes optional": changed(count=(Annotated[int, Field(ge=0)] | None, None)),
    "widen range": changed(count=(Annotated[int, Field(ge=-1)], ...)),
}
BOTH = {
    "rename": changed(without=("count",), total=(Annotated[int, Field(ge=0)], ...)),
    "int becomes str": changed(count=(str, ...)),
    "array becomes object": changed(items=(Inner, ...)),
}


def parametrize(changes: dict[str, type[BaseModel]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("model", changes.values(), ids=changes.keys())


@parametrize(HARMLESS)
def test_the_check_lets_pass(model: type[BaseModel]) -> None:
    assert verdict(model) == set()


@parametrize(BACKWARD)
def test_the_check_finds_what_the_new_reader_cannot_read(model: type[BaseModel]) -> None:
    assert verdict(model) == {"backward"}


@parametrize(FORWARD)
def test_the_check_finds_what_the_old_reader_cannot_read(model: type[BaseModel]) -> None:
    assert verdict(model) == {"forward"}


@parametrize(BOTH)
def test_the_check_finds_what_neither_can_read(model: type[BaseModel]) -> None:
    assert verdict(model) == {"forward", "backward"}


def test_the_check_finds_a_type_that_is_gone_and_lets_a_new_one_pass() -> None:
    schema = Released.model_json_schema()
    assert breaks({}, {TYPE: schema}) == []
    assert breaks({TYPE: schema}, {}) == [f"{TYPE}: the type is gone; records of it still lie in the topics"]


@pytest.mark.parametrize("ce_type", sorted(EVENTS))
def test_every_type_can_be_read_by_its_own_reader(ce_type: str) -> None:
    schema = current_schemas()[ce_type]
    assert reads(schema, producer_view(schema))


def test_readers_of_the_release_and_of_now_can_read_each_other() -> None:
    released = read_schemas(FOLDER / "released")
    assert released
    assert breaks(released, current_schemas()) == []


def test_a_producer_writes_every_default_but_null_and_nothing_unknown() -> None:
    view = producer_view(Released.model_json_schema())
    assert view["required"] == ["count", "items", "privacy", "title"]
    assert view["additionalProperties"] is False
    assert view["properties"]["detail"] == {"title": "Detail", "type": "string"}


def test_a_field_may_be_named_as_a_word_of_the_schema_language() -> None:
    model = create_model("Model", default=(str, ...), anyOf=(int, ...), type=(str, "object"))
    fields: JsonSchema = producer_view(model.model_json_schema())["properties"]
    assert set(fields) == {"default", "anyOf", "type"}
