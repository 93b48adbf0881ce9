"""A small OpenTelemetry collector: takes traces and metrics by OTLP over HTTP, and shows them."""

import asyncio
import contextlib
import gzip
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

import uvicorn
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_stack.processes.ports import LOOPBACK, free_port

KEPT: Final = 5_000
"""Exports; older ones go."""
KINDS: Final = ("unspecified", "internal", "server", "client", "producer", "consumer")


@dataclass(frozen=True, slots=True)
class Span:
    """Args: parent_id: "" for a root; kind: one of KINDS."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: str
    attributes: Mapping[str, str | int | float | bool]
    scope: str


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with the attributes of one of its series. Args: kind: counter, gauge or histogram; scope: its meter."""

    service: str
    scope: str
    name: str
    kind: str
    unit: str
    attributes: frozenset[str]


class Collector:
    """Listens while the block runs: `async with Collector() as collector`."""

    def __init__(self) -> None:
        self._exports: deque[bytes] = deque(maxlen=KEPT)
        self._metrics: deque[bytes] = deque(maxlen=KEPT)
        self._port = free_port()
        self._serving: asyncio.Task[None] | None = None
        self._server = _Server(
            uvicorn.Config(
                Starlette(
                    routes=[
                        Route("/v1/traces", self._take_traces, methods=["POST"]),
                        Route("/v1/metrics", self._take_metrics, methods=["POST"]),
                    ]
                ),
                host=LOOPBACK,
                port=self._port,
                log_config=None,
                access_log=False,
            )
        )

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._server.serve())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving

    async def _take_traces(self, request: Request) -> Response:
        return await _take(request, self._exports)

    async def _take_metrics(self, request: Request) -> Response:
        return await _take(request, self._metrics)

    def spans(self, trace_id: str) -> list[Span]:
        """Return a trace's spans, as far as they have come."""
        return [span for span in self.all_spans() if span.trace_id == trace_id]

    def all_spans(self) -> Iterator[Span]:
        """Return the spans of all traces that are kept."""
        return (span for export in list(self._exports) for span in _spans(export))

    def holds(self, text: str) -> bool:
        """Whether a text stands anywhere in what was exported: in a name, an attribute, a label, an event."""
        return any(text.encode() in export for export in [*self._exports, *self._metrics])

    def series(self) -> set[Series]:
        """Return what was measured since the start."""
        return {one for export in list(self._metrics) for one in _series(export)}


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they are pytest's


async def _take(request: Request, exports: deque[bytes]) -> Response:
    body = await request.body()
    exports.append(gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body)
    return Response(media_type="application/x-protobuf")


def _series(export: bytes) -> Iterator[Series]:
    for resource in ExportMetricsServiceRequest.FromString(export).resource_metrics:
        service = {one.key: _value(one.value) for one in resource.resource.attributes}.get("service.name", "")
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data") or ""
                for point in getattr(metric, kind).data_points:
                    names = frozenset(one.key for one in point.attributes)
                    shown = "counter" if kind == "sum" else kind
                    yield Series(str(service), scope.scope.name, metric.name, shown, metric.unit, names)


def _spans(export: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(export).resource_spans:
        service = {one.key: _value(one.value) for one in resource.resource.attributes}.get("service.name", "")
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    service=str(service),
                    name=span.name,
                    kind=KINDS[span.kind],
                    attributes={one.key: _value(one.value) for one in span.attributes},
                    scope=scope.scope.name,
                )


def _value(value: AnyValue) -> str | int | float | bool:
    field = value.WhichOneof("value")
    shown: object = getattr(value, field) if field else ""
    return shown if isinstance(shown, str | int | float | bool) else str(shown)
