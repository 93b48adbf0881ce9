"""A clock that goes on by itself and can be moved ahead."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """The real time plus what it was moved by. Timeouts are real time: whoever sleeps must be woken after a move."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by
