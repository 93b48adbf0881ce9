"""The events as JSON Schemas (draft 2020-12), for readers in other languages and for the compatibility check.

A schema is the reader's view: what a record must look like to be read. It is open, because readers ignore
fields they do not know. Each lies beside this module as `<ce_type>.json`; those of the last release, to which
the current ones are held, lie in `released/`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from watchbuddy_contracts.events import EVENTS, Event

JsonSchema = dict[str, Any]
"""One JSON Schema document: the only value here that has no narrower type."""

FOLDER = Path(__file__).parent


class WithoutFieldTitles(GenerateJsonSchema):
    """Leaves out the titles of fields: they only repeat the fields' names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's signature
        return False


def schema_of(model: type[Event]) -> JsonSchema:
    """Return the schema of one event type, as its readers see it."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:watchbuddy:event:{model.ce_type}",
        **model.model_json_schema(mode="validation", schema_generator=WithoutFieldTitles),
    }


def current_schemas() -> dict[str, JsonSchema]:
    """Return the schema of every event type, by its CloudEvents type."""
    return {ce_type: schema_of(EVENTS[ce_type]) for ce_type in sorted(EVENTS)}


def read_schemas(folder: Path) -> dict[str, JsonSchema]:
    """Return the schemas that lie in `folder`, by CloudEvents type; none when there is no such folder."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def write_schemas(folder: Path, schemas: Mapping[str, JsonSchema]) -> None:
    """Make the schema files of `folder` exactly `schemas`: surplus ones are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.stem not in schemas:
            path.unlink()
    for ce_type, schema in schemas.items():
        _path(folder, ce_type).write_text(_text(schema), encoding="utf-8", newline="\n")


def differences(folder: Path, schemas: Mapping[str, JsonSchema]) -> list[str]:
    """Return a line for each file of `folder` that is not as `write_schemas` would leave it."""
    found = []
    for ce_type, schema in schemas.items():
        path = _path(folder, ce_type)
        if not path.exists():
            found.append(f"missing: {path.name}")
        elif path.read_bytes() != _text(schema).encode():
            found.append(f"stale: {path.name}")
    surplus = sorted(path.name for path in folder.glob("*.json") if path.stem not in schemas)
    return [*found, *(f"surplus: {name}" for name in surplus)]


def _path(folder: Path, ce_type: str) -> Path:
    return folder / f"{ce_type}.json"


def _text(schema: JsonSchema) -> str:
    # Sorted keys: the text does not depend on the order in which pydantic builds the document.
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
