"""What the process has measured, in Prometheus' text format, version 0.0.4.

Names are made as OpenTelemetry says (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/):
`watchbuddy.outbox.delay` in `s` is `watchbuddy_outbox_delay_seconds`.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Final

from chassis.telemetry.declared import Metric
from chassis.telemetry.instruments import MEASURED, Distribution, Labels

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
UNITS: Final[Mapping[str, str]] = {"s": "_seconds", "By": "_bytes", "1": "_ratio"}


def name_of(metric: Metric) -> str:
    """Return the metric's name for Prometheus. A histogram has it with `_bucket`, `_sum` and `_count` behind."""
    name = metric.name.replace(".", "_") + UNITS.get(metric.unit, "")
    return f"{name}_total" if metric.kind == "counter" else name


def text() -> str:
    """Return all that was measured. Metrics without a series are left out."""
    series: dict[Metric, Iterable[str]] = {
        **{metric: _numbers(metric, one.values) for metric, one in MEASURED.counters.items()},
        **{metric: _distributions(metric, one.values) for metric, one in MEASURED.histograms.items()},
        **{metric: _numbers(metric, values) for metric, values in MEASURED.observed.items()},
    }
    lines: list[str] = []
    for metric, samples in sorted(series.items(), key=lambda one: one[0].name):
        if shown := list(samples):
            name = name_of(metric)
            lines += [f"# HELP {name} {_escaped(metric.meaning)}", f"# TYPE {name} {metric.kind}", *shown]
    return "".join(f"{line}\n" for line in lines)


def _numbers(metric: Metric, values: Mapping[Labels, float]) -> Iterator[str]:
    for labels, value in values.items():
        yield _sample(name_of(metric), _pairs(metric, labels), value)


def _distributions(metric: Metric, values: Mapping[Labels, Distribution]) -> Iterator[str]:
    name = name_of(metric)
    for labels, recorded in values.items():
        pairs = _pairs(metric, labels)
        bounds = [*(repr(float(bound)) for bound in metric.buckets), "+Inf"]
        for bound, count in zip(bounds, accumulate(recorded.counts), strict=True):
            yield _sample(f"{name}_bucket", [*pairs, f'le="{bound}"'], count)
        yield _sample(f"{name}_sum", pairs, recorded.total)
        yield _sample(f"{name}_count", pairs, sum(recorded.counts))


def _pairs(metric: Metric, labels: Labels) -> list[str]:
    named = zip(metric.attributes, labels, strict=True)
    return [f'{name.replace(".", "_")}="{_escaped(value, quote=True)}"' for name, value in named if value]


def _sample(name: str, pairs: Iterable[str], value: float) -> str:
    labels = ",".join(pairs)
    return f"{name}{{{labels}}} {value!r}" if labels else f"{name} {value!r}"


def _escaped(text: str, *, quote: bool = False) -> str:
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    return escaped.replace('"', r"\"") if quote else escaped
