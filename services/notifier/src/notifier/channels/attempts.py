"""What an attempt to deliver comes to, and when the next one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

State = Literal["pending", "sent", "failed", "exhausted"]
"""Of a delivery. `failed`: the last attempt did, and another one follows. `exhausted`: none follows."""

Failure = Literal[
    "answered",
    "unreachable",
    "timeout",
    "address_refused",
    "address_wrong",
    "redirected",
    "not_accepted",
    "broken",
]

WORDS: Final[Mapping[Failure, str]] = {
    "answered": "the receiver answered {status}",
    "unreachable": "the receiver could not be reached",
    "timeout": "the receiver took too long to answer",
    "address_refused": "the address leads where nothing may be sent",
    "address_wrong": "the address is none that can be sent to",
    "redirected": "the receiver answered with a redirect, which is not followed",
    "not_accepted": "the receiver did not take the message",
    "broken": "sending failed",
}

SCHEDULE: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 43200, 43200, 43200, 43200)
)
"""The waits after each failed attempt: three days together. After the last one there is one more attempt."""
JITTER: Final = 0.2
"""How much of itself a wait is longer or shorter at most: what failed together does not come together again."""
LONGEST_WAIT: Final = timedelta(days=1)
"""Of those that a receiver asks for."""
GONE: Final = 410
"""The receiver wants nothing any more (Standard Webhooks)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt that failed.

    Args:
        status: the HTTP status; None: there was no answer by HTTP.
        retry_after: how long the receiver wants to be left alone.
    """

    failure: Failure
    status: int | None = None
    retry_after: timedelta | None = None


Outcome = Failed | None
"""Of an attempt; None: it was sent."""


def words_of(failure: Failure, status: int | None) -> str:
    return WORDS[failure].format(status=status)


def next_wait(attempts: int, failed: Failed, spread: float) -> timedelta | None:
    """Return how long to wait until the next attempt; None: there is none.

    Args:
        attempts: already made, >= 1.
        spread: between -1 and 1, drawn anew for each wait.
    """
    if failed.failure in ("address_refused", "address_wrong") or failed.status == GONE or attempts > len(SCHEDULE):
        return None
    wait = SCHEDULE[attempts - 1] * (1 + JITTER * spread)
    return max(wait, min(failed.retry_after or wait, LONGEST_WAIT))
