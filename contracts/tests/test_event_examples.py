"""Examples written by hand, never generated. One of a released type is never edited: its like lies in the topics."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from watchbuddy_contracts import EVENTS, Event, EventHeaders, Item
from watchbuddy_contracts.schemas import read_schemas, schema_of
from watchbuddy_contracts.schemas.compatibility import producer_view

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "contracts/examples").glob("*.json"))
TITLES = ROOT / "deploy/trakt-simulator/src/trakt_simulator/catalogue/titles.csv.gz"


def model_of(path: Path) -> type[Event]:
    """`<ce_type>.json` and `<ce_type>.<case>.json` are examples of <ce_type>."""
    (model,) = (model for ce_type, model in EVENTS.items() if f"{path.name}".startswith(f"{ce_type}."))
    return model


def with_unknown_fields(node: Any) -> Any:  # noqa: ANN401 - any node of a JSON document
    """Every object of the document gains fields that no reader knows."""
    match node:
        case dict():
            known = {key: with_unknown_fields(value) for key, value in node.items()}
            return known | {"added_later": {"deep": [1, None]}, "flag": True}
        case list():
            return [with_unknown_fields(part) for part in node]
    return node


each_example = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_every_event_type_has_one_to_three_examples() -> None:
    counts = {ce_type: sum(model_of(path).ce_type == ce_type for path in FILES) for ce_type in EVENTS}
    assert set(counts.values()) <= {1, 2, 3}, counts


def without_added(written: Any, example: Any) -> Any:  # noqa: ANN401 - any node of a JSON document
    """The document without the fields that its type gained after the example was written."""
    match written, example:
        case dict(), dict():
            return {key: without_added(written[key], example[key]) for key in written.keys() & example.keys()}
        case list(), list() if len(written) == len(example):
            return [without_added(*pair) for pair in zip(written, example, strict=True)]
    return written


@each_example
def test_an_example_is_read_and_written_again_without_change(path: Path) -> None:
    example = json.loads(path.read_bytes())
    event = model_of(path).model_validate_json(path.read_bytes())
    assert without_added(json.loads(event.to_json()), example) == example
    assert model_of(path).model_validate_json(event.to_json()) == event


@each_example
def test_an_example_with_unknown_fields_is_read_as_if_they_were_not_there(path: Path) -> None:
    document = json.loads(path.read_bytes())
    model = model_of(path)
    assert model.model_validate_json(json.dumps(with_unknown_fields(document))) == model.model_validate(document)


@each_example
def test_an_example_is_valid_under_its_schema_of_now_and_of_the_release(path: Path) -> None:
    model = model_of(path)
    released = read_schemas(ROOT / "contracts/src/watchbuddy_contracts/schemas/released")
    of_the_release = [released[model.ce_type]] if model.ce_type in released else []  # a new type has none yet
    example = json.loads(path.read_bytes())
    written = json.loads(model.model_validate(example).to_json())  # with the fields that the type gained meanwhile
    for schema, document in (
        (schema_of(model), example),
        (producer_view(schema_of(model)), written),
        *((schema, example) for schema in of_the_release),
    ):
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        validator.validate(document)


@each_example
def test_an_example_without_one_of_its_required_fields_is_refused_by_model_and_schema(path: Path) -> None:
    model = model_of(path)
    validator = jsonschema.Draft202012Validator(schema_of(model))
    document = json.loads(path.read_bytes())
    for name, field in model.model_fields.items():
        if field.is_required():
            without = {key: value for key, value in document.items() if key != name}
            assert not validator.is_valid(without)
            with pytest.raises(ValueError, match=name):
                model.model_validate(without)


def test_the_items_of_the_examples_are_real_titles() -> None:
    with gzip.open(TITLES, mode="rt", encoding="utf-8", newline="") as file:
        known = {(row["media_type"], row["imdb_id"]): row["tmdb_id"] for row in csv.DictReader(file)}
    documents = [json.loads(path.read_bytes()) for path in FILES]
    items = [
        Item.model_validate(item)
        for document in documents
        for field in ("items", "not_found", "left_out", "rejected", "not_removed", "removed_items")
        for item in document.get(field, [])
    ]
    assert len(items) >= 10
    for item in items:
        tmdb = known[item.media_type, str(item.ids.imdb)]
        assert item.ids.tmdb is None or str(item.ids.tmdb) == tmdb


def test_the_example_of_headers_is_read_and_written_again_without_change() -> None:
    headers = json.loads((ROOT / "contracts/examples/headers/watchbuddy.list.created.v1.json").read_bytes())
    assert EventHeaders.from_headers(headers).to_headers() == headers
