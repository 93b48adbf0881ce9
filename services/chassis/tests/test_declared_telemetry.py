"""What is declared of telemetry is what the code makes."""

import ast
from pathlib import Path
from typing import get_args

from chassis.kafka.envelope import Reason
from chassis.telemetry import declared
from chassis.telemetry.declared import attributes, metrics, spans
from watchbuddy_contracts.trakt import FailureReason

SERVICES = Path(__file__).parents[2]


def sources() -> list[Path]:
    found = [*SERVICES.glob("*/src/**/*.py")]
    assert len(found) > 200
    return found


def test_every_declaration_is_used_and_nothing_is_made_without_one() -> None:
    used, made = set[str](), set[str]()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == declared.__name__:
                used |= {name.name for name in node.names}
            if isinstance(node, ast.Attribute) and node.attr.startswith(("start_as_current", "start_span", "create_")):
                made.add(f"{path.name} {node.attr}")
    named = {name for name, value in vars(declared).items() if name.isupper() and any(value is one for one in all_())}
    in_spans_and_metrics = {
        id(one) for of in ([one.attributes for one in spans()] + [one.attributes for one in metrics()]) for one in of
    }
    unused = {name for name in named - used if id(vars(declared)[name]) not in in_spans_and_metrics}
    assert unused == set()
    telemetry = {one for one in made if one.endswith(("start_span", "span", "counter", "histogram", "gauge"))}
    assert telemetry == {
        "passing.py start_span",
        "providers.py start_span",
        "instruments.py create_counter",
        "instruments.py create_histogram",
        "instruments.py create_observable_counter",
        "instruments.py create_observable_gauge",
    }


def all_() -> list[object]:
    return [*spans(), *metrics(), *attributes()]


def test_names_are_declared_once_and_metrics_have_no_ids() -> None:
    for ones in (metrics(), spans()):
        assert len({one.name for one in ones}) == len(ones)
    assert len(set(attributes())) == len(attributes())
    labels = {str(one) for metric in metrics() for one in metric.attributes}
    assert not [name for name in labels if name.endswith((".id", ".version", ".offset")) and name != "service.version"]


def test_declared_values_are_those_of_the_contracts() -> None:
    assert set(declared.WAITS_FOR.values) == {"work", "account", "blocked", *get_args(FailureReason)}
    assert set(declared.REASON.values) == {"refused", "handler_failed", *get_args(Reason)}
