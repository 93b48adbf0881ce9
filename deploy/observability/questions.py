"""What dashboards ask, in PromQL of declared metrics alone."""  # noqa: INP001

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chassis.telemetry import declared as of
from chassis.telemetry.declared import Attribute, Metric
from chassis.telemetry.prometheus import name_of
from watchbuddy_contracts import Event, TraktDriftFound, TraktReauthorizationRequired

RANGE: Final = "[$__rate_interval]"
JOB: Final = 'job="$job"'
Queries = Mapping[str, str]
"""PromQL → legend."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A question. Args: unit: Grafana's; description: what a good answer looks like."""

    title: str
    queries: Queries
    unit: str = "short"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Args: rows: title → panels; has_service: its reader chooses a service, `$job`."""

    uid: str
    title: str
    rows: Mapping[str, Sequence[Panel]]
    has_service: bool = False


def label(attribute: Attribute) -> str:
    """Return the attribute's name in Prometheus."""
    return attribute.replace(".", "_")


def is_one(attribute: Attribute, value: str, how: str = "=") -> str:
    """Return the matcher of an attribute."""
    return f'{label(attribute)}{how}"{value}"'


def total(metric: Metric, by: str = "", where: str = "") -> str:
    """Return how many a second."""
    suffix = "_count" if metric.kind == "histogram" else ""
    return f"sum by ({by}) (rate({name_of(metric)}{suffix}{{{where}}}{RANGE}))"


def rates(metric: Metric, *by: Attribute | str, where: str = "") -> Queries:
    """Ask how many a second, by these attributes or labels of the scrape."""
    return {total(metric, ", ".join(map(_label, by)), where): _legend(by)}


def p95(metric: Metric, *by: Attribute | str, where: str = "") -> Queries:
    """Ask what 95 % do not exceed."""
    return {quantile(0.95, metric, by, where): _legend(by)}


def quantile(share: float, metric: Metric, by: Sequence[Attribute | str] = (), where: str = "") -> str:
    """Return the query of a quantile."""
    labels = ", ".join(["le", *map(_label, by)])
    return f"histogram_quantile({share}, sum by ({labels}) (rate({name_of(metric)}_bucket{{{where}}}{RANGE})))"


def newest(metric: Metric, *by: Attribute | str, where: str = "") -> Queries:
    """Ask for a gauge. Of a database's, each process of a service shows the same."""
    return {f"max by ({', '.join(map(_label, by))}) ({name_of(metric)}{{{where}}})": _legend(by)}


def in_an_hour(metric: Metric, *by: Attribute | str) -> Queries:
    """Ask how many there were in the last hour."""
    return {f"sum by ({', '.join(map(_label, by))}) (increase({name_of(metric)}[1h]))": _legend(by)}


def events(event: type[Event]) -> Queries:
    """Ask how many events of a type were sent in the last hour."""
    sent = f"{name_of(of.SENT)}{{{is_one(of.EVENT_TYPE, event.ce_type)}}}"
    return {f"sum(increase({sent}[1h])) or vector(0)": event.__name__}


def _label(by: Attribute | str) -> str:
    return by.replace(".", "_")


def _legend(by: Sequence[Attribute | str]) -> str:
    return " ".join(f"{{{{{_label(one)}}}}}" for one in by)


EDITS: Final = Dashboard(
    "watchbuddy-edits",
    "Is a user's edit reaching Trakt, and how fast?",
    {
        "The answer": (
            Panel(
                "From edit to Trakt",
                {quantile(share, of.MIRROR_DELAY): f"p{share * 100:g}" for share in (0.5, 0.95, 0.99)},
                "s",
                "seconds: Trakt takes one write a second of an account",
            ),
            Panel(
                "Lists that are not there yet",
                newest(of.LISTS_WAITING, of.WAITS_FOR),
                description="`work`: for a worker; the others for what they name",
            ),
            Panel("For how long their next step is due", newest(of.LISTS_OVERDUE, of.WAITS_FOR), "s"),
        ),
        "Stage by stage": (
            Panel("Requests", rates(of.SERVER_DURATION, "job"), "reqps"),
            Panel("Events in the outbox", newest(of.OUTBOX_EVENTS, "job")),
            Panel("Age of the outbox", newest(of.OUTBOX_AGE, "job"), "s"),
            Panel("From cause to Kafka, p95", p95(of.OUTBOX_DELAY, "job"), "s"),
            Panel("Events sent", rates(of.SENT, of.EVENT_TYPE), "cps"),
            Panel(
                "Consumer lag",
                {
                    f"sum by ({label(of.GROUP)}, {label(of.DESTINATION)}) ({name_of(of.CONSUMER_LAG)})": _legend(
                        [of.GROUP, of.DESTINATION]
                    )
                },
            ),
            Panel("Handling a set, p95", p95(of.PROCESS_DURATION, of.GROUP), "s"),
            Panel(
                "Writes to Trakt", rates(of.CLIENT_DURATION, of.TEMPLATE, where=is_one(of.METHOD, "GET", "!=")), "reqps"
            ),
            Panel("Messages to users", rates(of.MESSAGES, of.SEVERITY), "cps"),
        ),
        "What is given up": (
            Panel("Dead letters in an hour", in_an_hour(of.DEAD_LETTERS, of.GROUP, of.REASON)),
            Panel("Events that Kafka refuses", newest(of.OUTBOX_REJECTED, "job")),
            Panel("Events of unknown types", rates(of.UNKNOWN_EVENTS, of.DESTINATION), "cps"),
        ),
    },
)
TRAKT: Final = Dashboard(
    "watchbuddy-trakt",
    "Trakt",
    {
        "Requests": (
            Panel("By endpoint", rates(of.CLIENT_DURATION, of.TEMPLATE), "reqps"),
            Panel("By answer", rates(of.CLIENT_DURATION, of.STATUS, of.ERROR_TYPE), "reqps"),
            Panel("Latency, p95", p95(of.CLIENT_DURATION, of.TEMPLATE), "s"),
        ),
        "Limits": (
            Panel(
                "Answers 429",
                {f"{total(of.CLIENT_DURATION, where=is_one(of.STATUS, '429'))} or vector(0)": "429"},
                "reqps",
                "none: each account keeps its own pace",
            ),
            Panel(
                "Budget left, the worst 5 %",
                {quantile(0.05, of.BUDGET, [of.LIMIT]): _legend([of.LIMIT])},
                "percentunit",
            ),
            Panel("Breaker open", newest(of.BREAKER_OPEN, of.BREAKER_CAUSE)),
        ),
    },
)
ACCOUNTS: Final = Dashboard(
    "watchbuddy-accounts",
    "Accounts",
    {
        "Now": (
            Panel("By state", newest(of.ACCOUNTS, of.ACCOUNT_STATE)),
            Panel("Renewals of tokens", rates(of.RENEWALS, of.RENEWAL), "cps"),
            Panel(
                "Lists that wait for their account",
                newest(of.LISTS_WAITING, of.WAITS_FOR, where=is_one(of.WAITS_FOR, "work|network|rejected", "!~")),
            ),
        ),
        "In an hour": (
            Panel("Lists found otherwise on Trakt", events(TraktDriftFound)),
            Panel("Accounts that must be connected again", events(TraktReauthorizationRequired)),
        ),
    },
)
SERVICES: Final = Dashboard(
    "watchbuddy-services",
    "Services",
    {
        "Requests of $job": (
            Panel("By route", rates(of.SERVER_DURATION, of.ROUTE, where=JOB), "reqps"),
            Panel(
                "Share of 5xx",
                {
                    f"({total(of.SERVER_DURATION, where=f'{JOB}, ' + is_one(of.STATUS, '5..', '=~'))} or vector(0))"
                    f" / {total(of.SERVER_DURATION, where=JOB)}": "5xx"
                },
                "percentunit",
            ),
            Panel("Duration, p95", p95(of.SERVER_DURATION, of.ROUTE, where=JOB), "s"),
        ),
        "Processes of $job": (
            Panel("Answer", {f"max by (role, instance) (up{{{JOB}}})": _legend(["role", "instance"])}),
            Panel("Processor", rates(of.CPU_TIME, "role", "instance", where=JOB), "percentunit"),
            Panel("Memory", newest(of.MEMORY, "role", "instance", where=JOB), "bytes"),
            Panel("Versions", newest(of.PROCESS_INFO, "role", of.VERSION, where=JOB)),
        ),
        "Sync runs and the catalogue": (
            Panel("Runs that ended", rates(of.RUNS, of.RUN_OUTCOME), "cps"),
            Panel("Runs that are not", newest(of.RUNS_WAITING, of.RUN_STATE)),
            Panel("Oldest erasure that is not complete", newest(of.ERASURES_AGE)),
            Panel("Since the oldest was asked for", newest(of.RUNS_AGE, of.RUN_STATE), "s"),
            Panel("Titles", newest(of.CATALOGUE_TITLES, of.MEDIA_TYPE)),
        ),
        "Channels": (
            Panel("Attempts", rates(of.DELIVERIES, of.DELIVERY_OUTCOME), "cps"),
            Panel("Deliveries to be sent", newest(of.DELIVERIES_WAITING, of.DELIVERY_STATE)),
            Panel("For how long they are due", newest(of.DELIVERIES_OVERDUE, of.DELIVERY_STATE), "s"),
        ),
    },
    has_service=True,
)
DASHBOARDS: Final = (EDITS, TRAKT, ACCOUNTS, SERVICES)
