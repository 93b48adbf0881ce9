"""The bases of request and response bodies."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

NoneOmitted = SkipJsonSchema[None]
"""None for a field that was left out. Null is no value of it, so the schema does not name it."""


def without_default(schema: dict[str, Any]) -> None:
    """Take the default out of a field's schema: leaving the field out is not the same as sending null."""
    schema.pop("default", None)


OMITTED: Final[Any] = Field(default=None, json_schema_extra=without_default)
"""The default of a field that may be left out and cannot be null."""


class StrictModel(BaseModel):
    """A request body. An unknown field is an error, and so is a value of another type: "5" is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class ResponseModel(BaseModel):
    """A response body. Its fields are always there, those with a default too."""

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_serialization_defaults_required=True)
