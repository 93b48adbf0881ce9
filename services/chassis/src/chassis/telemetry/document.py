"""`python -m chassis.telemetry.document`: docs/telemetry.md, written from what is declared."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from chassis.telemetry.declared import Metric, attributes, metrics, spans
from chassis.telemetry.prometheus import name_of

HEAD: Final = """\
# Telemetry

Written from `services/chassis/src/chassis/telemetry/declared.py` by `make schemas`; do not edit it here. What is not
declared there cannot be made: no other span, metric or attribute is ours.

`OTEL_METRICS_EXPORTER=prometheus` has each process answer `GET /metrics` on its port (`otlp,prometheus`: both ways). It
needs no token, and answers nobody who has come by a proxy. Gauges of a database are asked for when somebody scrapes, at
most every five seconds, those that read a whole table every minute. Each process of the service shows the same: take
one, `max`. [Decision 54](decisions/0054-telemetry-is-declared-before-it-is-made.md) says why it is so,
[operations](operations.md#alerts) what to do when something is wrong.
"""


def text() -> str:
    """Return the document."""
    parts = [HEAD, "## Metrics\n", _table(("metric", "of Prometheus", "kind", "unit", "meaning", "attributes"))]
    parts += [_row(*_metric(one)) for one in metrics()]
    parts += ["\n## Spans\n", _table(("span", "kind", "meaning", "attributes"))]
    parts += [_row(f"`{one.name}`", one.kind, one.meaning, _names(one.attributes)) for one in spans()]
    parts += ["\n## Attributes\n", _table(("attribute", "type", "meaning", "values"))]
    parts += [_row(f"`{one}`", one.type, one.meaning, _names(one.values)) for one in attributes()]
    return "\n".join(parts) + "\n"


def _metric(metric: Metric) -> Iterator[str]:
    yield f"`{metric.name}`"
    yield f"`{name_of(metric)}`"
    yield metric.kind
    yield metric.unit
    bounds = f"; buckets {', '.join(f'{bound:g}' for bound in metric.buckets)}" if metric.buckets else ""
    yield f"{metric.meaning}{bounds}"
    yield _names(metric.attributes)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(columns: Sequence[str]) -> str:
    return f"{_row(*columns)}\n{'|'.join(['', *('---' for _ in columns), ''])}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m chassis.telemetry.document", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", type=Path, metavar="FILE")
    what.add_argument("--check", type=Path, metavar="FILE", help="exit 1 when the file holds another document")
    arguments = parser.parse_args()
    if arguments.write is not None:
        arguments.write.write_text(text(), encoding="utf-8", newline="\n")
    elif not arguments.check.exists() or arguments.check.read_bytes() != text().encode():
        print(f"stale: {arguments.check}; write it with: make schemas", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
