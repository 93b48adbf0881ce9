import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from watchbuddy_contracts import EVENTS, TOPICS, dead_letter_topic
from watchbuddy_contracts.asyncapi import EXAMPLES, FILE, document, read_examples, text_of
from watchbuddy_contracts.asyncapi.__main__ import main

DOCUMENT = document(read_examples(EXAMPLES))
GROUPS = [(topic, group) for topic in TOPICS for group in topic.groups]
each_type = pytest.mark.parametrize("ce_type", sorted(EVENTS))


def message(ce_type: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["components"]["messages"][EVENTS[ce_type].__name__]
    return found


def is_valid(value: object, schema: dict[str, Any]) -> bool:
    """Whether the value is valid under a schema of the document. AsyncAPI's dialect extends draft 7."""
    return jsonschema.Draft7Validator({**schema, "components": DOCUMENT["components"]}).is_valid(value)


def references(node: object) -> set[str]:
    match node:
        case {"$ref": str(reference), **beside}:
            assert not beside, "draft 7 ignores what stands beside a reference"
            return {reference}
        case dict():
            return set().union(*(references(value) for value in node.values()))
        case list():
            return set().union(*(references(part) for part in node))
    return set()


def test_the_committed_document_is_that_of_the_models() -> None:
    assert FILE.read_text(encoding="utf-8") == text_of(DOCUMENT)


def test_every_topic_and_dead_letter_topic_is_a_channel() -> None:
    names = {topic.name for topic in TOPICS} | {dead_letter_topic(topic.name, group) for topic, group in GROUPS}
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == names


@each_type
def test_an_event_type_is_a_message_of_its_topic_alone(ce_type: str) -> None:
    name = EVENTS[ce_type].__name__
    assert [key for key, channel in DOCUMENT["channels"].items() if name in channel["messages"]] == [
        EVENTS[ce_type].topic
    ]
    assert message(ce_type)["name"] == ce_type


@each_type
def test_the_examples_of_a_message_are_those_written_by_hand(ce_type: str) -> None:
    files = {path.stem: path for path in EXAMPLES.glob("*.json") if path.name.startswith(f"{ce_type}.")}
    examples = message(ce_type)["examples"]
    assert {example["name"]: example["payload"] for example in examples} == {
        name: json.loads(path.read_bytes()) for name, path in files.items()
    }


@each_type
def test_the_examples_of_a_message_are_valid_under_its_schemas(ce_type: str) -> None:
    for example in message(ce_type)["examples"]:
        assert is_valid(example["payload"], message(ce_type)["payload"])
        assert is_valid(example.get("headers", {}), message(ce_type)["headers"]) == ("headers" in example)


@each_type
def test_a_payload_without_a_required_field_is_not_valid(ce_type: str) -> None:
    payload = message(ce_type)["examples"][0]["payload"]
    for name, field in EVENTS[ce_type].model_fields.items():
        if field.is_required():
            without = {key: value for key, value in payload.items() if key != name}
            assert not is_valid(without, message(ce_type)["payload"])


def test_the_headers_of_a_message_name_its_type_and_producer() -> None:
    (example,) = (one for one in message("watchbuddy.list.created.v1")["examples"] if "headers" in one)
    assert is_valid(example["headers"], message("watchbuddy.list.created.v1")["headers"])
    assert not is_valid(example["headers"], message("watchbuddy.list.updated.v1")["headers"])
    other_source = example["headers"] | {"ce_source": "/trakt-sync"}
    assert not is_valid(other_source, message("watchbuddy.list.created.v1")["headers"])


def test_every_service_has_an_operation_for_each_topic_that_it_uses() -> None:
    operations = DOCUMENT["operations"].values()
    used = {
        (operation["tags"][0]["name"], operation["action"], operation["channel"]["$ref"]) for operation in operations
    }
    assert used == {
        *((topic.producer, "send", f"#/channels/{topic.name}") for topic in TOPICS),
        *((group, "receive", f"#/channels/{topic.name}") for topic, group in GROUPS),
        *((group, "send", f"#/channels/{dead_letter_topic(topic.name, group)}") for topic, group in GROUPS),
    }
    assert len(operations) == len(used)


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        node = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_writing_makes_the_check_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "asyncapi.json"
    assert main(["--check", "--file", str(file)]) == 1
    assert main(["--file", str(file)]) == 0
    assert main(["--check", "--file", str(file)]) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("lists-api", "lists"), encoding="utf-8")
    capsys.readouterr()
    assert main(["--check", "--file", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"stale: {file}\n")


def test_without_examples_nothing_is_written(tmp_path: Path) -> None:
    assert main(["--file", str(tmp_path / "asyncapi.json"), "--examples", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []
