"""OpenTelemetry's SDK as a process uses it that exports traces or metrics. Others do not load it: it costs 15 MB."""

from contextlib import suppress
from importlib import metadata

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_NAMESPACE,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from chassis.identity import identity
from chassis.telemetry.declared import PROCESS_ROLE
from chassis.telemetry.exporters import exporter_of


def tracer_provider(service_name: str) -> TracerProvider:
    """Return what makes this process's spans, and takes them away."""
    provider = TracerProvider(resource=resource_of(service_name))
    processor = _span_processor()
    if processor is not None:
        provider.add_span_processor(processor)
    return provider


def meter_provider(service_name: str) -> MeterProvider:
    """Return what makes this process's metrics, and takes them away."""
    return MeterProvider(resource=resource_of(service_name), metric_readers=_metric_readers())


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


def _span_processor() -> SpanProcessor | None:
    """Return what takes the spans away; None when they go nowhere."""
    match exporter_of("TRACES"):
        case "otlp":
            # Imported only when used: the exporter costs some 15 MB a process.
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

            return BatchSpanProcessor(OTLPSpanExporter())
        case "console":
            return BatchSpanProcessor(ConsoleSpanExporter())
        case _:
            return None


def _metric_readers() -> list[MetricReader]:
    """Return what takes the metrics away; nothing when they go nowhere."""
    match exporter_of("METRICS"):
        case "otlp":
            from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415

            return [PeriodicExportingMetricReader(OTLPMetricExporter())]
        case "console":
            return [PeriodicExportingMetricReader(ConsoleMetricExporter())]
        case _:
            return []
