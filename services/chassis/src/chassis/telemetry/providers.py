"""Traces and metrics of a process, by OTLP when the standard `OTEL_*` variables name an endpoint."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from opentelemetry import metrics, trace
from opentelemetry.context import Context

from chassis.telemetry.declared import Span
from chassis.telemetry.exporters import check_environment, is_exported
from chassis.telemetry.instruments import Attributes
from chassis.telemetry.logs import configure_logs
from chassis.telemetry.passing import PassingTracer
from chassis.telemetry.users import configure_users

KINDS: Final = {
    "internal": trace.SpanKind.INTERNAL,
    "producer": trace.SpanKind.PRODUCER,
    "consumer": trace.SpanKind.CONSUMER,
}
_PASSING: Final = PassingTracer()


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What makes this process's spans and metrics; nothing where they go nowhere."""

    ends: tuple[Callable[[], None], ...] = ()

    def shutdown(self) -> None:
        """Send what is still held, for a few seconds at most."""
        for end in self.ends:
            end()


def configure(service_name: str, *, level: str = "INFO", user_key: str | None = None) -> Telemetry:
    """Set up logs, traces and metrics of this process, once, at its start.

    An `OTEL_*` variable that names what we do not have ends the process with status 2.

    Args:
        service_name: OpenTelemetry's service.name; OTEL_SERVICE_NAME wins over it.
        level: the least severe level that is logged.
        user_key: of the pseudonyms of users in spans; None: spans name no users.
    """
    check_environment()
    configure_logs(service_name, level)
    configure_users(user_key)
    if not (is_exported("TRACES") or is_exported("METRICS")):
        return Telemetry()
    from chassis.telemetry import sdk  # noqa: PLC0415 - only who exports loads it

    # The instrumentation of HTTP clients asks the environment, once, which conventions to follow.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    tracers, meters = sdk.tracer_provider(service_name), sdk.meter_provider(service_name)
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    return Telemetry((tracers.shutdown, meters.shutdown))


def start_span(
    span: Span, parent: Context, attributes: Attributes, *, start_time: int | None = None, **places: str
) -> trace.Span:
    """Start a span that is declared.

    Args:
        start_time: in nanoseconds since 1970; None: now.
        places: for the places in the span's name.

    Raises:
        ValueError: the span has no such attribute.
    """
    if not attributes.keys() <= set(span.attributes):
        raise ValueError(f"{span.name} has no such attribute: {attributes}")
    given = {str(name): value for name, value in attributes.items()}
    return tracer().start_span(span.name.format(**places), parent, KINDS[span.kind], given, start_time=start_time)


def tracer() -> trace.Tracer:
    """Return the tracer of our own spans."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):  # nobody has set one
        return _PASSING
    return trace.get_tracer("watchbuddy")
