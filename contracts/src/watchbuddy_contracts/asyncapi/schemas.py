"""The JSON Schemas of the AsyncAPI document.

AsyncAPI's own schema dialect is a superset of draft-07. Two things differ from the files in `schemas/`: nested models
are shared components, and a reference stands alone, because draft-07 ignores what stands beside it.
"""

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import models_json_schema

from watchbuddy_contracts.envelope import CONTENT_TYPE
from watchbuddy_contracts.events import Event
from watchbuddy_contracts.schemas import JsonSchema, WithoutFieldTitles

REFERENCE = "#/components/schemas/{model}"


def component_schemas(models: Iterable[type[Event]]) -> dict[str, JsonSchema]:
    """Return the schemas of the events and of the models in them, as readers see them, by model name."""
    _, schema = models_json_schema(
        [(model, "validation") for model in models], ref_template=REFERENCE, schema_generator=WithoutFieldTitles
    )
    return {name: _with_lone_references(part) for name, part in schema["$defs"].items()}


def cloud_event_headers() -> JsonSchema:
    """Return the schema of the headers that every event has."""
    text: JsonSchema = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "required": ["content-type", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
        "properties": {
            "content-type": {"const": CONTENT_TYPE},
            "ce_specversion": {"const": "1.0"},
            "ce_id": {
                "type": "string",
                "format": "uuid",
                "description": "UUIDv7, the same in every redelivery: what consumers de-duplicate by.",
            },
            "ce_source": text | {"description": "The producing service."},
            "ce_type": text | {"description": "Which event it is."},
            "ce_subject": {"type": "string", "description": "The list's id, or the user's for an event of no list."},
            "ce_time": {"type": "string", "format": "date-time", "description": "When the cause happened."},
            "traceparent": {
                "type": "string",
                "description": "W3C Trace Context of the producer. It is absent when the producer was not traced.",
            },
        },
    }


def _with_lone_references(node: Any) -> Any:  # noqa: ANN401 - any node of a JSON Schema
    match node:
        case {"$ref": str(reference), **beside} if beside:
            return {"allOf": [{"$ref": reference}], **beside}
        case dict():
            return {key: _with_lone_references(value) for key, value in node.items()}
        case list():
            return [_with_lone_references(part) for part in node]
    return node
