"""How much of everything a user may have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lists_api.errors import QuotaExceededError, TooManyRunsError, TooManySearchesError

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a kind of account may have.

    Args:
        lists: None: no limit. items: of one list.
        runs_per_hour: runs that the user starts. searches_per_minute: in the catalogue.
    """

    lists: int | None
    items: int
    runs_per_hour: int
    searches_per_minute: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quota of each kind of Trakt account. An account of which nothing is known counts as free."""

    free: Quota
    vip: Quota

    def of(self, *, is_vip: bool) -> Quota:
        """Return the quota of an account."""
        return self.vip if is_vip else self.free

    def check_lists(self, count: int, *, is_vip: bool) -> None:
        """Check that a user with `count` lists may make one more.

        Raises:
            QuotaExceededError: they may not.
        """
        limit = self.of(is_vip=is_vip).lists
        if limit is None or count < limit:
            return
        more = "" if is_vip or self.vip.lists is not None else " Upgrade to VIP for unlimited lists."
        kind = "VIP" if is_vip else "Free"
        raise QuotaExceededError(f"Quota exceeded: {kind} accounts can create up to {limit} lists.{more}", limit)

    def check_items(self, count: int, *, is_vip: bool) -> None:
        """Check that a list may have `count` items. Raises QuotaExceededError."""
        limit = self.of(is_vip=is_vip).items
        if count > limit:
            kind = "VIP" if is_vip else "Free"
            raise QuotaExceededError(f"Quota exceeded: {kind} accounts can have up to {limit} items per list.", limit)

    def check_runs(self, started: Sequence[datetime], *, is_vip: bool, now: datetime) -> None:
        """Check that a user may start a run who started runs then, within the last hour, the newest first.

        Raises:
            TooManyRunsError: they may not.
        """
        limit = self.of(is_vip=is_vip).runs_per_hour
        if len(started) < limit:
            return
        free_at = started[limit - 1] + HOUR if limit else now + HOUR
        raise TooManyRunsError(limit, free_at - now)

    def check_searches(self, count: int, *, is_vip: bool, now: datetime) -> None:
        """Check that a user may search whose search is the `count`th within this minute of the clock.

        Raises:
            TooManySearchesError: they may not, until the next minute.
        """
        limit = self.of(is_vip=is_vip).searches_per_minute
        if count > limit:
            raise TooManySearchesError(limit, now.replace(second=0, microsecond=0) + MINUTE - now)
