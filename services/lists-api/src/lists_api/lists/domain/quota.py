"""How much of everything a user may have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from lists_api.errors import (
    QuotaExceededError,
    TooManyFeedReadsError,
    TooManyImportsError,
    TooManyRunsError,
    TooManySearchesError,
    TooManyUsesError,
)

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)

Use = Literal["search", "feed_read", "import"]
"""What has a quota a minute: a search of the catalogue, a read of a private feed, an import of a file."""
_TOO_MANY: Final[Mapping[Use, type[TooManyUsesError]]] = {
    "search": TooManySearchesError,
    "feed_read": TooManyFeedReadsError,
    "import": TooManyImportsError,
}


@dataclass(frozen=True, slots=True)
class Quota:
    """What a kind of account may have.

    Args:
        lists: None: no limit. items: of one list.
        runs_per_hour: runs that the user starts.
        uses_per_minute: how often the user may do a thing.
    """

    lists: int | None
    items: int
    runs_per_hour: int
    uses_per_minute: Mapping[Use, int]


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

    def check_uses(self, use: Use, count: int, *, is_vip: bool, now: datetime) -> None:
        """Check that a user may do what they do the `count`th time within this minute of the clock.

        Raises:
            TooManyUsesError: they may not, until the next minute.
        """
        limit = self.of(is_vip=is_vip).uses_per_minute[use]
        if count > limit:
            raise _TOO_MANY[use](limit, now.replace(second=0, microsecond=0) + MINUTE - now)
