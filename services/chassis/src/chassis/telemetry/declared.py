"""Every span and metric of ours, with their attributes. What is not declared here cannot be made.

`docs/telemetry.md` is written from this file. Names are of OpenTelemetry's semantic conventions, where these have one;
ours begin with `watchbuddy.`. Spans of HTTP are FastAPI's and the HTTP client's own. A metric's attribute has few
values: never an id, a title or a path. The file is long because it is the whole of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

Kind = Literal["counter", "histogram", "gauge"]


class Attribute(str):
    """An attribute's name, with what it means.

    Args:
        type: of its values.
        values: all that there are. A metric with no other attributes begins with a zero for each.
    """

    __slots__ = ("meaning", "type", "values")
    type: Literal["string", "int"]
    meaning: str
    values: Sequence[str]

    def __new__(
        cls,
        name: str,
        meaning: str,
        *,
        type: Literal["string", "int"] = "string",  # noqa: A002 - as OpenTelemetry says it
        values: Sequence[str] = (),
    ) -> Self:
        self = super().__new__(cls, name)
        self.type, self.meaning, self.values = type, meaning, values
        return self


@dataclass(frozen=True, slots=True)
class Span:
    """A span of our own. Args: name: with {places} for what `str.format` puts there."""

    name: str
    kind: Literal["internal", "producer", "consumer"]
    meaning: str
    attributes: Sequence[Attribute] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A metric.

    Args:
        unit: in UCUM: s, By, 1; {message} counts messages.
        buckets: of a histogram: upper bounds.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    attributes: Sequence[Attribute] = ()
    buckets: Sequence[float] = ()


SHORT: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds of a request or a transaction."""
LONG: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds of what waits for others."""
SHARES: Final = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)

LIST_ID: Final = Attribute("watchbuddy.list.id", "the list's id; of spans alone", type="int")
LIST_VERSION: Final = Attribute("watchbuddy.list.version", "the version that is wanted; of spans alone", type="int")
EVENT_TYPE: Final = Attribute("watchbuddy.event.type", "the event's CloudEvents type")
PROCESS_ROLE: Final = Attribute(
    "watchbuddy.process.role", 'of the resource: the command that the process runs, e.g. "relay"'
)
REASON: Final = Attribute(
    "watchbuddy.dead_letter.reason",
    "why a record could not be handled; `refused`: the handler says for good that it cannot",
    values=("header_not_utf8", "header_invalid", "null_value", "not_json", "wrong_shape", "refused", "handler_failed"),
)
ACCOUNT_STATE: Final = Attribute(
    "watchbuddy.account.state",
    "`blocked`: connected, and waiting (for Trakt's limits, a renewal of its tokens, or the like)",
    values=("connected", "blocked", "reauthorization_required", "disconnected"),
)
WAITS_FOR: Final = Attribute(
    "watchbuddy.list.waits_for",
    "what a list waits for: a worker, its account's connection, the end of its account's block or of a failure",
    values=(
        "work",
        "account",
        "blocked",
        "auth",
        "network",
        "rate_limited",
        "limit_reached",
        "account_locked",
        "rejected",
    ),
)
BREAKER_CAUSE: Final = Attribute("watchbuddy.breaker.cause", "why it is open", values=("network", "refused"))
RENEWAL: Final = Attribute(
    "watchbuddy.renewal.outcome",
    "`failed`: tried again later; `refused`: the user must connect again",
    values=("renewed", "failed", "refused"),
)
LIMIT: Final = Attribute(
    "watchbuddy.trakt.limit",
    "Trakt's name of the limit, as its header X-Ratelimit has it",
    values=(
        "AUTHED_API_GET_LIMIT",
        "AUTHED_API_POST_LIMIT",
        "UNAUTHED_API_GET_LIMIT",
        "other",
    ),
)
RUN_OUTCOME: Final = Attribute(
    "watchbuddy.run.outcome",
    "how a sync run ended; `held`: its owner decides",
    values=("succeeded", "no_candidates", "held", "failed"),
)
RUN_STATE: Final = Attribute("watchbuddy.run.state", "of an unfinished sync run", values=("queued", "running"))
MEDIA_TYPE: Final = Attribute("watchbuddy.media.type", "of titles", values=("movie", "show"))
SEVERITY: Final = Attribute(
    "watchbuddy.message.severity", "of a message", values=("info", "success", "warning", "error")
)
DELIVERY_OUTCOME: Final = Attribute(
    "watchbuddy.delivery.outcome",
    "of an attempt to deliver; `failed`: another one follows; `exhausted`: none does",
    values=("sent", "failed", "exhausted"),
)
DELIVERY_STATE: Final = Attribute(
    "watchbuddy.delivery.state", "of a delivery that is to be sent", values=("pending", "failed")
)

SYSTEM: Final = Attribute("messaging.system", "`kafka`")
OPERATION_NAME: Final = Attribute("messaging.operation.name", "`send` or `process`")
OPERATION_TYPE: Final = Attribute("messaging.operation.type", "`send` or `process`")
DESTINATION: Final = Attribute("messaging.destination.name", "the topic")
PARTITION: Final = Attribute("messaging.destination.partition.id", "the partition's number")
OFFSET: Final = Attribute("messaging.kafka.offset", "the record's", type="int")
GROUP: Final = Attribute("messaging.consumer.group.name", "the consumer group")
MESSAGE_ID: Final = Attribute("messaging.message.id", "the event's id")
ERROR_TYPE: Final = Attribute("error.type", "the error's class, or an HTTP status from 500 on; absent: none")
METHOD: Final = Attribute("http.request.method", "`_OTHER`: none that we know")
ROUTE: Final = Attribute("http.route", "the route's template, `/api/lists/{list_id}`; absent: no route has the path")
STATUS: Final = Attribute("http.response.status_code", "absent: there was no answer", type="int")
TEMPLATE: Final = Attribute("url.template", "the request's path as Trakt's documents write it; `other`: none of those")
SERVER: Final = Attribute("server.address", "Trakt's host")
SERVICE: Final = Attribute("service.name", "of the resource")
VERSION: Final = Attribute("service.version", "of the resource")
CPU_MODE: Final = Attribute("cpu.mode", "where the time was spent", values=("user", "system"))

USER: Final = Attribute(
    "enduser.pseudo.id",
    "whose it is: a keyed hash of the user's id, where `TRACE_USER_KEY` is set; of spans alone, also those of requests",
)

SEND: Final = Span(
    "send {topic}",
    "producer",
    "an event on its way to Kafka, until the broker answers; its parent is the event's cause",
    (SYSTEM, OPERATION_NAME, OPERATION_TYPE, DESTINATION, MESSAGE_ID, EVENT_TYPE, PARTITION, OFFSET, ERROR_TYPE, USER),
)
PROCESS: Final = Span(
    "process {topic}",
    "consumer",
    "the handling of an event; its parent is the span that sent it",
    (
        SYSTEM, OPERATION_NAME, OPERATION_TYPE, DESTINATION, GROUP, PARTITION, OFFSET, MESSAGE_ID, ERROR_TYPE,
        USER,
    ),
)  # fmt: skip
MIRROR_LIST: Final = Span(
    "mirror list", "internal", "one step that makes a Trakt list equal to what is wanted", (LIST_ID, LIST_VERSION)
)
IMPORT_LIST: Final = Span("import list", "internal", "one try to read a Trakt list that a user imports")
STORE_MESSAGE: Final = Span("store message", "internal", "an event became a user's message", (LIST_ID,))

PROCESS_INFO: Final = Metric(
    "watchbuddy.process.info", "gauge", "", "1; who is measured", (SERVICE, VERSION, PROCESS_ROLE)
)
CPU_TIME: Final = Metric("process.cpu.time", "counter", "s", "processor time of the process", (CPU_MODE,))
MEMORY: Final = Metric("process.memory.usage", "gauge", "By", "resident memory of the process")

SERVER_DURATION: Final = Metric(
    "http.server.request.duration",
    "histogram",
    "s",
    "from a request to the end of its answer; without health checks, /metrics and live streams",
    (METHOD, ROUTE, STATUS, ERROR_TYPE),
    SHORT,
)
CLIENT_DURATION: Final = Metric(
    "http.client.request.duration",
    "histogram",
    "s",
    "one request to Trakt, from its sending to the head of the answer; each try counts",
    (METHOD, TEMPLATE, STATUS, ERROR_TYPE, SERVER),
    SHORT,
)
SENT: Final = Metric(
    "messaging.client.sent.messages",
    "counter",
    "{message}",
    "events that Kafka has confirmed",
    (SYSTEM, DESTINATION, EVENT_TYPE),
)
PROCESS_DURATION: Final = Metric(
    "messaging.process.duration",
    "histogram",
    "s",
    "the handling of a set of events",
    (SYSTEM, OPERATION_NAME, DESTINATION, GROUP, ERROR_TYPE),
    SHORT,
)
OUTBOX_DELAY: Final = Metric(
    "watchbuddy.outbox.delay", "histogram", "s", "from an event's cause to the broker's answer", (), LONG
)
OUTBOX_EVENTS: Final = Metric(
    "watchbuddy.outbox.events", "gauge", "{event}", "events that wait in the outbox; counted to 20,000"
)
OUTBOX_AGE: Final = Metric("watchbuddy.outbox.age", "gauge", "s", "how long the oldest of them has waited; 0: none")
OUTBOX_REJECTED: Final = Metric(
    "watchbuddy.outbox.rejected", "gauge", "{event}", "events that Kafka refuses for their size (`outbox_rejected`)"
)
ERASURES_AGE: Final = Metric(
    "watchbuddy.erasures.age",
    "gauge",
    "s",
    "how long the oldest erasure that is not complete has waited; 0: none",
)
CONSUMER_LAG: Final = Metric(
    "watchbuddy.consumer.lag",
    "gauge",
    "{message}",
    "records of the process's partitions that its consumer has not read, as its last fetch told",
    (DESTINATION, GROUP),
)
DEAD_LETTERS: Final = Metric("watchbuddy.dead_letters", "counter", "{message}", "records given up", (GROUP, REASON))
UNKNOWN_EVENTS: Final = Metric(
    "watchbuddy.events.unknown", "counter", "{message}", "events of types that we do not know", (DESTINATION,)
)
LISTS_WAITING: Final = Metric(
    "watchbuddy.lists.waiting",
    "gauge",
    "{list}",
    "wanted lists that are not on Trakt as they should be; counted to 20,000",
    (WAITS_FOR,),
)
LISTS_OVERDUE: Final = Metric(
    "watchbuddy.lists.overdue",
    "gauge",
    "s",
    "for how long the next step of one of them has been due; waits that are meant do not count",
    (WAITS_FOR,),
)
MIRROR_DELAY: Final = Metric(
    "watchbuddy.mirror.delay",
    "histogram",
    "s",
    "from a list's edit to its being on Trakt, by the newest version that is there",
    (),
    LONG,
)
ACCOUNTS: Final = Metric(
    "watchbuddy.accounts", "gauge", "{account}", "Trakt accounts; of many, by a sample", (ACCOUNT_STATE,)
)
RENEWALS: Final = Metric("watchbuddy.trakt.renewals", "counter", "{renewal}", "renewals of tokens", (RENEWAL,))
BUDGET: Final = Metric(
    "watchbuddy.trakt.budget",
    "histogram",
    "1",
    "the share of Trakt's limit for the account that is left after an answer, as its header says",
    (LIMIT,),
    SHARES,
)
BREAKER_OPEN: Final = Metric(
    "watchbuddy.trakt.breaker.open", "gauge", "", "1: the process sends single probes to Trakt alone", (BREAKER_CAUSE,)
)
RUNS: Final = Metric("watchbuddy.runs", "counter", "{run}", "sync runs that ended", (RUN_OUTCOME,))
RUNS_WAITING: Final = Metric("watchbuddy.runs.unfinished", "gauge", "{run}", "sync runs", (RUN_STATE,))
RUNS_AGE: Final = Metric("watchbuddy.runs.age", "gauge", "s", "since the oldest of them was asked for", (RUN_STATE,))
CATALOGUE_TITLES: Final = Metric("watchbuddy.catalogue.titles", "gauge", "{title}", "of the catalogue", (MEDIA_TYPE,))
MESSAGES: Final = Metric("watchbuddy.messages", "counter", "{message}", "messages to users", (SEVERITY,))
DELIVERIES: Final = Metric(
    "watchbuddy.deliveries", "counter", "{attempt}", "attempts to deliver to channels", (DELIVERY_OUTCOME,)
)
DELIVERIES_WAITING: Final = Metric(
    "watchbuddy.deliveries.waiting", "gauge", "{delivery}", "deliveries that are to be sent", (DELIVERY_STATE,)
)
DELIVERIES_OVERDUE: Final = Metric(
    "watchbuddy.deliveries.overdue", "gauge", "s", "for how long the oldest of them has been due", (DELIVERY_STATE,)
)


def spans() -> list[Span]:
    """Return all, in the order of this file."""
    return [one for one in globals().values() if isinstance(one, Span)]


def metrics() -> list[Metric]:
    """Return all, in the order of this file."""
    return [one for one in globals().values() if isinstance(one, Metric)]


def attributes() -> list[Attribute]:
    """Return all, in the order of this file."""
    return [one for one in globals().values() if isinstance(one, Attribute)]
