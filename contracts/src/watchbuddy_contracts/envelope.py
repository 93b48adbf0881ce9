"""CloudEvents 1.0 in Kafka's binary mode: the event is the value, its attributes are `ce_*` headers.

Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from watchbuddy_contracts.events import Event

CONTENT_TYPE = "application/json"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EventHeaders:
    """The attributes of one event.

    Args:
        event_id: UUIDv7, the same in every redelivery. Consumers de-duplicate by it.
        source: the producing service, e.g. `/lists-api`.
        time: when the cause happened, with a time zone.
    """

    event_id: UUID
    source: str
    ce_type: str
    subject: str
    time: datetime

    @classmethod
    def of(cls, event: Event, *, event_id: UUID, source: str, time: datetime) -> "EventHeaders":
        return cls(event_id=event_id, source=source, ce_type=event.ce_type, subject=event.subject, time=time)

    def to_headers(self) -> dict[str, str]:
        """Return the Kafka headers, without `traceparent`, which the transport adds."""
        return {
            "content-type": CONTENT_TYPE,
            "ce_specversion": "1.0",
            "ce_id": str(self.event_id),
            "ce_source": self.source,
            "ce_type": self.ce_type,
            "ce_subject": self.subject,
            "ce_time": self.time.isoformat(),
        }

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> "EventHeaders":
        """Return the attributes of a received record.

        Raises:
            ValueError: a header is missing or has no valid value; the text names it.
        """
        time = _parsed(headers, "ce_time", datetime.fromisoformat)
        if time.tzinfo is None:
            raise ValueError(f"header ce_time has no time zone: {headers['ce_time']!r}")
        return cls(
            event_id=_parsed(headers, "ce_id", UUID),
            source=_parsed(headers, "ce_source", str),
            ce_type=_parsed(headers, "ce_type", str),
            subject=headers.get("ce_subject", ""),
            time=time,
        )


def _parsed(headers: Mapping[str, str], name: str, parse: Callable[[str], T]) -> T:
    if not headers.get(name):
        raise ValueError(f"header {name} is missing")
    try:
        return parse(headers[name])
    except ValueError as exc:
        raise ValueError(f"header {name} has no valid value: {headers[name]!r}") from exc
