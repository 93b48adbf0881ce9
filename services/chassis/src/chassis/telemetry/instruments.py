"""Counters, histograms and gauges: each of a metric that `declared.py` declares, and of nothing else.

Their values are kept here, for `/metrics`. Where metrics are exported, OpenTelemetry's instruments get them too.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

from chassis.telemetry.declared import Attribute, Metric
from chassis.telemetry.exporters import is_exported

Labels = tuple[str, ...]
"""Values of a metric's attributes, in their order; "": the attribute is absent."""
Attributes = Mapping[Attribute, str | int]


@dataclass(slots=True)
class Distribution:
    """What a histogram has recorded. Args: counts: of each bucket, and behind them of what is above all."""

    counts: list[int]
    total: float = 0.0


class _Instrument:
    """Args: metric: declared, and of this kind."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self._names = frozenset(metric.attributes)

    def _labels(self, attributes: Attributes) -> Labels:
        if not attributes.keys() <= self._names:
            raise ValueError(f"{self.metric.name} has no such attribute: {attributes}")
        return tuple([str(attributes.get(one, "")) for one in self.metric.attributes])


class Counter(_Instrument):
    """Counts. Make it by `counter`."""

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric)
        self.values: dict[Labels, float] = {}
        self._pushed = (
            _meter().create_counter(metric.name, metric.unit, metric.meaning) if is_exported("METRICS") else None
        )

        self.begin(*(dict(zip(metric.attributes, labels, strict=True)) for labels in declared_series(metric)))

    def begin(self, *known: Attributes) -> None:
        """Show a zero for these series. A series that begins with its first count shows no increase by it."""
        for one in known:
            self.add(0, one)

    def add(self, amount: float, attributes: Attributes) -> None:
        """Count.

        Raises:
            ValueError: the metric has no such attribute.
        """
        labels = self._labels(attributes)
        self.values[labels] = self.values.get(labels, 0.0) + amount
        if self._pushed is not None:
            self._pushed.add(amount, _plain(attributes))


class Histogram(_Instrument):
    """Records how long something took, or another amount. Make it by `histogram`."""

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric)
        self.values = {labels: self._nothing() for labels in declared_series(metric)}
        self._pushed = (
            _meter().create_histogram(
                metric.name, metric.unit, metric.meaning, explicit_bucket_boundaries_advisory=metric.buckets
            )
            if is_exported("METRICS")
            else None
        )

    def record(self, amount: float, attributes: Attributes) -> None:
        """Record one amount, in the metric's unit.

        Raises:
            ValueError: the metric has no such attribute.
        """
        labels = self._labels(attributes)
        recorded = self.values.get(labels)
        if recorded is None:
            recorded = self.values[labels] = self._nothing()
        recorded.counts[bisect_left(self.metric.buckets, amount)] += 1
        recorded.total += amount
        if self._pushed is not None:
            self._pushed.record(amount, _plain(attributes))

    def _nothing(self) -> Distribution:
        return Distribution([0] * (len(self.metric.buckets) + 1))


@dataclass(slots=True)
class Measured:
    """What a process has measured. Args: observed: as it was last read."""

    counters: dict[Metric, Counter] = field(default_factory=dict)
    histograms: dict[Metric, Histogram] = field(default_factory=dict)
    observed: dict[Metric, Mapping[Labels, float]] = field(default_factory=dict)


MEASURED: Final = Measured()
"""Of this process. OpenTelemetry has one provider a process, too."""


def counter(metric: Metric) -> Counter:
    """Return the process's counter of the metric. The series of attributes whose values are declared begin with 0."""
    if metric not in MEASURED.counters:
        MEASURED.counters[metric] = Counter(metric)
    return MEASURED.counters[metric]


def histogram(metric: Metric) -> Histogram:
    """Return the process's histogram of the metric."""
    if metric not in MEASURED.histograms:
        MEASURED.histograms[metric] = Histogram(metric)
    return MEASURED.histograms[metric]


def observe(metric: Metric, values: Mapping[Labels, float]) -> None:
    """Replace what a metric shows that is read from time to time. Nothing: nobody knows it for the moment."""
    if metric not in MEASURED.observed and is_exported("METRICS"):
        _push(metric)
    MEASURED.observed[metric] = values


def _push(metric: Metric) -> None:
    def observations(_options: CallbackOptions) -> Iterable[Observation]:
        for labels, value in MEASURED.observed[metric].items():
            given = zip(metric.attributes, labels, strict=True)
            yield Observation(value, {str(name): label for name, label in given if label})

    create = _meter().create_observable_counter if metric.kind == "counter" else _meter().create_observable_gauge
    create(metric.name, [observations], metric.unit, metric.meaning)


def declared_series(metric: Metric) -> Iterable[Labels]:
    """Return the labels of all series, where the attributes' values are all declared; else none."""
    if all(one.values for one in metric.attributes):
        return product(*(one.values for one in metric.attributes))
    return ()


def _plain(attributes: Attributes) -> dict[str, str | int]:
    return {str(name): value for name, value in attributes.items()}


def _meter() -> metrics.Meter:
    return metrics.get_meter("watchbuddy")
