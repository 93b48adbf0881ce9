"""How long to wait between tries."""

from datetime import timedelta
from typing import Final

FIRST_DELAY: Final = timedelta(milliseconds=500)
MAX_DELAY: Final = timedelta(minutes=5)
MAX_REJECTED_DELAY: Final = timedelta(days=1)
"""Between tries of what Trakt refuses for one list: an edge's page passes, and a release may mend the rest."""
MAX_DOUBLINGS: Final = 18


def delay(attempts: int, jitter: float, longest: timedelta = MAX_DELAY) -> timedelta:
    """Return the wait after so many failures in a row: doubling from half a second to `longest`.

    Args:
        attempts: >= 1.
        jitter: 0 to 1; the wait is a half to the whole of its step.
    """
    doublings: int = min(attempts - 1, MAX_DOUBLINGS)
    return min(longest, FIRST_DELAY * (1 << doublings)) * (0.5 + jitter / 2)
