"""The topics and events as one AsyncAPI 3 document, for readers in other languages and for generators.

The committed document is `asyncapi.json` beside this module. `python -m watchbuddy_contracts.asyncapi` writes it.
Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from watchbuddy_contracts.asyncapi.channels import channels_of, operations_of
from watchbuddy_contracts.asyncapi.messages import Example, dead_letter_message, message_of
from watchbuddy_contracts.asyncapi.schemas import cloud_event_headers, component_schemas
from watchbuddy_contracts.events import EVENTS
from watchbuddy_contracts.schemas import JsonSchema
from watchbuddy_contracts.topics import TOPICS

FILE: Final = Path(__file__).with_name("asyncapi.json")
EXAMPLES: Final = Path(__file__).parents[3] / "examples"
"""The hand-written events. They lie in the repository and not in the wheel."""

_DESCRIPTION: Final = """\
Every change of a list, and everything that happened to it on Trakt.

A record is a CloudEvents 1.0 event in Kafka's binary mode: its attributes are `ce_*` headers, its value is JSON. \
Delivery is at least once and in order per user; a repeated event may come late. Consumers de-duplicate by `ce_id`, \
take the newest `version` of a list, and ignore fields and types that they do not know."""


def document(examples: Mapping[str, Example]) -> JsonSchema:
    """Return the AsyncAPI document.

    Args:
        examples: hand-written events by name, `<ce_type>` or `<ce_type>.<case>`.
    """
    messages = {model.__name__: message_of(model, examples) for model in EVENTS.values()}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:watchbuddy:events",
        "info": {"title": "WatchBuddy list sync", "version": "1", "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"kafka": _SERVER},
        "channels": channels_of(TOPICS),
        "operations": operations_of(TOPICS),
        "components": {
            "messages": messages | {"DeadLetter": dead_letter_message()},
            "schemas": {"CloudEventHeaders": cloud_event_headers(), **component_schemas(EVENTS.values())},
        },
    }


def text_of(document: JsonSchema) -> str:
    """Return the document as the committed file holds it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_examples(folder: Path) -> dict[str, Example]:
    """Return the hand-written events of `folder`, each with its headers where `headers/<name>.json` holds them."""
    return {path.stem: _read_example(path) for path in sorted(folder.glob("*.json"))}


def _read_example(path: Path) -> Example:
    headers = path.parent / "headers" / path.name
    return Example(
        payload=json.loads(path.read_text(encoding="utf-8")),
        headers=json.loads(headers.read_text(encoding="utf-8")) if headers.exists() else None,
    )


_SERVER: Final = {
    "host": "{bootstrap_servers}",
    "protocol": "kafka",
    "description": "The broker that the services share.",
    "variables": {
        "bootstrap_servers": {
            "default": "127.0.0.1:9092",
            "description": "KAFKA_BOOTSTRAP_SERVERS of the services. `make kafka` listens at the default.",
        }
    },
}
