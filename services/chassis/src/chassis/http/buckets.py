"""Token buckets, one for each key: how many requests somebody may make at once, and how many a minute."""

import time
from collections.abc import Callable, Hashable
from typing import Final

MAX_KEYS: Final = 20_000
"""Keys that are known at a time: 5 MB. Who was there longest ago is forgotten, as if their bucket were full."""
AT_ONCE: Final = 20.0
"""Seconds whose requests may come at once."""


class Buckets:
    """The buckets, as the generic cell rate algorithm (GCRA) keeps them: for each key, when it is full again."""

    def __init__(self, per_minute: int, *, now: Callable[[], float] = time.monotonic) -> None:
        """Args: per_minute: requests; 0: there is no limit."""
        self._interval = 60 / per_minute if per_minute else 0.0
        self._now = now
        self._full_at: dict[Hashable, float] = {}

    def take(self, key: Hashable, cost: int = 1) -> float:
        """Take so much from the key's bucket, if it is there; return 0.0, else in how many seconds it will be."""
        if not self._interval:
            return 0.0
        now = self._now()
        full_at = max(self._full_at.get(key, 0.0), now) + cost * self._interval
        if (missing := full_at - now - AT_ONCE) > 0:
            return missing
        self._keep(key, full_at)
        return 0.0

    def charge(self, key: Hashable, cost: int) -> None:
        """Take so much, whether it is there or not. A bucket owes what it holds at most."""
        if self._interval:
            now = self._now()
            full_at = max(self._full_at.get(key, 0.0), now) + cost * self._interval
            self._keep(key, min(full_at, now + 2 * AT_ONCE))

    def _keep(self, key: Hashable, full_at: float) -> None:
        self._full_at.pop(key, None)  # so that the order is that of their last use
        self._full_at[key] = full_at
        if len(self._full_at) > MAX_KEYS:
            del self._full_at[next(iter(self._full_at))]
