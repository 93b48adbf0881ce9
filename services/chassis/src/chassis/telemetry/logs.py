"""Logs: lines of JSON on standard error, with the ids of the current trace."""

import logging
import sys
from typing import Final

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, WrappedLogger

REPEAT_AFTER_S: Final = 10.0
REPEATING: Final = ("aiokafka", "chassis.kafka.framework_log")
"""Loggers that say the same 20 times a second while Kafka is away."""


def _add_trace_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = format(span.trace_id, "032x")
        event["span_id"] = format(span.span_id, "016x")
    return event


class _Repeated(logging.Filter):
    """Lets each kind of the lines of `REPEATING` through once every ten seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._said_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(REPEATING):
            return True
        said = record.msg.get("error") if isinstance(record.msg, dict) else record.msg
        kind = f"{record.name} {said}"
        if record.created - self._said_at.get(kind, 0.0) < REPEAT_AFTER_S:
            return False
        self._said_at[kind] = record.created
        return True


def configure_logs(service_name: str, level: str) -> None:
    """Set up the logs of this process, ours and the libraries'. Args: level: the least severe that is logged."""

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
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Repeated())
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
