"""Traces and metrics of a process, by OTLP when the standard `OTEL_*` variables name an endpoint."""

import os
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_NAMESPACE,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import TracerProvider

from chassis.identity import identity
from chassis.telemetry.exporters import check_environment, metric_readers, span_processor
from chassis.telemetry.logs import configure_logs
from chassis.telemetry.names import PROCESS_ROLE


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The providers of this process."""

    tracer_provider: TracerProvider
    meter_provider: MeterProvider

    def shutdown(self) -> None:
        """Send what is still held, for a few seconds at most."""
        self.tracer_provider.shutdown()
        self.meter_provider.shutdown()


def configure(service_name: str, *, level: str = "INFO") -> Telemetry:
    """Set up logs, traces and metrics of this process, once, at its start.

    An `OTEL_*` variable that names what we do not have ends the process with status 2.

    Args:
        service_name: OpenTelemetry's service.name; OTEL_SERVICE_NAME wins over it.
        level: the least severe level that is logged.
    """
    check_environment()
    configure_logs(service_name, level)
    # The instrumentation of HTTP clients asks the environment, once, which conventions to follow.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    resource = resource_of(service_name)
    tracer_provider = TracerProvider(resource=resource)
    processor = span_processor()
    if processor is not None:
        tracer_provider.add_span_processor(processor)
    meter_provider = MeterProvider(resource=resource, metric_readers=metric_readers())
    trace.set_tracer_provider(tracer_provider)
    metrics.set_meter_provider(meter_provider)
    return Telemetry(tracer_provider, meter_provider)


def resource_of(service_name: str) -> Resource:
    """Return who sends: service, version, namespace and role. OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME win."""
    ours = {SERVICE_NAME: service_name, SERVICE_NAMESPACE: "watchbuddy"}
    with suppress(metadata.PackageNotFoundError):  # a tool or a test has no package
        ours[SERVICE_VERSION] = metadata.version(f"watchbuddy-{service_name}")
    _, _, role = identity().partition(" ")
    if role:
        ours[PROCESS_ROLE] = role
    named = OTELResourceDetector().detect().attributes
    return Resource.create({name: value for name, value in ours.items() if name not in named})


def tracer() -> trace.Tracer:
    """Return the tracer of our own spans."""
    return trace.get_tracer("watchbuddy")


def meter() -> metrics.Meter:
    """Return the meter of our own metrics."""
    return metrics.get_meter("watchbuddy")
