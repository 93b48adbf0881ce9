"""The breaker over all accounts: an outage of Trakt costs single probes, not a call for each list."""

from datetime import datetime, timedelta
from typing import Final, Literal

Cause = Literal["network", "refused"]
FLAPPING: Final = timedelta(seconds=10)
"""Opening again so soon after closing doubles the time between probes."""
LONGEST_INTERVAL: Final = timedelta(seconds=30)
REFUSED_INTERVAL: Final = timedelta(minutes=1)


class Breaker:
    """Counts failures in a row; open, it lets nothing through but a probe now and then.

    Opened, it is only a suspicion until a probe has failed too: what one account meets is no outage.

    Args:
        failures: in a row, over all accounts, that open it.
        interval: between probes.
    """

    def __init__(self, failures: int = 5, interval: timedelta = timedelta(seconds=2)) -> None:
        self._failures = failures
        self._first_interval = interval
        self._interval = interval
        self._in_a_row = 0
        self._closed_at: datetime | None = None
        self._has_news = True  # a new process does not know what its predecessor's lists wait for
        self.cause: Cause | None = None
        self.probe_at: datetime | None = None
        self.is_sure = False
        self.suspect: str | None = None  # whose failure was the last: the probe is to be another's

    @property
    def is_open(self) -> bool:
        return self.cause is not None

    def succeeded(self, now: datetime) -> bool:
        """Note an answer of Trakt; return whether that closed the breaker."""
        self._in_a_row = 0
        if self.cause is None:
            return False
        self.cause, self.probe_at, self._closed_at = None, None, now
        self._has_news = self._has_news or self.is_sure
        self.is_sure = False
        return True

    @property
    def has_news(self) -> bool:
        """Whether Trakt came back, and what waits for it has not been told so (see `told`)."""
        return self._has_news and not self.is_open

    def told(self) -> None:
        """Note that what waits for Trakt waits no longer."""
        self._has_news = False

    def probe_failed(self, now: datetime) -> None:
        """Note that the open breaker's probe failed, too."""
        self.is_sure = True
        self.probe_at = now + self._interval

    def failed(self, now: datetime, user_id: str) -> bool:
        """Note a failure of the connection or of Trakt itself; return whether that opened the breaker."""
        self._in_a_row += 1
        if self.cause is not None or self._in_a_row < self._failures:
            return False
        is_flapping = self._closed_at is not None and now - self._closed_at < FLAPPING
        self._interval = min(self._interval * 2, LONGEST_INTERVAL) if is_flapping else self._first_interval
        self.cause, self.probe_at, self.suspect = "network", now, user_id
        return True

    def refused(self, now: datetime) -> bool:
        """Note that Trakt refuses our application; return whether that opened the breaker."""
        is_new = self.cause != "refused"
        self.cause, self.probe_at, self.is_sure = "refused", now + REFUSED_INTERVAL, True
        return is_new
