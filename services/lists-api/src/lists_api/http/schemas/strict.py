"""The bases of request and response bodies."""

from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from watchbuddy_contracts.documented import Documented

_T = TypeVar("_T")


class _WithoutNull:
    """Takes null out of the schema. `SkipJsonSchema[None]` would make a union, whose errors name its parts."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        value = handler(schema)
        kinds = [kind for kind in value.get("anyOf", []) if kind != {"type": "null"}]
        return value if len(kinds) != 1 else {name: one for name, one in value.items() if name != "anyOf"} | kinds[0]


Omittable = Annotated[_T | None, _WithoutNull()]
"""A value that may be left out, which is None. Null is no value of it, so the schema does not name it."""


def without_default(schema: dict[str, Any]) -> None:
    """Take the default out of a field's schema. Generated TypeScript clients would require a field that has one."""
    schema.pop("default", None)


OMITTED: Final[Any] = Field(default=None, json_schema_extra=without_default)
"""The default of a field that may be left out and cannot be null."""


class StrictModel(Documented):
    """A request body. An unknown field is an error, and so is a value of another type: "5" is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_NO_FIELDS: Final = frozenset[str]()


class ResponseModel(Documented):
    """A response body. Its fields are always there, those with a default too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    @classmethod
    def unchecked(cls, values: dict[str, Any]) -> Self:
        """Return the body with these values, a value for each field. It costs a quarter of validating them (measured).

        For values of our own, whose types are known. The serializer still warns of one of another type.
        """
        # As `model_construct` does it, which looks at each field and takes nine times as long.
        body = cls.__new__(cls)
        object.__setattr__(body, "__dict__", values)
        object.__setattr__(body, "__pydantic_fields_set__", _NO_FIELDS)
        object.__setattr__(body, "__pydantic_extra__", None)
        object.__setattr__(body, "__pydantic_private__", None)
        return body
