"""Logs as JSON with trace ids; traces and metrics by OTLP when the standard `OTEL_*` variables name an endpoint."""

import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.typing import EventDict, WrappedLogger

REPEAT_AFTER_S: Final = 10.0
_PROPAGATOR: Final = TraceContextTextMapPropagator()
LIST_ID: Final = "watchbuddy.list.id"
"""Attributes of our own; all others are OpenTelemetry's semantic conventions. They never label a metric."""
LIST_VERSION: Final = "watchbuddy.list.version"
EVENT_TYPE: Final = "watchbuddy.event.type"


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

    Args:
        service_name: OpenTelemetry's service.name; OTEL_SERVICE_NAME wins over it.
        level: the least severe level that is logged.
    """
    _configure_logs(service_name, level)
    resource = Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", service_name)})
    tracer_provider = TracerProvider(resource=resource)
    meter_provider = MeterProvider(resource=resource)
    if _exports("traces"):
        # Imported only when used: the exporter costs some 15 MB a process.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        tracer_provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    if _exports("metrics"):
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415

        meter_provider = MeterProvider(
            resource=resource, metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())]
        )
    trace.set_tracer_provider(tracer_provider)
    metrics.set_meter_provider(meter_provider)
    return Telemetry(tracer_provider, meter_provider)


def tracer() -> trace.Tracer:
    return trace.get_tracer("watchbuddy")


def meter() -> metrics.Meter:
    return metrics.get_meter("watchbuddy")


def current_traceparent() -> str | None:
    """Return the W3C traceparent of the current span, or None outside a span."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str | None) -> Context:
    """Return the context that a stored traceparent names; an empty one for None or nonsense."""
    carrier: Mapping[str, str] = {"traceparent": traceparent} if traceparent else {}
    return _PROPAGATOR.extract(carrier, context=Context())


def _exports(signal: str) -> bool:
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if os.environ.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp") == "none":
        return False
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT")
    return any(os.environ.get(name) for name in names)


def _add_trace_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = format(span.trace_id, "032x")
        event["span_id"] = format(span.span_id, "016x")
    return event


class _RepeatedByAiokafka(logging.Filter):
    """Lets each kind of aiokafka's lines through every ten seconds: while Kafka is away it says 20 a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("aiokafka"):
            return True
        kind = f"{record.name} {record.msg}" if isinstance(record.msg, str) else record.name
        if record.created - self._said_at.get(kind, 0.0) < REPEAT_AFTER_S:
            return False
        self._said_at[kind] = record.created
        return True


def _configure_logs(service_name: str, level: str) -> None:
    def add_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service_name
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        add_service,
        _add_trace_ids,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # without the frames' local variables: tokens are among them
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_RepeatedByAiokafka())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "aiokafka", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
