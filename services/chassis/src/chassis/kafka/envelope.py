"""Makes an event of a Kafka record. It trusts nothing, for any producer may write to a topic."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import structlog
from pydantic import ValidationError

from chassis.telemetry.trace_context import NO_TRACE, TRACEPARENT, TRACESTATE, TraceContext
from watchbuddy_contracts import EVENTS, Event, EventHeaders, read

log = structlog.get_logger()

REPLAY_GROUP: Final = "replay_group"
"""The header of a dead letter that was sent once more: the consumer group that it is for. Others pass it over."""
Reason = Literal["header_not_utf8", "header_invalid", "null_value", "not_json", "wrong_shape"]


class Record(Protocol):
    """A Kafka record as aiokafka gives it. aiokafka has no types."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class PoisonError(Exception):
    """The record can never be decoded. `reason` says why in a word."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event as it arrived.

    Args:
        headers: its CloudEvents attributes; `headers.event_id` is the same in every redelivery.
        trace: where it belongs. What it causes goes on from here: events come in sets, and each has a trace of its own.
    """

    event: Event
    headers: EventHeaders
    trace: TraceContext = NO_TRACE


class Reader:
    """Reads the events that a consumer has use for, by the models that it names. Their decoding is most of its work."""

    def __init__(self, events: Collection[type[Event]], group: str | None = None) -> None:
        """Args: group: the consumer group; None: whoever reads has no use for `wanted`."""
        self._group = (group or "").encode()
        self._models = {event.ce_type: event for event in events}
        self._passed_over = frozenset(ce_type.encode() for ce_type in EVENTS.keys() - self._models.keys())

    def wanted(self, records: Sequence[Record]) -> list[Record]:
        """Return the records but those of types that are known and not named, and those for another group.

        Nothing but these headers is looked at.
        """
        return [record for record in records if self._wants(dict(record.headers))]

    def _wants(self, headers: Mapping[str, bytes | None]) -> bool:
        return headers.get("ce_type") not in self._passed_over and headers.get(REPLAY_GROUP, self._group) == self._group

    def decode(self, record: Record) -> Delivered | None:
        """Return the event, or None when its type is not known. A newer producer may have sent it.

        Raises:
            PoisonError: the record is not an event of ours. No retry helps.
        """
        headers: dict[str, str] = {}
        for name, raw in record.headers:
            try:
                headers[name] = raw.decode() if raw is not None else ""
            except UnicodeDecodeError as exc:
                raise PoisonError("header_not_utf8", f"header {name!r} is not UTF-8") from exc
        try:
            attributes = EventHeaders.from_headers(headers)
        except ValueError as exc:
            raise PoisonError("header_invalid", str(exc)) from exc
        model = self._models.get(attributes.ce_type)
        if model is None:
            return None
        if record.value is None:
            raise PoisonError("null_value", "the record has no value")
        try:
            event, left_out = read(model, record.value)
        except ValidationError as exc:
            problems = exc.errors(include_input=False, include_url=False, include_context=False)
            reason: Reason = "not_json" if problems[0]["type"] == "json_invalid" else "wrong_shape"
            text = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in problems[:5])
            raise PoisonError(reason, text) from exc
        if left_out:  # a newer producer's: the event is handled without them
            log.warning(
                "items_of_unknown_kind", type=attributes.ce_type, event_id=str(attributes.event_id), count=left_out
            )
        return Delivered(
            event, attributes, TraceContext(headers.get(TRACEPARENT) or None, headers.get(TRACESTATE) or None)
        )
