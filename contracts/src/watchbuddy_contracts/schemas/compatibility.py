"""Which changes of an event type break somebody.

Forward: readers of the release must read what is produced now. Backward: readers of now must read what the
release produced, which still lies in the topics. A producer's documents are narrower than what its reader accepts:
nothing beside the known fields, no nulls, and every field that has a default other than null
(`Event.to_json` leaves out nulls alone). Comparing a reader with a producer, not two readers, is what gives the
right verdict: the plain schemas call an added optional field a break.
"""

import json
from collections.abc import Mapping

from watchbuddy_contracts.schemas import JsonSchema


def breaks(released: Mapping[str, JsonSchema], current: Mapping[str, JsonSchema]) -> list[str]:
    """Return a line for each way in which `current` breaks a reader or loses a type; none when all is well.

    Args:
        released: the readers' schemas of the last release, by CloudEvents type.
        current: those of now. A type that was not released breaks nobody: consumers skip it.

    Raises:
        ModuleNotFoundError: jsoncompat, which the developers' dependencies hold, is not installed.
    """
    found = []
    for ce_type, old in released.items():
        new = current.get(ce_type)
        if new is None:
            found.append(f"{ce_type}: the type is gone; records of it still lie in the topics")
            continue
        if not reads(old, producer_view(new)):
            found.append(f"{ce_type}: a reader of the release cannot read what is produced now (forward)")
        if not reads(new, producer_view(old)):
            found.append(f"{ce_type}: a reader of now cannot read what the release produced (backward)")
    return found


def reads(reader: JsonSchema, producer: JsonSchema) -> bool:
    """Return whether every document that is valid under `producer` is valid under `reader`."""
    # Imported here: a developers' tool, which services that import contracts do not have.
    from jsoncompat import check_compat  # noqa: PLC0415

    # jsoncompat 0.3.1 resolves references of a document that has an $id to the $id, and then refuses them.
    old, new = (
        json.dumps({key: value for key, value in schema.items() if key != "$id"}) for schema in (reader, producer)
    )
    return check_compat(old, new, "serializer")


def producer_view(reader: JsonSchema) -> JsonSchema:
    """Return the schema of the documents that a producer with the same model writes."""
    narrowed = {key: value for key, value in reader.items() if key not in {"default", "anyOf"}}
    for key in {"properties", "$defs"} & reader.keys():
        narrowed[key] = {name: producer_view(part) for name, part in reader[key].items()}
    if "items" in reader:
        narrowed["items"] = producer_view(reader["items"])
    if "anyOf" in reader:
        narrowed |= _without_null(reader["anyOf"])
    if reader.get("type") == "object":
        narrowed |= {"additionalProperties": False, "required": _always_written(reader)}
    return narrowed


def _without_null(branches: list[JsonSchema]) -> JsonSchema:
    kept = [producer_view(branch) for branch in branches if branch.get("type") != "null"]
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _always_written(reader: JsonSchema) -> list[str]:
    fields = reader.get("properties", {})
    with_default = {name for name, field in fields.items() if field.get("default") is not None}
    # A field that is required and may be null is left out when it is null: its own reader cannot read that.
    may_be_null = {name for name, field in fields.items() if {"type": "null"} in field.get("anyOf", [])}
    return sorted((with_default | set(reader.get("required", []))) - may_be_null)
