"""One account: its profile and limits, and what it has listed, watched and rated."""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from trakt_simulator.identifiers import number_in
from trakt_simulator.state.lists import MediaList


class Limits(NamedTuple):
    """An account's limits. `total_items`, over all lists without the watchlist, is in no response of Trakt's."""

    lists: int
    items_per_list: int
    total_items: int
    watchlist: int


FREE = Limits(lists=5, items_per_list=250, total_items=1_000, watchlist=250)
VIP = Limits(lists=100, items_per_list=5_000, total_items=100_000, watchlist=5_000)
MAX_PLAYS = 100_000
MAX_RATINGS_FREE = 10_000
MAX_RATINGS_VIP = 20_000


class Play(NamedTuple):
    """One play. `watched_ms` has minute precision; it is 0 when the user does not know when."""

    id: int
    key: int
    watched_ms: int
    action: str = "watch"


class Rating(NamedTuple):
    rating: int
    rated_ms: int


@dataclass(slots=True)
class Account:
    """A user. `slug` is the name in paths; it can differ from the username (`an.kah` is `an-kah`)."""

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
    history: deque[Play] | None = None
    ratings: dict[int, Rating] | None = None
    watchlist: MediaList = field(init=False)
    """Not one of `lists`. Trakt gives it no number: it has that of the account, negative."""
    _past: deque[tuple[int, list[MediaList]]] | None = None
    _present: list[MediaList] | None = None

    def __post_init__(self) -> None:
        # Everybody sees it who sees the user.
        self.watchlist = MediaList(
            -self.number, "watchlist", "Watchlist", self.joined_ms, self.joined_ms, privacy="public"
        )

    @property
    def limits(self) -> Limits:
        return self.own_limits or self.profile_limits

    @property
    def profile_limits(self) -> Limits:
        return VIP if self.is_vip else FREE

    @property
    def max_ratings(self) -> int:
        return MAX_RATINGS_VIP if self.is_vip else MAX_RATINGS_FREE

    @property
    def item_total(self) -> int:
        return sum(len(media_list.rows) for media_list in self.lists.values())

    @property
    def all_lists(self) -> list[MediaList]:
        """The lists, and the watchlist."""
        return [*self.lists.values(), self.watchlist]

    @property
    def lists_updated_ms(self) -> int:
        """When a list or the watchlist last changed."""
        names = ("lists.updated_at", "watchlist.updated_at")
        return max(self.activities.get(name, self.joined_ms) for name in names)

    def max_items(self, media_list: MediaList) -> int:
        """Return how many items a list of the account, or its watchlist, may have."""
        return self.limits.watchlist if media_list is self.watchlist else self.limits.items_per_list

    def record_activity(self, name: str, now_ms: int) -> None:
        """Set a time of `/sync/last_activities` (`lists.updated_at`) that is later than its last one."""
        before = self.activities.get(name, self.joined_ms)
        self.activities[name] = max(now_ms, before + 1)

    def remember_lists(self, now_ms: int, window_ms: int) -> None:
        """Keep the lists as they are now, and until now were, for reads that are stale by up to the window."""
        past = self._past = self._past if self._past is not None else deque()
        while past and past[0][0] < now_ms - window_ms:
            past.popleft()
        if self._present is not None:
            past.append((now_ms, self._present))
        self._present = [replace(one, rows=one.rows.select(range(len(one.rows)))) for one in self.lists.values()]

    def lists_at(self, now_ms: int, stale_ms: int) -> list[MediaList]:
        """Return the lists as they were `stale_ms` ago, as far back as they were kept."""
        for changed_ms, lists in self._past or ():
            if changed_ms > now_ms - stale_ms:
                return lists
        return list(self.lists.values())

    def find_list(self, list_id: str) -> MediaList | None:
        """Return the list with this trakt id or slug, or None."""
        number = number_in(list_id)
        if number not in self.lists:
            number = self.list_slugs.get(list_id)
        return None if number is None else self.lists[number]
