"""Spans and metrics of requests to Trakt, by OpenTelemetry's stable semantic conventions for HTTP clients."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Final
from urllib.parse import urlsplit

from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind, Status, StatusCode

from chassis.telemetry.providers import meter, tracer
from trakt_sync.trakt.response import Response

METHOD: Final = "http.request.method"
STATUS: Final = "http.response.status_code"
ADDRESS: Final = "server.address"
PORT: Final = "server.port"
URL: Final = "url.full"
ERROR_TYPE: Final = "error.type"
DURATION: Final = "http.client.request.duration"
BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Those that the conventions advise."""
FIRST_ERROR: Final = 400
PORTS: Final = {"http": 80, "https": 443}


class HttpTelemetry:
    """A span and a duration for each request; the trace goes along in its headers."""

    def __init__(self) -> None:
        self._duration = meter().create_histogram(DURATION, unit="s", explicit_bucket_boundaries_advisory=BOUNDS_S)

    async def observed(
        self, method: str, url: str, headers: MutableMapping[str, str], send: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Send the request within a span. No secret is in the URL; an error's text stays out."""
        address = urlsplit(url)
        labels: dict[str, str | int] = {
            METHOD: method,
            ADDRESS: address.hostname or "",
            PORT: address.port or PORTS.get(address.scheme, 0),
        }
        began = time.perf_counter()
        with tracer().start_as_current_span(
            method, kind=SpanKind.CLIENT, attributes={**labels, URL: url}, record_exception=False
        ) as span:
            inject(headers)
            try:
                response = await send()
            except BaseException as exc:
                labels[ERROR_TYPE] = type(exc).__qualname__
                raise
            else:
                labels[STATUS] = response.status
                if response.status >= FIRST_ERROR:
                    labels[ERROR_TYPE] = str(response.status)
                return response
            finally:
                span.set_attributes(labels)
                if ERROR_TYPE in labels:
                    span.set_status(Status(StatusCode.ERROR))
                self._duration.record(time.perf_counter() - began, labels)
