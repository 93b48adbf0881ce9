"""What a process says of itself to OpenTelemetry, and what it refuses to be told."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.http.openapi import HttpApi
from chassis.telemetry.http import server_telemetry
from chassis.telemetry.trace_context import TraceContext
from chassis.testing import run_python

CONFIGURE = "from chassis.telemetry.providers import configure; configure('lists-api')"
RESOURCE = """
import json
from chassis.identity import identify
from chassis.telemetry.sdk import tracer_provider
identify("lists_api", "relay")
print(json.dumps(dict(tracer_provider("lists-api").resource.attributes)))
"""


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("OTEL_TRACES_EXPORTER", "jaeger", "otlp or console or none"),
        ("OTEL_METRICS_EXPORTER", "statsd", "otlp or console or none or prometheus"),
        ("OTEL_LOGS_EXPORTER", "otlp", "console or none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json", "http/protobuf"),
    ],
)
def test_an_exporter_or_protocol_that_we_do_not_have_is_refused_in_one_line(
    name: str, value: str, allowed: str
) -> None:
    ended = run_python("-c", CONFIGURE, **{name: value})
    assert ended.returncode == 2
    assert ended.stderr == f"bad settings: {name}: {value} is not supported, use {allowed}\n"
    assert run_python("-c", CONFIGURE, **{name: value, "OTEL_SDK_DISABLED": "true"}).returncode == 0


def test_spans_are_printed_on_demand() -> None:
    code = (
        "from chassis.telemetry.providers import configure, tracer\n"
        "telemetry = configure('lists-api')\n"
        "tracer().start_span('told').end()\n"
        "telemetry.shutdown()\n"
    )
    assert '"name": "told"' in run_python("-c", code, OTEL_TRACES_EXPORTER="console").stdout


def test_a_process_that_exports_nothing_does_not_load_the_sdk() -> None:
    code = f"{CONFIGURE}; import sys; print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    assert run_python("-c", code).stdout == "[]\n"


def test_a_process_that_is_scraped_alone_does_not_load_the_sdk() -> None:
    code = f"{CONFIGURE}; import sys; print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    assert run_python("-c", code, OTEL_METRICS_EXPORTER="prometheus").stdout == "[]\n"


def test_the_resource_names_service_version_namespace_and_role() -> None:
    found = json.loads(run_python("-c", RESOURCE).stdout)
    assert found["service.name"] == "lists-api"
    assert found["service.namespace"] == "watchbuddy"
    assert found["service.version"]
    assert found["watchbuddy.process.role"] == "relay"
    named = {"OTEL_RESOURCE_ATTRIBUTES": "service.namespace=mine", "OTEL_SERVICE_NAME": "lists"}
    found = json.loads(run_python("-c", RESOURCE, **named).stdout)
    assert (found["service.name"], found["service.namespace"]) == ("lists", "mine")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    yield exporter
    exporter.shutdown()


async def test_a_request_is_one_span_by_the_stable_conventions(
    spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    telemetry = server_telemetry("/stream", secret=["/feeds/"])
    telemetry["tracer_provider"] = tracers
    app = FastAPI(telemetry=telemetry)

    @app.get("/lists/{list_id}")
    @app.get("/health/live")
    @app.get("/other/stream")
    @app.get("/feeds/{token}/list")
    async def answer(list_id: int = 0) -> None: ...

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for path in ("/lists/7", "/health/live", "/other/stream", "/feeds/secret/list"):
            assert (await client.get(path)).status_code == 200
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /lists/{list_id}"
    attributes = dict(span.attributes or {})
    assert (attributes["http.route"], attributes["http.request.method"]) == ("/lists/{list_id}", "GET")


async def test_without_an_exporter_a_request_keeps_its_trace_or_begins_one() -> None:
    app = HttpApi("test", description="", tags={})

    @app.get("/")
    async def answer() -> str | None:
        return TraceContext.current().to_text()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        given = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": "other=1"}
        assert (await client.get("/", headers=given)).json() == f"{given['traceparent']} other=1"
        began = [(await client.get("/", headers=headers)).json() for headers in ({}, {"traceparent": "nonsense"})]
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", one) for one in began)
    assert began[0] != began[1]
    assert TraceContext.current().traceparent is None
