"""A clock that only the driver moves."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 11, 21, tzinfo=UTC)
"""On a border of all rate limits' windows."""


class VirtualClock:
    """The time of everything in a simulation."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Return seconds since 1970, as `time.time`."""
        return self.now.timestamp()

    def move(self, by: timedelta) -> None:
        self.now += by

    def move_to(self, moment: datetime) -> None:
        """Move there; stay, where that is past."""
        self.now = max(self.now, moment)
