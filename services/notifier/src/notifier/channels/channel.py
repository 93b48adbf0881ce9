"""What a channel is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from notifier.catalogue import Severity
from notifier.channels.addresses import Kind
from notifier.channels.attempts import Failure

Window = tuple[time, time]
"""A time of the day and the one at which it ends, the same day or the next; never the same twice."""

MOST_CHANNELS: Final = 20
"""Of a user."""
HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Digest:
    """When a channel sends what has come: every so many hours from midnight, or at a time of the day.

    One of them at most is given; none: each message at once.
    """

    every_hours: int | None = None
    at: time | None = None

    def times(self) -> tuple[time, ...]:
        """Return the times of the day."""
        if self.every_hours is None:
            return () if self.at is None else (self.at,)
        return tuple(time(hour) for hour in range(0, HOURS, self.every_hours))


@dataclass(frozen=True, slots=True)
class Plan:
    """Which messages a channel sends, and when.

    Args:
        severities: of the messages that are sent.
        time_zone: of the times below, an IANA name.
        quiet: nothing is sent then; what comes is sent together afterwards. None: no such time.
    """

    severities: Sequence[Severity]
    time_zone: str = "UTC"
    quiet: Window | None = None
    digest: Digest = field(default_factory=Digest)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Given:
    """What a user decides of a channel, its address aside. Args: enabled: what comes else is not sent."""

    name: str
    plan: Plan
    enabled: bool


@dataclass(frozen=True, slots=True)
class Failing:
    """That the last attempt was in vain. Args: since: when the first one in a row was."""

    since: datetime
    failure: Failure
    status: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as its user sees it.

    Args:
        shown: what may be seen of its address.
        waiting: messages that are to be sent.
        old_secret_until: a webhook's secret before this one signs too, until then.
    """

    id: int
    kind: Kind
    shown: str
    given: Given
    created_at: datetime
    last_sent_at: datetime | None
    failing: Failing | None
    waiting: int
    old_secret_until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A message as it is sent: it stays the same, whatever becomes of the message meanwhile."""

    id: int
    kind: str
    text: str
    severity: Severity
    list_id: int | None
    list_title: str | None
    created_at: datetime
