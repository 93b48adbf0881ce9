"""The messages of the AsyncAPI document: one for each event type, and the dead letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import getdoc
from typing import Any, Final

from watchbuddy_contracts.envelope import CONTENT_TYPE
from watchbuddy_contracts.events import Event
from watchbuddy_contracts.schemas import JsonSchema
from watchbuddy_contracts.topics import topic_named

KAFKA_BINDING_VERSION: Final = "0.5.0"

_KEY: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": 255,
    "description": "The user's id in UTF-8, so that all of a user's events are in one partition, in order.",
}
_DEAD_LETTER_HEADERS: Final = {
    "dlq_reason": "Why the group cannot handle the record, in a word.",
    "dlq_error": "The error, for people. At most 1,000 characters.",
    "dlq_topic": "The topic from which the record came.",
    "dlq_partition": "The partition from which the record came, a decimal number.",
    "dlq_offset": "The offset of the record in that partition, a decimal number.",
    "dlq_group": "The consumer group that gave up.",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A hand-written event.

    Args:
        payload: the record's value.
        headers: the record's headers; None when the example has none.
    """

    payload: JsonSchema
    headers: JsonSchema | None = None


def message_of(model: type[Event], examples: Mapping[str, Example]) -> JsonSchema:
    """Return the message of one event type, with those of the examples that are of this type."""
    return {
        "name": model.ce_type,
        "title": model.__name__,
        "summary": getdoc(model),
        "contentType": CONTENT_TYPE,
        "headers": _headers_of(model),
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "bindings": _kafka(key=_KEY),
        "examples": [
            _example(name, example)
            for name, example in sorted(examples.items())
            if name == model.ce_type or name.startswith(f"{model.ce_type}.")
        ],
    }


def dead_letter_message() -> JsonSchema:
    """Return the message of the dead-letter topics: the record as it came, with headers that say why it is there."""
    return {
        "name": "dead-letter",
        "title": "DeadLetter",
        "summary": "A record that a consumer group cannot decode or handle.",
        "description": "Key, value and headers are those of the record. The value may be absent, or anything but JSON.",
        "headers": {
            "type": "object",
            "required": list(_DEAD_LETTER_HEADERS),
            "properties": {
                name: {"type": "string", "description": description}
                for name, description in _DEAD_LETTER_HEADERS.items()
            },
        },
        "payload": {},
        "bindings": _kafka(),
    }


def _headers_of(model: type[Event]) -> JsonSchema:
    return {
        "type": "object",
        "allOf": [{"$ref": "#/components/schemas/CloudEventHeaders"}],
        "properties": {
            "ce_type": {"const": model.ce_type},
            "ce_source": {"const": f"/{topic_named(model.topic).producer}"},
        },
    }


def _example(name: str, example: Example) -> JsonSchema:
    headers = {} if example.headers is None else {"headers": example.headers}
    return {"name": name, **headers, "payload": example.payload}


def _kafka(**members: Any) -> JsonSchema:  # noqa: ANN401 - members of a JSON document
    return {"kafka": {**members, "bindingVersion": KAFKA_BINDING_VERSION}}
