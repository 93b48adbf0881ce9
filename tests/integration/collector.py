"""A small OpenTelemetry collector: takes traces by OTLP over HTTP, and shows them."""

import asyncio
import contextlib
import gzip
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

import uvicorn
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


class Collector:
    """Listens while the block runs: `async with Collector() as collector`."""

    def __init__(self) -> None:
        self._exports: deque[bytes] = deque(maxlen=KEPT)
        self._port = free_port()
        self._serving: asyncio.Task[None] | None = None
        self._server = _Server(
            uvicorn.Config(
                Starlette(routes=[Route("/v1/traces", self._take, methods=["POST"])]),
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

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        self._exports.append(gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body)
        return Response(media_type="application/x-protobuf")

    def spans(self, trace_id: str) -> list[Span]:
        """Return a trace's spans, as far as they have come."""
        return [span for export in self._exports for span in _spans(export) if span.trace_id == trace_id]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they are pytest's


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
                )


def _value(value: AnyValue) -> str | int | float | bool:
    field = value.WhichOneof("value")
    shown: object = getattr(value, field) if field else ""
    return shown if isinstance(shown, str | int | float | bool) else str(shown)
