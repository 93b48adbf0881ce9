"""What a process measures, and how Prometheus reads it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from chassis.http.openapi import HttpApi
from chassis.outbox import outbox
from chassis.outbox.sender import begin_at_zero
from chassis.postgres import gauges
from chassis.postgres.database import create_pool
from chassis.telemetry import prometheus
from chassis.telemetry.declared import (
    DESTINATION,
    LIST_ID,
    OUTBOX_AGE,
    OUTBOX_EVENTS,
    RUN_OUTCOME,
    RUNS,
    SERVER_DURATION,
    UNKNOWN_EVENTS,
    Metric,
)
from chassis.telemetry.instruments import MEASURED, Measured, counter, histogram
from chassis.telemetry.readings import Reading, Readings, Values
from chassis.telemetry.requests import Observed
from watchbuddy_contracts import EVENTS, TRAKT, ListDeleted, TraktDriftFound


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    """What was measured since the test began. A process has one; so that tests share nothing, each has its own."""
    for kind in ("counters", "histograms", "observed"):
        monkeypatch.setattr(MEASURED, kind, {})
    return MEASURED


def shown() -> list[str]:
    return [line for line in prometheus.text().splitlines() if not line.startswith("#")]


def test_a_histogram_is_shown_as_prometheus_reads_it() -> None:
    metric = Metric("test.delay", "histogram", "s", "a \\ and\na line", (DESTINATION,), (0.1, 1.0))
    for seconds in (0.1, 0.5, 7):
        histogram(metric).record(seconds, {DESTINATION: 'a "b" \\ c'})
    label = r'messaging_destination_name="a \"b\" \\ c"'
    assert prometheus.text().splitlines() == [
        r"# HELP test_delay_seconds a \\ and\na line",
        "# TYPE test_delay_seconds histogram",
        f'test_delay_seconds_bucket{{{label},le="0.1"}} 1',
        f'test_delay_seconds_bucket{{{label},le="1.0"}} 2',
        f'test_delay_seconds_bucket{{{label},le="+Inf"}} 3',
        f"test_delay_seconds_sum{{{label}}} 7.6",
        f"test_delay_seconds_count{{{label}}} 3",
    ]


def test_a_counter_begins_with_a_zero_for_each_declared_value_and_leaves_out_what_is_absent() -> None:
    counter(RUNS).add(2, {RUN_OUTCOME: "held"})
    counter(UNKNOWN_EVENTS).add(1, {})
    assert [line.rpartition(" ")[2] for line in shown() if line.startswith("watchbuddy_runs_total")] == [
        "0.0", "0.0", "2.0", "0.0",
    ]  # fmt: skip
    assert "watchbuddy_events_unknown_total 1.0" in shown()


def test_a_service_shows_a_zero_for_each_type_of_event_that_it_sends() -> None:
    begin_at_zero("trakt-sync")
    sent = [line for line in shown() if line.startswith("messaging_client_sent_messages_total")]
    own = [ce_type for ce_type, event in EVENTS.items() if event.topic == TRAKT.name]
    assert [line.rpartition(" ")[2] for line in sent] == ["0.0"] * len(own)
    assert all(any(f'watchbuddy_event_type="{ce_type}"' in line for line in sent) for ce_type in own)
    assert TraktDriftFound.ce_type in own


def test_an_attribute_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"watchbuddy\.runs has no such attribute"):
        counter(RUNS).add(1, {LIST_ID: 7})


async def test_what_cannot_be_read_hides_itself_alone_and_is_asked_again_at_the_next_look() -> None:
    asked = 0
    is_away = False

    async def age() -> Values:
        nonlocal asked
        asked += 1
        if is_away:
            raise ConnectionError
        return {OUTBOX_AGE: {(): asked}}

    async def depth() -> Values:
        return {OUTBOX_EVENTS: {(): 3}}

    readings = Readings()
    hour = timedelta(hours=1)
    readings.add(Reading("age", (OUTBOX_AGE,), age, hour), Reading("depth", (OUTBOX_EVENTS,), depth, hour))
    is_away = True
    await readings.read()
    assert shown() == ["watchbuddy_outbox_events 3"]
    is_away = False
    for _ in range(2):
        await readings.read()
    assert shown() == ["watchbuddy_outbox_age_seconds 2", "watchbuddy_outbox_events 3"]


async def test_a_reading_is_asked_once_in_its_time(measured: Measured) -> None:
    asked = 0

    async def depth() -> Values:
        nonlocal asked
        asked += 1
        return {OUTBOX_EVENTS: {(): asked}}

    readings = Readings()
    reading = Reading("depth", (OUTBOX_EVENTS,), depth, timedelta(hours=1))
    readings.add(reading)
    for _ in range(3):
        await readings.read()
    assert measured.observed[OUTBOX_EVENTS] == {(): 1}
    readings.remove(reading)
    assert shown() == []


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


async def test_the_outbox_is_counted_and_its_oldest_event_has_its_age(dsn: str) -> None:
    async with await create_pool(dsn) as pool:
        event = ListDeleted(list_id=1, user_id="ada", version=1, title="Heists")
        for minutes in (5, 1):
            async with pool.acquire() as connection, connection.transaction():
                now = datetime.now(UTC) - timedelta(minutes=minutes)
                await outbox.append(connection, event, source="/test", now=now)
        found = await gauges.ask(pool, gauges.OUTBOX[0])
        rejected = await gauges.ask(pool, gauges.OUTBOX[1])
    assert found[OUTBOX_EVENTS] == {(): 2}
    assert 300 <= found[OUTBOX_AGE][()] < 400
    assert list(rejected.values()) == [{(): 0}]


async def test_a_database_is_asked_on_one_connection_whatever_the_pool_would_give(dsn: str) -> None:
    slow = gauges.Gauge("SELECT pg_sleep(0.05)::text, 1", (UNKNOWN_EVENTS,))
    async with await create_pool(dsn, max_size=5) as pool:
        readings = Readings()
        readings.add(*gauges.readings_of(pool, [slow]))
        await readings.read()
        assert pool.get_size() == 1
    assert "watchbuddy_outbox_events 0.0" in shown()


async def asked(application: Observed, *paths: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return [await client.get(path) for path in paths]


def observed(monkeypatch: pytest.MonkeyPatch, exporter: str) -> Observed:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", exporter)
    app = HttpApi("test", description="", tags={})

    @app.get("/lists/{list_id}")
    async def read(list_id: int) -> int:
        return 1 // list_id

    @app.get("/stream", response_class=StreamingResponse)
    async def stream() -> StreamingResponse:
        return StreamingResponse(iter(["data: 1\n\n"]), media_type="text/event-stream")

    @app.get("/health/live")
    async def live() -> None: ...

    return Observed(app)


def line(entry: Mapping[str, object]) -> tuple[object, ...]:
    return entry["method"], entry["route"], entry["status"]


async def test_a_request_is_one_line_with_its_route_and_trace_and_never_its_query(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application = observed(monkeypatch, "none")
    paths = ("/lists/7?token=secret", "/lists/secret", "/secret", "/lists/0", "/health/live", "/stream")
    with capture_logs() as logged:
        await asked(application, *paths)
    lines = [entry for entry in logged if entry["event"] == "http_request"]
    assert [line(entry) for entry in lines] == [
        ("GET", "/lists/{list_id}", 200),
        ("GET", "/lists/{list_id}", 422),
        ("GET", None, 404),
        ("GET", "/lists/{list_id}", 500),
        ("GET", "/stream", 200),
    ]
    assert all(len(entry["trace_id"]) == 32 and entry["duration_s"] >= 0 for entry in lines)
    assert "secret" not in json.dumps(lines)


async def test_a_request_is_measured_by_its_route_and_a_stream_is_not(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = observed(monkeypatch, "prometheus")
    *_, page = await asked(application, "/lists/7", "/lists/8", "/lists/0", "/stream", "/health/live", "/metrics")
    counts = {labels: sum(one.counts) for labels, one in measured.histograms[SERVER_DURATION].values.items()}
    assert counts == {
        ("GET", "/lists/{list_id}", "200", ""): 2,
        ("GET", "/lists/{list_id}", "500", "500"): 1,
    }
    assert page.headers["content-type"] == prometheus.CONTENT_TYPE
    assert 'http_route="/lists/{list_id}",http_response_status_code="200"} 2' in page.text


async def test_metrics_are_shown_where_prometheus_is_asked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for exporter, status in (("none", 404), ("otlp", 404), ("prometheus", 200), ("otlp,prometheus", 200)):
        [answer] = await asked(observed(monkeypatch, exporter), "/metrics")
        assert (exporter, answer.status_code) == (exporter, status)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
async def test_metrics_are_shown_to_nobody_who_comes_by_a_proxy(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = httpx.ASGITransport(observed(monkeypatch, "prometheus"))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/metrics", headers={header: "1.2.3.4"})).status_code == 404


async def test_a_method_that_nobody_knows_makes_no_series_of_its_own(measured: Measured) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse({})

    application = Observed(Starlette(routes=[Route("/", answer)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
        for method in ("BREW", "GRIND"):
            await client.request(method, "/")
    assert [labels[0] for labels in measured.histograms[SERVER_DURATION].values] == ["_OTHER"]
