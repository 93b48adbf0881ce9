"""The trace of an event on its way: cause, send, process; and what of it stands in the operator's log."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from faststream.message import StreamMessage
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.errors import PermanentError
from chassis.kafka.broker import Parser, build_broker, subscribe
from chassis.kafka.delivery import Delivery, Waits
from chassis.kafka.envelope import Delivered
from chassis.kafka.producer import start_producer
from chassis.outbox import outbox
from chassis.outbox.relay import Relay
from chassis.postgres.database import Pool, create_pool, migrate
from chassis.settings import ServiceSettings
from chassis.telemetry.messaging import ProcessTelemetry
from chassis.telemetry.trace_context import TraceContext
from chassis.testing import eventually
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import LISTS, EventHeaders, Item, ItemIds, ListCreated, ListDeleted, dead_letter_topic

GROUP = "trakt-sync"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CAUSE = TraceContext(f"00-{TRACE_ID}-b7ad6b7169203331-01", "vendor=one,other=two")


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Spans of a process that exports its traces."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await create_pool(dsn) as pool:
        yield pool


@pytest.fixture
async def settings(dsn: str) -> AsyncIterator[ServiceSettings]:
    kafka = EmbeddedKafka(topics={LISTS.name: 1, dead_letter_topic(LISTS.name, GROUP): 1})
    await kafka.start()
    yield ServiceSettings(
        database_url=dsn,
        kafka_bootstrap_servers=kafka.bootstrap_servers,
        kafka_fetch_max_wait=timedelta(milliseconds=10),
        kafka_session_timeout=timedelta(seconds=1.5),
    )
    await kafka.stop()


@dataclass
class RecordAt:
    """A record at this offset."""

    offset: int
    topic: str = LISTS.name
    partition: int = 0
    key: bytes | None = b"ada"
    value: bytes | None = b""
    headers: Sequence[tuple[str, bytes | None]] = ()


def delivered(at: TraceContext) -> Delivered:
    event = ListDeleted(list_id=1, user_id="ada", version=1, title="Heists")
    return Delivered(event, EventHeaders.of(event, event_id=uuid4(), source="/test", time=datetime.now(UTC)), at)


class Heard:
    """What a handler saw: the trace of each event."""

    def __init__(self) -> None:
        self.traces: list[TraceContext] = []
        self.failure: Exception | None = None

    async def count(self) -> int:
        return len(self.traces)

    async def on_events(self, delivered: Sequence[Delivered]) -> None:
        self.traces += [one.trace for one in delivered]
        if self.failure is not None:
            raise self.failure


@asynccontextmanager
async def consuming(settings: ServiceSettings, parser: Parser | None = None) -> AsyncIterator[Heard]:
    heard = Heard()
    broker = build_broker(settings, group=GROUP, parser=parser)
    delivery: Delivery = broker.context.get("delivery")
    delivery._waits = Waits(first=timedelta(milliseconds=5), max_wait=timedelta(milliseconds=20))
    subscribe(broker, LISTS, group=GROUP, events=[ListCreated, ListDeleted])(heard.on_events)
    await broker.start()
    try:
        yield heard
    finally:
        await broker.stop()
        await delivery.stop()


@asynccontextmanager
async def relaying(settings: ServiceSettings) -> AsyncIterator[None]:
    relay = Relay(settings.database_url.get_secret_value(), lambda: start_producer(settings))
    task = asyncio.create_task(relay.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def write(pool: Pool, *, title: str = "Heists") -> None:
    event = ListDeleted(list_id=1, user_id="ada", version=1, title="Heists")
    huge = ListCreated(
        list_id=1,
        user_id="ada",
        version=1,
        title=title,
        list_type="manual",
        items=(Item(media_type="movie", ids=ItemIds(tmdb=1)),),
    )
    async with pool.acquire() as connection, connection.transaction():
        written = huge if len(title) > len("Heists") else event
        await outbox.append(connection, written, source="/test", now=datetime.now(UTC), traceparent=CAUSE)


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


def span_id(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return format(context.span_id, "016x")


def parent_id(span: ReadableSpan) -> str:
    assert span.parent is not None
    return format(span.parent.span_id, "016x")


async def test_the_processing_hangs_on_the_sending_and_that_on_the_cause(
    spans: InMemorySpanExporter, pool: Pool, settings: ServiceSettings
) -> None:
    async with consuming(settings) as heard, relaying(settings):
        await write(pool)
        await eventually(heard.count, until=lambda count: count == 1)
    (sent,), (processed,) = named(spans, f"send {LISTS.name}"), named(spans, f"process {LISTS.name}")
    assert CAUSE.traceparent is not None
    assert parent_id(sent) == CAUSE.traceparent.split("-")[2]
    assert parent_id(processed) == span_id(sent)
    assert heard.traces == [TraceContext(f"00-{TRACE_ID}-{span_id(processed)}-01", CAUSE.tracestate)]
    found = dict(processed.attributes or {})
    assert len(str(found.pop("messaging.message.id"))) == 36
    assert found == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": LISTS.name,
        "messaging.destination.partition.id": "0",
        "messaging.consumer.group.name": GROUP,
        "messaging.kafka.offset": 0,
    }
    assert dict(sent.attributes or {})["messaging.kafka.offset"] == 0
    assert "'ada'" not in f"{sent.attributes} {processed.attributes}"


async def test_each_event_of_a_set_has_its_own_trace_and_a_failure_marks_them_all(
    spans: InMemorySpanExporter,
) -> None:
    traces = [TraceContext(f"00-{number:032x}-b7ad6b7169203331-01") for number in (1, 2, 3)]
    records = [RecordAt(number) for number in range(3)]
    heard = Heard()
    heard.failure = PermanentError("no such thing")
    with pytest.raises(PermanentError):
        await ProcessTelemetry(GROUP, is_traced=True).handle(
            records, [delivered(trace_context) for trace_context in traces], heard.on_events
        )
    processed = named(spans, f"process {LISTS.name}")
    assert [one.trace_id for one in heard.traces] == [one.trace_id for one in traces]
    assert [one.traceparent for one in heard.traces] != [one.traceparent for one in traces]
    assert [(span.attributes or {})["messaging.kafka.offset"] for span in processed] == [0, 1, 2]
    assert {(span.attributes or {})["error.type"] for span in processed} == {"PermanentError"}


async def test_without_an_exporter_the_trace_passes_on_and_no_span_is_made(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter, pool: Pool, settings: ServiceSettings
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    async with consuming(settings) as heard, relaying(settings):
        await write(pool)
        await eventually(heard.count, until=lambda count: count == 1)
    assert heard.traces == [CAUSE]
    assert spans.get_finished_spans() == ()


async def test_a_refused_send_is_an_error_of_its_span(
    spans: InMemorySpanExporter, pool: Pool, settings: ServiceSettings
) -> None:
    async with relaying(settings):
        await write(pool, title="x" * (5 * 1024 * 1024))
        rejected = "SELECT tracestate FROM outbox_rejected"
        assert await eventually(lambda: pool.fetchval(rejected)) == CAUSE.tracestate
    (sent,) = named(spans, f"send {LISTS.name}")
    assert sent.status.status_code is trace.StatusCode.ERROR
    assert (sent.attributes or {})["error.type"] == "MessageSizeTooLargeError"


async def test_an_outbox_of_the_version_before_is_upgraded_with_its_rows(
    dsn: str, pool: Pool, settings: ServiceSettings
) -> None:
    await write(pool)
    await pool.execute(  # the schema of 0001
        "ALTER TABLE outbox DROP COLUMN tracestate; ALTER TABLE outbox_rejected DROP COLUMN tracestate;"
        "DELETE FROM schema_migrations WHERE package = 'chassis' AND name = '0002_outbox_tracestate.sql'"
    )
    await migrate(dsn, "chassis")
    await write(pool)
    async with consuming(settings) as heard, relaying(settings):
        await eventually(heard.count, until=lambda count: count == 2)
    assert heard.traces == [TraceContext(CAUSE.traceparent), CAUSE]


async def test_the_event_of_a_dead_letter_names_the_records_trace(pool: Pool, settings: ServiceSettings) -> None:
    with structlog.testing.capture_logs() as lines:
        async with consuming(settings) as heard, relaying(settings):
            heard.failure = PermanentError("no such thing")
            await write(pool)

            async def buried() -> list[Any]:
                return [line["trace_id"] for line in lines if line["event"] == "record_dead_lettered"]

            assert await eventually(buried) == [TRACE_ID]


async def test_a_defect_in_the_parser_leaves_a_line(pool: Pool, settings: ServiceSettings) -> None:
    async def broken(_record: object, _original: object) -> StreamMessage[Any]:
        raise RuntimeError("a defect")

    with structlog.testing.capture_logs() as lines:
        async with consuming(settings, broken), relaying(settings):
            await write(pool)

            async def failures() -> list[Any]:
                return [line for line in lines if line["event"] == "consumer_failed"]

            line = (await eventually(failures))[0]
    assert (line["error"], line["log_level"]) == ("RuntimeError: a defect", "error")
    assert isinstance(line["exc_info"], RuntimeError)


def test_a_trace_context_is_one_text_and_nonsense_is_none() -> None:
    assert TraceContext.of_text(CAUSE.to_text()) == CAUSE
    assert TraceContext.of_text(CAUSE.traceparent) == TraceContext(CAUSE.traceparent)
    assert TraceContext.of_text(None).to_text() is None
    assert TraceContext("nonsense").trace_id is None
    assert TraceContext.of_headers([("traceparent", b"\xff"), ("tracestate", None)]).trace_id is None
    assert CAUSE.trace_id == TRACE_ID
