"""Accounts: profile, limits, and what an account has listed, watched and rated."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from trakt_simulator.identifiers import number_in
from trakt_simulator.state.lists import MediaList


class Limits(NamedTuple):
    """An account's limits. `total_items`, over all lists, is in no answer of Trakt's."""

    lists: int
    items_per_list: int
    total_items: int


FREE = Limits(lists=5, items_per_list=250, total_items=1_000)
VIP = Limits(lists=100, items_per_list=5_000, total_items=100_000)
FREE_RATINGS, VIP_RATINGS = 10_000, 20_000
MAX_PLAYS = 100_000


class Watched(NamedTuple):
    """One play. `watched_ms` has minute precision; None when the user does not know when."""

    id: int
    key: int
    watched_ms: int
    action: str = "watch"


class Rating(NamedTuple):
    rating: int
    rated_ms: int


@dataclass(slots=True)
class Account:
    """A user. `slug` is what stands in paths; it may differ from the username (`an.kah` is `an-kah`)."""

    number: int
    username: str
    slug: str
    joined_ms: int
    is_vip: bool = False
    is_locked: bool = False
    is_deactivated: bool = False
    is_private: bool = False
    own_limits: Limits | None = None
    friends: set[str] = field(default_factory=set)
    lists: dict[int, MediaList] = field(default_factory=dict)
    list_slugs: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)
    history: deque[Watched] | None = None
    ratings: dict[int, Rating] | None = None

    @property
    def limits(self) -> Limits:
        return self.own_limits or self.profile_limits

    @property
    def profile_limits(self) -> Limits:
        return VIP if self.is_vip else FREE

    @property
    def rating_limit(self) -> int:
        return VIP_RATINGS if self.is_vip else FREE_RATINGS

    @property
    def item_total(self) -> int:
        return sum(len(media_list.rows) for media_list in self.lists.values())

    @property
    def lists_updated_ms(self) -> int:
        return self.activities.get("lists.updated_at", self.joined_ms)

    def act(self, activity: str, now_ms: int) -> None:
        """Move a stamp of `/sync/last_activities` (`lists.updated_at`), also twice within one millisecond."""
        before = self.activities.get(activity, self.joined_ms)
        self.activities[activity] = max(now_ms, before + 1)

    def find_list(self, list_id: str) -> MediaList | None:
        """Return the list with this trakt id or slug, or None."""
        number = number_in(list_id)
        if number not in self.lists:
            number = self.list_slugs.get(list_id)
        return None if number is None else self.lists[number]
