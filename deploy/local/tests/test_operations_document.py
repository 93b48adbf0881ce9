"""What docs/operations.md names is there, and what the code logs as a warning or worse stands in it."""

import argparse
import ast
import importlib
import pkgutil
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from pydantic_settings import BaseSettings

from chassis.process import Command
from chassis.telemetry import declared
from chassis.telemetry.prometheus import name_of
from local_stack.testing import upgrade_order

ROOT: Final = Path(__file__).parents[3]
DOCUMENT: Final = (ROOT / "docs/operations.md").read_text()
SOURCES: Final = sorted(ROOT.glob("services/*/src/**/*.py"))
LOUD: Final = {"warning", "error", "exception", "critical"}
LEVELS: Final = {"debug", "info"} | LOUD
WITH_COMMANDS: Final = ("lists_api", "trakt_sync", "notifier", "chassis.dead_letters", "chassis.offsets")

OTHERS: Final = {
    "chassis.pseudonym",
    "chassis.topics",
    "chassis.token",
    "benchmarks",
    "local_stack",
    "local_stack.footprint",
    "<service>",
    "lists_api|trakt_sync",
}
"""Modules that are run and have no commands of their own, or stand for several."""


@cache
def logged() -> dict[str, set[str]]:
    """Return each log event of the services' code, with the levels at which it is logged."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("log"), attr=level), args=[event, *_]) if (
                    level in LEVELS
                ):
                    for name in _texts(event):
                        found.setdefault(name, set()).add(level)
    return found | {"consumer_failed": {"error"}, "consumer_warned": {"warning"}}  # the Kafka client's own lines


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp():
            yield from _texts(node.body)
            yield from _texts(node.orelse)


def spans(text: str) -> list[str]:
    """Return what stands between backticks in one line."""
    return re.findall(r"`([^`\n]+)`", text)


def first_cells(section: str) -> list[str]:
    """Return the spans in the first column of the section's tables."""
    return [span for line in section.splitlines() if line.startswith("| ") for span in spans(line.split(" | ")[0])]


def section(title: str) -> str:
    return re.split(r"^## ", DOCUMENT.partition(f"\n## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def test_every_log_event_of_the_document_is_logged() -> None:
    text = section("What to look for")
    named = {*first_cells(text), *spans(next(line for line in text.splitlines() if line.startswith("The ordinary:")))}
    named = {one for one in named if re.fullmatch(r"[a-z]+(_[a-z]+)+|consuming|swept", one)}
    assert len(named) > 60
    assert named - logged().keys() - {"list_ids", "is_last"} == set()


@cache
def words_of_the_code() -> set[str]:
    """Return every word of the services' code, but that of migrations, which has names of old."""
    return {word for path in SOURCES for word in re.findall(r"\w+", path.read_text())}


def test_every_name_of_the_document_stands_in_the_code() -> None:
    named = {span for span in spans(DOCUMENT) if re.fullmatch(r"[a-z]+(_[a-z]+)+", span)}
    metrics = {name_of(one): one for one in declared.metrics()}
    labels = {name.replace(".", "_") for one in metrics.values() for name in one.attributes}
    assert named - words_of_the_code() - metrics.keys() - labels == {"pg_dump", "pg_restore"}


def test_every_link_of_the_document_leads_somewhere() -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", DOCUMENT):
        file, _, place = link.partition("#")
        target = ROOT / "docs" / file if file else ROOT / "docs/operations.md"
        if not target.exists() or (place and place not in places(target.read_text())):
            lost.append(link)
    assert lost == []


def places(text: str) -> set[str]:
    """Return the anchors of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_warning_of_the_code_stands_in_the_document() -> None:
    loud = {event for event, levels in logged().items() if levels & LOUD}
    assert len(loud) > 40
    assert {event for event in loud if f"`{event}`" not in DOCUMENT} == set()


def commands(package: str) -> Mapping[str, Command]:
    found: Mapping[str, Command] = importlib.import_module(f"{package}.__main__").COMMANDS
    return found


def described() -> list[list[str]]:
    """Return the words behind `python -m` of each command in the document; `a|b` are two commands."""
    found = [shlex.split(span.replace("|", "\\|"))[2:] for span in spans(DOCUMENT) if span.startswith("python -m ")]
    return [list(words) for one in found if "…" not in one for words in product(*(word.split("|") for word in one))]


def test_every_command_of_the_document_is_there_with_its_options() -> None:
    wrong: list[tuple[str, ...]] = []
    for module, *words in described():
        if module == "<service>":
            module = "notifier"  # noqa: PLW2901 - they all have it
        if module not in WITH_COMMANDS:
            assert module in OTHERS, module
            continue
        command = next((name for name in commands(module) if " ".join(words).startswith(name)), None)
        if command is None:
            wrong.append((module, *words))
            continue
        parser = argparse.ArgumentParser()
        commands(module)[command].arguments(parser)
        options = {option for action in parser._actions for option in action.option_strings}
        wrong += [(module, word) for word in words if word.startswith("--") and word not in options]
    assert wrong == []


@pytest.mark.parametrize("package", WITH_COMMANDS)
def test_every_command_stands_in_the_document(package: str) -> None:
    left_out = {"openapi", "migrate"}
    missing = [
        name
        for name in commands(package)
        if name not in left_out and any(not re.search(rf"\b{re.escape(word)}\b", DOCUMENT) for word in name.split())
    ]
    assert missing == []


def settings() -> set[str]:
    """Return the names of all settings as the environment has them."""
    for package in ("chassis", "lists_api", "trakt_sync", "notifier"):
        module = importlib.import_module(package)
        for one in pkgutil.walk_packages(module.__path__, f"{package}."):
            if one.name.rpartition(".")[2] in {"settings", "topics", "token"}:
                importlib.import_module(one.name)
    found: set[str] = set()
    kinds = list(BaseSettings.__subclasses__())
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= {name.upper() for name in kind.model_fields}
    return found


def test_every_setting_of_the_document_is_one() -> None:
    named = {span for span in spans(DOCUMENT) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)}
    outside = {"SECRETS_DIR", "SASL_SSL", "SASL_PLAINTEXT"}
    assert len(named) > 40
    assert {one for one in named if not one.startswith("OTEL_")} - settings() - outside == set()


def test_every_metric_of_the_document_is_declared() -> None:
    named = set(re.findall(r"`(watchbuddy\.[a-z_.]+)`", DOCUMENT))
    named = {one for one in named if not re.search(r"\.v1$|\.v1\.", one)}
    assert named - {one.name for one in declared.metrics()} == set()


def test_a_new_version_comes_to_each_service_once_and_in_the_same_order_on_kubernetes() -> None:
    order = upgrade_order(DOCUMENT)
    assert sorted(order) == ["lists-api", "notifier", "trakt-sync"]
    section = (ROOT / "deploy/kubernetes/README.md").read_text().partition("\n### A new version\n")[2]
    assert re.findall(r"lists-api|trakt-sync|notifier", section.partition("Old and new")[0]) == order


def test_every_procedure_has_steps_and_tests_that_are_there() -> None:
    procedures = re.split(r"^### ", section("Procedures"), flags=re.MULTILINE)[1:]
    assert len(procedures) >= 10
    for procedure in procedures:
        title = procedure.splitlines()[0]
        assert "\n1. " in procedure, title
        shown = procedure.partition("Shown by ")[2]
        tests = [span for span in spans(shown) if "::" in span]
        assert tests or re.search("`make (faults|rolling)", shown), title
        for test in tests:
            path, name = test.split("::")
            assert f"def {name}(" in (ROOT / path).read_text(), test
