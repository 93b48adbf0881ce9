"""How long mirroring waits for what."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The waits of mirroring.

    Args:
        stale_window: for so long after a write Trakt's reads may be old.
        create_settle: for so long a list that was created may be missing from the account's lists.
        clock_skew: by so much a list may seem older than its creation's intent. Trakt's clock is known to the second
            only where Trakt tells it.
        not_found_retry: after so long Trakt may have learned a title.
        rejected_retry: after so long Trakt may take a title that it refused.
        limit_retry: after so long an account's limits may have changed.
    """

    stale_window: timedelta = timedelta(minutes=5)
    create_settle: timedelta = timedelta(minutes=2)
    clock_skew: timedelta = timedelta(minutes=2)
    not_found_retry: timedelta = timedelta(days=30)
    rejected_retry: timedelta = timedelta(days=1)
    limit_retry: timedelta = timedelta(days=1)
