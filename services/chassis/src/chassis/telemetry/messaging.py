"""Spans and metrics of messages, by OpenTelemetry's semantic conventions for messaging, version 1.44.

| span | kind | parent | made by |
|---|---|---|---|
| `send {topic}` | producer | the event's cause, as the outbox keeps it | `start_send` |
| `process {topic}` | consumer | the send span, by the record's `traceparent` | `ProcessTelemetry` |

Only a process that exports its traces makes spans. Another passes the trace on as it came, which costs next to nothing.
The record's key is no attribute: it is the user's id.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from opentelemetry import context as contexts
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context

from chassis.kafka.envelope import Record
from chassis.telemetry.names import EVENT_TYPE
from chassis.telemetry.providers import meter, tracer
from chassis.telemetry.trace_context import TraceContext

SYSTEM: Final = "messaging.system"
OPERATION_NAME: Final = "messaging.operation.name"
OPERATION_TYPE: Final = "messaging.operation.type"
DESTINATION: Final = "messaging.destination.name"
PARTITION: Final = "messaging.destination.partition.id"
OFFSET: Final = "messaging.kafka.offset"
GROUP: Final = "messaging.consumer.group.name"
MESSAGE_ID: Final = "messaging.message.id"
ERROR_TYPE: Final = "error.type"
PROCESS_DURATION: Final = "messaging.process.duration"
SENT: Final = "messaging.client.sent.messages"


def start_send(topic: str, event: dict[str, str], cause: TraceContext) -> tuple[Span, TraceContext]:
    """Begin the span of a record on its way; return it, and the context that belongs into the record's headers.

    Args:
        topic: where the record goes.
        event: the headers of the event (`ce_id`, `ce_type`).
        cause: the trace in which the event was written.
    """
    attributes = {
        SYSTEM: "kafka",
        OPERATION_NAME: "send",
        OPERATION_TYPE: "send",
        DESTINATION: topic,
        MESSAGE_ID: event["ce_id"],
        EVENT_TYPE: event["ce_type"],
    }
    span = tracer().start_span(f"send {topic}", cause.to_context(), SpanKind.PRODUCER, attributes)
    return span, TraceContext.current(set_span_in_context(span))


def end_send_with(span: Span, answer: "asyncio.Future[Any]") -> None:
    """End the span when the broker has answered."""
    answer.add_done_callback(partial(_end_send, span))


def fail(span: Span, error: BaseException) -> None:
    """Mark the span as failed. The error's text stays out, for it can hold a title."""
    span.set_attribute(ERROR_TYPE, type(error).__qualname__)
    span.set_status(Status(StatusCode.ERROR))


def _end_send(span: Span, answer: "asyncio.Future[Any]") -> None:
    error = asyncio.CancelledError() if answer.cancelled() else answer.exception()
    if error is not None:
        fail(span, error)
    else:
        place = answer.result()
        span.set_attributes({PARTITION: str(place.partition), OFFSET: place.offset})
    span.end()


class ProcessTelemetry:
    """Of a consumer group: a span for each record, around its handler, and its duration."""

    def __init__(self, group: str, *, is_traced: bool) -> None:
        """Args: is_traced: whether spans go anywhere."""
        self._group = group
        self._is_traced = is_traced
        self._duration = meter().create_histogram(PROCESS_DURATION, unit="s")

    async def handle(self, record: Record, call: Callable[[], Awaitable[Any]]) -> None:
        """Run the handler's call within the record's trace."""
        labels: dict[str, str] = {
            SYSTEM: "kafka",
            OPERATION_NAME: "process",
            DESTINATION: record.topic,
            GROUP: self._group,
        }
        cause = TraceContext.of_headers(record.headers).to_context()
        span = self._start(record, cause, labels) if self._is_traced else None
        token = contexts.attach(cause if span is None else set_span_in_context(span, cause))
        began = time.perf_counter()
        try:
            await call()
        except BaseException as exc:  # measured as an error, and passed on to the delivery rules
            labels[ERROR_TYPE] = type(exc).__qualname__
            if span is not None:
                fail(span, exc)
            raise
        finally:
            contexts.detach(token)
            if span is not None:
                span.end()
            self._duration.record(time.perf_counter() - began, labels)

    def _start(self, record: Record, cause: contexts.Context, labels: dict[str, str]) -> Span:
        attributes: dict[str, str | int] = {
            **labels,
            OPERATION_TYPE: "process",
            PARTITION: str(record.partition),
            OFFSET: record.offset,
        }
        event_id = next((raw for name, raw in record.headers if name == "ce_id"), None)
        if event_id is not None:
            attributes[MESSAGE_ID] = event_id.decode(errors="replace")
        return tracer().start_span(f"process {record.topic}", cause, SpanKind.CONSUMER, attributes)
