"""When runs come."""

from datetime import datetime, timedelta
from typing import Final

SPREAD_SHARE: Final = 10
"""Runs come up to a tenth of the interval early, each list by its own share: lists that were made together, or were all
missed together, do not stay in step."""
_KNUTH: Final = 2_654_435_761  # 2^32 divided by the golden ratio: neighbours among the ids come far apart
_RANGE: Final = 2**32
FIRST_RETRY: Final = timedelta(minutes=1)
RETRY_FACTOR: Final = 4
MAX_GROWTH: Final = 8


def next_run_at(list_id: int, last: datetime, interval_hours: int) -> datetime:
    """Return when a list is run next that was run then."""
    interval = interval_hours * 3600
    early = interval * (list_id * _KNUTH % _RANGE) // (SPREAD_SHARE * _RANGE)
    return last + timedelta(seconds=interval - early)


def retry_at(failures: int, now: datetime, interval_hours: int) -> datetime:
    """Return when a list is run again whose last `failures` runs failed: a minute, 4, 16, …, at most the interval."""
    wait: timedelta = FIRST_RETRY * RETRY_FACTOR ** min(failures - 1, MAX_GROWTH)
    return now + min(wait, timedelta(hours=interval_hours))
