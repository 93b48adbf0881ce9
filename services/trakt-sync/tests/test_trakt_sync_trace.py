"""One trace from the consumed event over the calls to Trakt to the result in the outbox."""

from collections.abc import AsyncIterator, Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.telemetry.providers import tracer
from chassis.telemetry.trace_context import TraceContext
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, movies, wanted
from watchbuddy_contracts import TraktListCreated


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """The spans that end during the test, whoever set the process's provider first."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


@pytest.fixture
async def traced(
    spans: InMemorySpanExporter, dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> AsyncIterator[tuple[Harness, InMemorySpanExporter]]:
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada")).model_dump_json())
        async with one.worker():
            yield one, spans


async def test_one_trace_holds_the_event_the_calls_and_the_results(
    traced: tuple[Harness, InMemorySpanExporter],
) -> None:
    one, spans = traced
    with tracer().start_as_current_span("consume"):
        traceparent = TraceContext.current().traceparent
        await one.want(wanted(items=movies(1)))
    assert traceparent is not None
    await one.settled()
    _, trace_id, consume_span, _ = traceparent.split("-")
    rows = await one.pool.fetch("SELECT traceparent FROM outbox WHERE headers ->> 'ce_subject' = '1'")
    assert [row["traceparent"].split("-")[1] for row in rows] == [trace_id, trace_id]
    ours = [span for span in spans.get_finished_spans() if format(span.context.trace_id, "032x") == trace_id]
    steps = [span for span in ours if span.name == "mirror list"]
    calls = [span for span in ours if span.name == "POST"]
    assert {format(span.parent.span_id, "016x") for span in steps if span.parent} == {consume_span}
    assert {span.parent.span_id for span in calls if span.parent} <= {span.context.span_id for span in steps}
    assert len(calls) == 2


async def test_no_token_is_in_a_span(traced: tuple[Harness, InMemorySpanExporter], admin: SimulatorAdmin) -> None:
    one, spans = traced
    pair = await admin.account("ada")
    await one.connect("ada", pair.model_dump_json())
    await admin.expire_tokens("ada")
    await one.want(wanted(items=movies(1)))
    await one.sent(TraktListCreated)
    text = " ".join(span.to_json() for span in spans.get_finished_spans())
    assert "oauth/token" in text
    assert pair.access_token not in text
    assert pair.refresh_token not in text
