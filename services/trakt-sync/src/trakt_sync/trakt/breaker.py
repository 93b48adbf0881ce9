"""The circuit breaker over all accounts: an outage of Trakt costs single probes, not a request for each list."""

from datetime import datetime, timedelta
from typing import Final, Literal

from chassis.telemetry.declared import BREAKER_CAUSE, BREAKER_OPEN
from chassis.telemetry.readings import Values

Cause = Literal["network", "refused"]
FLAPPING: Final = timedelta(seconds=10)
"""A breaker that opens again so soon after it closed doubles the time between probes."""
MAX_INTERVAL: Final = timedelta(seconds=30)
REFUSED_INTERVAL: Final = timedelta(minutes=1)
NO_WAIT: Final = timedelta(0)
MAX_WAIT: Final = timedelta(days=1)


class Breaker:
    """Counts failures in a row; open, it lets nothing through but a probe now and then.

    An open breaker is only suspected until a probe has failed too: what one account meets is no outage.

    Args:
        failures: in a row, over all accounts, that open it.
        interval: between probes.

    Attributes:
        cause: why it is open; None: it is closed.
        probe_at: when the next probe is due.
        is_confirmed: a probe has failed since it opened.
        suspect: the user of the last failure. The probe is to be another user's.
    """

    def __init__(self, failures: int = 5, interval: timedelta = timedelta(seconds=2)) -> None:
        self._failures = failures
        self._first_interval = interval
        self._interval = interval
        self._in_a_row = 0
        self._wait = MAX_WAIT
        self._closed_at: datetime | None = None
        self._has_recovered = True  # a new process does not know what the lists of the one before wait for
        self.cause: Cause | None = None
        self.probe_at: datetime | None = None
        self.is_confirmed = False
        self.suspect: str | None = None

    @property
    def is_open(self) -> bool:
        return self.cause is not None

    @property
    def has_recovered(self) -> bool:
        """Whether Trakt came back and the lists that wait for it are not due yet (see `resumed`)."""
        return self._has_recovered and not self.is_open

    async def shown(self) -> Values:
        """Return what the process's metrics show of it."""
        return {BREAKER_OPEN: {(cause,): float(cause == self.cause) for cause in BREAKER_CAUSE.values}}

    def resumed(self) -> None:
        """Note that the lists that waited for Trakt are due."""
        self._has_recovered = False

    def succeeded(self, now: datetime) -> bool:
        """Note a response of Trakt; return whether that closed the breaker."""
        self._in_a_row, self._wait = 0, MAX_WAIT
        if self.cause is None:
            return False
        self.cause, self.probe_at, self._closed_at = None, None, now
        self._has_recovered = self._has_recovered or self.is_confirmed
        self.is_confirmed = False
        return True

    def failed(self, now: datetime, user_id: str, retry_after: timedelta | None = None) -> bool:
        """Note a failure of the connection or of Trakt itself; return whether that opened the breaker.

        Args:
            retry_after: as Trakt said. The probe waits as long as all failures in the row said, not as long as one did.
        """
        self._in_a_row += 1
        self._wait = min(self._wait, retry_after or NO_WAIT)
        if self.cause is not None or self._in_a_row < self._failures:
            return False
        is_flapping = self._closed_at is not None and now - self._closed_at < FLAPPING
        self._interval = min(self._interval * 2, MAX_INTERVAL) if is_flapping else self._first_interval
        self.cause, self.probe_at, self.suspect = "network", now + self._wait, user_id
        return True

    def refused(self, now: datetime, retry_after: timedelta | None = None) -> bool:
        """Note that Trakt refuses our application; return whether that opened the breaker."""
        is_new = self.cause != "refused"
        self.probe_at = now + max(REFUSED_INTERVAL, retry_after or NO_WAIT)
        self.cause, self.is_confirmed = "refused", True
        return is_new

    def probe_failed(self, now: datetime, retry_after: timedelta | None = None) -> None:
        """Note that the open breaker's probe failed, too."""
        self.is_confirmed = True
        self.probe_at = now + max(self._interval, retry_after or NO_WAIT)
