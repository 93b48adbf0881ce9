"""The simulated time: the machine's time plus what was advanced by hand."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

_FIRST_YEAR, _LAST_YEAR = 1800, 2999
_END_MS = int(datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp() * 1000)


class Clock:
    """Milliseconds since 1970, UTC. `advance` moves it forward without waiting; `offset_ms` is by how much it was.

    Args:
        source: seconds since 1970, as `time.time`.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset_ms = 0

    def now_ms(self) -> int:
        return int(self._source() * 1000) + self.offset_ms

    def advance(self, seconds: float) -> bool:
        """Move forward; return False, and stay, where that would be past the years that dates have."""
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
    """Cut to the minute: Trakt keeps history dates with minute precision since early 2026."""
    return ms - ms % 60_000


def parse_iso(text: str) -> int | None:
    """Return milliseconds since 1970, or None when the text is no date of our times. A date without zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # The first and the last years cannot be moved to another zone.
    return int(moment.timestamp() * 1000) if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None
