"""Spans and metrics of messages, by OpenTelemetry's semantic conventions for messaging, version 1.44.

| span | kind | parent | made by |
|---|---|---|---|
| `send {topic}` | producer | the event's cause, as the outbox keeps it | `start_send` |
| `process {topic}` | consumer | the send span, by the record's `traceparent` | `ProcessTelemetry` |

Only a process that exports its traces makes spans. Another passes the trace on as it came, which costs next to nothing.
The record's key is no attribute: it is the user's id, which `users.py` gives a pseudonym.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

from chassis.kafka.envelope import Delivered, Record
from chassis.telemetry.declared import (
    DESTINATION,
    ERROR_TYPE,
    EVENT_TYPE,
    GROUP,
    MESSAGE_ID,
    OFFSET,
    OPERATION_NAME,
    OPERATION_TYPE,
    PARTITION,
    PROCESS,
    PROCESS_DURATION,
    SEND,
    SYSTEM,
    Attribute,
)
from chassis.telemetry.instruments import histogram
from chassis.telemetry.providers import start_span
from chassis.telemetry.trace_context import TraceContext
from chassis.telemetry.users import of_user


def start_send(topic: str, key: bytes, event: dict[str, str], cause: TraceContext) -> tuple[Span, TraceContext]:
    """Begin the span of a record on its way; return it, and the context that belongs into the record's headers.

    Args:
        topic: where the record goes.
        key: of the record: the user's id.
        event: the headers of the event (`ce_id`, `ce_type`).
        cause: the trace in which the event was written.
    """
    attributes: dict[Attribute, str | int] = {
        SYSTEM: "kafka",
        OPERATION_NAME: "send",
        OPERATION_TYPE: "send",
        DESTINATION: topic,
        MESSAGE_ID: event["ce_id"],
        EVENT_TYPE: event["ce_type"],
        **of_user(key),
    }
    span = start_span(SEND, cause.to_context(), attributes, topic=topic)
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
    """Of a consumer group: a span for each event of a set, and the duration of the set's handling."""

    def __init__(self, group: str, *, is_traced: bool) -> None:
        """Args: is_traced: whether spans go anywhere."""
        self._group = group
        self._is_traced = is_traced
        self._duration = histogram(PROCESS_DURATION)

    async def handle(
        self,
        records: Sequence[Record],
        events: Sequence[Delivered],
        call: Callable[[Sequence[Delivered]], Awaitable[None]],
    ) -> None:
        """Handle the records' events. What they cause hangs on their spans, where there are any."""
        spans = [self._start(*one) for one in zip(records, events, strict=True)] if self._is_traced else []
        if spans:
            events = [
                replace(event, trace=TraceContext.current(set_span_in_context(span)))
                for event, span in zip(events, spans, strict=True)
            ]
        began, error = time.perf_counter(), None
        try:
            await call(events)
        except BaseException as exc:  # measured as an error, and passed on to the delivery rules
            error = exc
            raise
        finally:
            for span in spans:
                if error is not None:
                    fail(span, error)
                span.end()
            took = time.perf_counter() - began
            for topic in {record.topic for record in records}:
                self._duration.record(took, self._labels(topic) | _error(error))

    def _labels(self, topic: str) -> dict[Attribute, str | int]:
        return {SYSTEM: "kafka", OPERATION_NAME: "process", DESTINATION: topic, GROUP: self._group}

    def _start(self, record: Record, event: Delivered) -> Span:
        attributes = {
            **self._labels(record.topic),
            OPERATION_TYPE: "process",
            PARTITION: str(record.partition),
            OFFSET: record.offset,
            MESSAGE_ID: str(event.headers.event_id),
            **of_user(event.event.user_id.encode()),
        }
        return start_span(PROCESS, event.trace.to_context(), attributes, topic=record.topic)


def _error(error: BaseException | None) -> dict[Attribute, str | int]:
    return {} if error is None else {ERROR_TYPE: type(error).__qualname__}
