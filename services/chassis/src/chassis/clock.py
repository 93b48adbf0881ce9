"""The clock that the composition roots hand in. Tests hand in `chassis.testing.FakeClock`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the time, with a time zone."""


def utc_now() -> datetime:
    """Return the system's time."""
    return datetime.now(UTC)
