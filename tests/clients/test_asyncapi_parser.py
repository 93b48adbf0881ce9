"""The AsyncAPI document before the format's own parser, `@asyncapi/parser`."""

import json
import shutil
from pathlib import Path

from clients.node import HERE, Node
from watchbuddy_contracts import EVENTS, TOPICS
from watchbuddy_contracts.asyncapi import FILE

A_NEWER_VERSION_IS_THERE = "asyncapi-latest-version"
"""3.1.0 adds nothing for Kafka. 3.0.0 is what most tools read."""


def test_the_parser_accepts_the_document_and_refuses_one_with_a_wrong_schema(node: Node, tmp_path: Path) -> None:
    shutil.copy(HERE / "check-asyncapi.mjs", tmp_path)
    wrong = json.loads(FILE.read_bytes())
    wrong["components"]["schemas"]["Item"]["type"] = "title"
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")

    done = node.run(tmp_path, "check-asyncapi.mjs", str(FILE), "wrong.json")
    assert done.returncode == 0, done.stderr
    ours, refused = json.loads(done.stdout)

    assert {one["code"] for one in ours["diagnostics"]} <= {A_NEWER_VERSION_IS_THERE}, ours["diagnostics"]
    groups = sum(len(topic.groups) for topic in TOPICS)
    assert ours["channels"] == len(TOPICS) + groups
    assert ours["messages"] == len(EVENTS) + 1
    assert ours["operations"] == len(TOPICS) + 2 * groups
    assert any("type" in one["path"] for one in refused["diagnostics"]), refused["diagnostics"]
