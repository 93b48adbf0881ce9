"""The simulated time, and the form of dates."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

_FIRST_YEAR, _LAST_YEAR = 1800, 2999
_END_MS = int(datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp() * 1000)


class Clock:
    """The machine's time plus an offset, in milliseconds since 1970, UTC. `advance` increases the offset.

    Args:
        source: seconds since 1970, as `time.time`.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset_ms = 0

    def now_ms(self) -> int:
        return int(self._source() * 1000) + self.offset_ms

    def advance(self, seconds: float) -> bool:
        """Move forward; return False, and do not move, when that is past the last year that dates may have."""
        offset_ms = self.offset_ms + int(seconds * 1000)
        if int(self._source() * 1000) + offset_ms >= _END_MS:
            return False
        self.offset_ms = offset_ms
        return True

    def reset(self) -> None:
        self.offset_ms = 0


@lru_cache(maxsize=8192)
def iso(ms: int) -> str:
    """Return Trakt's form of a date: `2014-09-01T09:10:11.000Z`."""
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def to_minute(ms: int) -> int:
    """Return the time without its seconds. Trakt keeps history dates with minute precision since early 2026."""
    return ms - ms % 60_000


def parse_iso(text: str) -> int | None:
    """Return milliseconds since 1970; None when the text is no date from 1800 to 2999. A date without zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # Dates of the first and the last years cannot be converted to other zones.
    return int(moment.timestamp() * 1000) if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None
