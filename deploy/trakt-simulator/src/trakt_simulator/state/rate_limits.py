"""Rate limits in fixed windows aligned to the clock. At Trakt, a window seen at 23:26:25 ended at 23:30:00."""

from dataclasses import dataclass, field
from typing import NamedTuple

from trakt_simulator.clock import iso


class RateLimitState(NamedTuple):
    """A rate limit after a request: whether it was allowed, and the values for the headers."""

    is_allowed: bool
    name: str
    period_s: int
    limit: int
    remaining: int
    until_ms: int
    now_ms: int

    @property
    def retry_after_s(self) -> int:
        return max(1, -(-(self.until_ms - self.now_ms) // 1000))

    def header(self) -> bytes:
        """Return the value of `X-Ratelimit`."""
        return b'{"name":"%b","period":%d,"limit":%d,"remaining":%d,"until":"%b"}' % (
            self.name.encode(),
            self.period_s,
            self.limit,
            self.remaining,
            f"{iso(self.until_ms)[:-5]}Z".encode(),
        )


@dataclass(slots=True)
class FixedWindow:
    """Counts requests per caller. All windows end together, so all counts of a window are dropped at once."""

    name: str
    period_s: int
    _window: int = -1
    _used: dict[str, int] = field(default_factory=dict)

    def take(self, who: str, limit: int, now_ms: int) -> RateLimitState:
        """Count one request of `who`. A request over the limit is not counted."""
        window = now_ms // (self.period_s * 1000)
        if window != self._window:
            self._window = window
            self._used.clear()
        used = self._used.get(who, 0)
        is_allowed = used < limit
        if is_allowed:
            used += 1
            self._used[who] = used
        return self._state(limit, now_ms, is_allowed=is_allowed, remaining=max(limit - used, 0))

    def full(self, limit: int, now_ms: int) -> RateLimitState:
        """Return the state of a full window. Nothing is counted."""
        return self._state(limit, now_ms, is_allowed=False, remaining=0)

    def _state(self, limit: int, now_ms: int, *, is_allowed: bool, remaining: int) -> RateLimitState:
        period_ms = self.period_s * 1000
        until_ms = (now_ms // period_ms + 1) * period_ms
        return RateLimitState(is_allowed, self.name, self.period_s, limit, remaining, until_ms, now_ms)


@dataclass(slots=True)
class RateLimits:
    """Trakt's three limits."""

    writes: FixedWindow = field(default_factory=lambda: FixedWindow("AUTHED_API_POST_LIMIT", 1))
    reads: FixedWindow = field(default_factory=lambda: FixedWindow("AUTHED_API_GET_LIMIT", 300))
    unauthenticated: FixedWindow = field(default_factory=lambda: FixedWindow("UNAUTHED_API_GET_LIMIT", 300))
