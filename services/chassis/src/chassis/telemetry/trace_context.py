"""The W3C trace context (https://www.w3.org/TR/trace-context/) as a value that can be stored and sent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR: Final = TraceContextTextMapPropagator()
TRACEPARENT: Final = "traceparent"
TRACESTATE: Final = "tracestate"


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where in which trace something happened.

    Args:
        traceparent: the trace's id, the span's id and the flags; None outside a trace.
        tracestate: what tracing systems of others added; None when nothing.
    """

    traceparent: str | None = None
    tracestate: str | None = None

    @classmethod
    def current(cls, context: Context | None = None) -> Self:
        """Return that of the current span, or of the context's span."""
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, context)
        return cls(carrier.get(TRACEPARENT), carrier.get(TRACESTATE))

    @classmethod
    def of_headers(cls, headers: Iterable[tuple[str, bytes | None]]) -> Self:
        """Return that of a record's headers. Any producer may write them: bytes that are not UTF-8 are replaced."""
        found = {
            name: (raw or b"").decode(errors="replace") for name, raw in headers if name in {TRACEPARENT, TRACESTATE}
        }
        return cls(found.get(TRACEPARENT) or None, found.get(TRACESTATE) or None)

    @classmethod
    def of_text(cls, text: str | None) -> Self:
        """Return that of `to_text`; a traceparent alone is such a text too."""
        traceparent, _, tracestate = (text or "").partition(" ")
        return cls(traceparent or None, tracestate or None)

    def to_text(self) -> str | None:
        """Return both in one text, for one column: "TRACEPARENT TRACESTATE"; None outside a trace."""
        return f"{self.traceparent} {self.tracestate}" if self.traceparent and self.tracestate else self.traceparent

    def to_headers(self) -> dict[str, str]:
        """Return the headers that carry it; none outside a trace."""
        if self.traceparent is None:
            return {}
        headers = {TRACEPARENT: self.traceparent}
        return headers | {TRACESTATE: self.tracestate} if self.tracestate else headers

    def to_context(self) -> Context:
        """Return OpenTelemetry's context, for spans that go on from here; an empty one for None or nonsense."""
        return _PROPAGATOR.extract(self.to_headers(), context=Context())

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Be the current one for the block."""
        token = contexts.attach(self.to_context())
        try:
            yield
        finally:
            contexts.detach(token)

    @property
    def trace_id(self) -> str | None:
        """The trace's id as the logs show it; None for nonsense."""
        span = trace.get_current_span(self.to_context()).get_span_context()
        return format(span.trace_id, "032x") if span.is_valid else None


NO_TRACE: Final = TraceContext()
