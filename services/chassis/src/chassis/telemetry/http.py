"""HTTP spans by the stable conventions. Durations are measured by `requests.py`.

A process that exports no traces makes no spans. It passes the trace of a request on as it came, or begins one, so that
events and log lines have one in any case.
"""

from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import context as contexts
from opentelemetry.trace import NonRecordingSpan, set_span_in_context

from chassis.telemetry.exporters import is_exported
from chassis.telemetry.passing import begun
from chassis.telemetry.trace_context import TRACEPARENT, TraceContext

Scope = MutableMapping[str, Any]


def server_telemetry(*untraced: str, secret: Sequence[str] = ()) -> TelemetryConfig:
    """Return what FastAPI takes as `telemetry`: a request's span, where it goes anywhere.

    The probes (`/health/…`) are left out. FastAPI's log records are off, for a failed validation is no event of ours,
    and so are its spans for dependencies and serialization.

    Args:
        untraced: ends of further paths to leave out, e.g. "/notifications/stream", a request that lasts an hour.
        secret: beginnings of paths that hold a secret. They are left out, because a span has the whole path.
    """
    ends = ("/health/live", "/health/ready", *untraced)
    beginnings = tuple(secret)

    def is_untraced(scope: Scope) -> bool:
        path = str(scope.get("path", ""))
        return path.endswith(ends) or path.startswith(beginnings)

    return {
        "tracing": is_exported("TRACES"),
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
        "exclude": is_untraced,
    }


@contextmanager
def passed_on(scope: Scope) -> Iterator[None]:
    """Work within the trace of an HTTP request's headers, or within a new one, without a span."""
    token = contexts.attach(_context_of(scope))
    try:
        yield
    finally:
        contexts.detach(token)


def _context_of(scope: Scope) -> contexts.Context:
    headers = [(name.decode("latin-1"), value) for name, value in scope["headers"] if name.startswith(b"trace")]
    if any(name == TRACEPARENT for name, _ in headers):
        given = TraceContext.of_headers(headers).to_context()
        if given:
            return given
    return set_span_in_context(NonRecordingSpan(begun()), contexts.Context())
