"""How the running system is doing, on one screen: what its processes' `/metrics` say, as lines of text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from chassis.telemetry import declared as of
from chassis.telemetry.declared import Attribute, Metric
from chassis.telemetry.prometheus import name_of

SAMPLE: Final = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
WIDTH: Final = 22
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A line of Prometheus' text format. Args: process: whose."""

    process: str
    name: str
    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Look:
    """What all processes said at one time.

    Args:
        at: seconds, by a clock that never goes back.
        processes: name → whether it answered.
        dead_letters: consumer group → those that nothing was done about; None: Kafka did not answer.
    """

    at: float
    processes: Mapping[str, bool]
    samples: Sequence[Sample]
    dead_letters: Mapping[str, int] | None

    @classmethod
    def of(cls, at: float, pages: Mapping[str, str | None], dead_letters: Mapping[str, int] | None) -> "Look":
        """Args: pages: process → its answer; None: it did not."""
        samples = [sample for name, page in pages.items() if page is not None for sample in _samples(name, page)]
        return cls(at, {name: page is not None for name, page in pages.items()}, samples, dead_letters)

    def newest(self, metric: Metric, by: Attribute | None = None) -> dict[str, float]:
        """Return a gauge by an attribute's value, "" without one. Of several processes' the largest counts."""
        return self._joined(name_of(metric), by, max)

    def total(self, metric: Metric, by: Attribute | None = None, suffix: str = "") -> dict[str, float]:
        """Return the sum of a counter, or of a part of a histogram, over all processes."""
        return self._joined(f"{name_of(metric)}{suffix}", by, lambda one, other: one + other)

    def quantile(self, metric: Metric, share: float, since: "Look | None") -> float | None:
        """Return the bucket's upper bound below which this share is; None: nothing was recorded since then."""
        counts = [(bound, self.below(metric, bound) - (since.below(metric, bound) if since else 0))
                  for bound in [*metric.buckets, float("inf")]]  # fmt: skip
        return next((bound for bound, count in counts if count and count >= share * counts[-1][1]), None)

    def below(self, metric: Metric, bound: float) -> float:
        name = f"{name_of(metric)}_bucket"
        return sum(one.value for one in self.samples if one.name == name and float(one.labels["le"]) == bound)

    def _joined(self, name: str, by: Attribute | None, join: Callable[[float, float], float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for sample in self.samples:
            if sample.name == name:
                key = sample.labels.get(by.replace(".", "_"), "") if by else ""
                found[key] = join(found[key], sample.value) if key in found else sample.value
        return found


def lines(looks: Sequence[Look]) -> Iterator[str]:
    """Return the screen's lines.

    Args:
        looks: one, or two: then what is counted is of the time between them, else since the processes began.
    """
    now, before = looks[-1], looks[0] if len(looks) > 1 else None
    away = [name for name, answers in now.processes.items() if not answers]
    yield _line(
        "processes", f"{len(now.processes) - len(away)} answer" + "".join(f", {name} does not" for name in away)
    )
    yield _line("requests", _rates(looks, of.SERVER_DURATION, of.STATUS, "_count"))
    yield _line("outbox", _outboxes(now))
    yield _line("events sent", _rates(looks, of.SENT, of.DESTINATION))
    yield _line("consumer lag", _shown(now.total(of.CONSUMER_LAG, of.GROUP)))
    yield _line("dead letters", "Kafka does not answer" if now.dead_letters is None else _shown(now.dead_letters))
    yield _line("lists waiting", _shown(now.newest(of.LISTS_WAITING, of.WAITS_FOR)))
    yield _line("overdue", _shown(now.newest(of.LISTS_OVERDUE, of.WAITS_FOR), " s"))
    yield _line("Trakt", _rates(looks, of.CLIENT_DURATION, of.STATUS, "_count"))
    yield _line("breaker open", _shown(now.newest(of.BREAKER_OPEN, of.BREAKER_CAUSE)))
    yield _line("accounts", _shown(now.newest(of.ACCOUNTS, of.ACCOUNT_STATE)))
    slow = [(f"p{share * 100:g}", now.quantile(of.MIRROR_DELAY, share, before)) for share in (0.5, 0.95)]
    yield _line("from edit to Trakt", ", ".join(f"{name} ≤ {value:g} s" for name, value in slow if value is not None))
    yield _line("runs", _rates(looks, of.RUNS, of.RUN_OUTCOME))
    yield _line("messages", _rates(looks, of.MESSAGES, of.SEVERITY))
    yield _line("deliveries", _rates(looks, of.DELIVERIES, of.DELIVERY_OUTCOME))


def _outboxes(now: Look) -> str:
    """Return the outboxes' events by service: each of its processes says the same."""
    name, found = name_of(of.OUTBOX_EVENTS), dict[str, float]()
    for sample in now.samples:
        if sample.name == name:
            service = sample.process.partition(" ")[0]
            found[service] = max(found.get(service, 0), sample.value)
    return _shown(found)


def _rates(looks: Sequence[Look], metric: Metric, by: Attribute, suffix: str = "") -> str:
    totals = [(look.at, look.total(metric, by, suffix)) for look in looks]
    if len(totals) == 1:
        return _shown(totals[0][1])
    [((began, before), (ended, now))] = pairwise(totals)
    grown = {key: (value - before.get(key, 0)) / (ended - began) for key, value in now.items()}
    return _shown(grown, " a second")


def _shown(values: Mapping[str, float], unit: str = "") -> str:
    return ", ".join(f"{key} {value:.4g}{unit}".strip() for key, value in values.items() if value)


def _line(name: str, text: str) -> str:
    return f"{name:<{WIDTH}}{text or '-'}"


def _samples(process: str, page: str) -> Iterator[Sample]:
    for match in map(SAMPLE.fullmatch, page.splitlines()):
        if match is not None:
            yield Sample(process, match["name"], dict(LABEL.findall(match["labels"] or "")), float(match["value"]))
