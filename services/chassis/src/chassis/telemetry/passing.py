"""Traces in a process that exports none: they pass through it, for events, requests to others, and log lines."""

import random
from typing import Any

from opentelemetry.trace import NonRecordingSpan, NoOpTracer, Span, SpanContext, TraceFlags


def begun() -> SpanContext:
    """Return the context of a new trace."""
    return SpanContext(
        random.getrandbits(128),
        random.getrandbits(64),
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


class PassingTracer(NoOpTracer):
    """Its spans record nothing. Each stands for its parent, or begins a trace where there is no parent."""

    def start_span(self, *args: Any, **kwargs: Any) -> Span:  # noqa: ANN401 - what a recording tracer takes
        """Return such a span. Its arguments are those of any tracer."""
        span = super().start_span(*args, **kwargs)
        return span if span.get_span_context().is_valid else NonRecordingSpan(begun())
