"""Which titles no step may take off a Trakt list."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trakt_simulator.state.account import VIP, Account, Limits
from trakt_simulator.state.lists import MediaList
from trakt_sync.testing.simulation import titles
from trakt_sync.testing.simulation.by_hand import HandEdits
from trakt_sync.testing.simulation.on_watchlist import OnWatchlists
from trakt_sync.testing.simulation.wishes import Wish, Wishes


@dataclass
class Protection:
    """What is protected on each Trakt list, at any request.

    Args:
        accounts: the Trakt account of each user.

    Attributes:
        left: users who left their accounts. They wanted nothing there then, and what was sent may come late.
        began: of each list, how many versions were known when the step began, less one.
    """

    wishes: Wishes
    hands: HandEdits
    on_watchlists: OnWatchlists
    accounts: Mapping[str, str]
    left: set[str] = field(default_factory=set)
    began: dict[int, int] = field(default_factory=dict)
    _capacity: dict[str, int] = field(default_factory=dict)

    def begin(self) -> dict[int, int]:
        """Note what is known as a step begins, and return it."""
        self.began = {list_id: len(versions) - 1 for list_id, versions in self.wishes.known.items()}
        return self.began

    def limited(self, account: str, limits: Limits) -> None:
        """Note an account's limits. Titles over the smallest that it ever had may give way to those of higher rank."""
        capacity = limits.items_per_list if limits.total_items == VIP.total_items else 0
        self._capacity[account] = min(capacity, self._capacity.get(account, capacity))

    def users_of(self, account: str) -> frozenset[str]:
        """Return who has connected a Trakt account."""
        return frozenset(user for user, one in self.accounts.items() if one == account)

    def of(self, account: Account, shown: MediaList, there: frozenset[int]) -> set[int]:
        """Return those of a Trakt list's titles that every version protects that was known since the step began."""
        if shown is account.watchlist:
            return self._of_watchlist(account.username)
        for list_id, versions in self.wishes.known.items():
            if versions[0].is_shown_by(shown) and versions[0].user not in self.left:
                capacity = self._capacity.get(account.username)
                known = versions[max(self.began.get(list_id, 0), 0) :]
                return set.intersection(*(self._protected_by(wish, there, capacity) for wish in known))
        return set()

    def _of_watchlist(self, account: str) -> set[int]:
        """Return what its user put there, and what a list wants there since before the step began.

        Of two users of ours, one may take off what the other wants: it comes back (decision 51). So may of two lists
        of a user, before it is known that the one is not for the watchlist any more.
        """
        protected = {*self.on_watchlists.own[account]}
        users = self.users_of(account)
        known = [versions[self.began.get(one, len(versions)) :] for one, versions in self.wishes.known.items()]
        want_it = [wishes for wishes in known if any(wish.is_for_watchlist and wish.user in users for wish in wishes)]
        if len(users) > 1 or len(want_it) > 1 or account in self._capacity:
            return protected
        for wishes in want_it:
            if all(wish.is_for_watchlist and wish.user not in self.left for wish in wishes):
                protected |= set.intersection(*({*wish.keys} for wish in wishes))
        return protected

    def _protected_by(self, wish: Wish, there: frozenset[int], capacity: int | None) -> set[int]:
        if not wish.is_present or wish.is_for_watchlist:
            return set()
        if wish.mirror.mode == "add_only":
            return {*there}
        # A title that Trakt does not know, or that is named twice, takes a place until Trakt has said so.
        wanted = {*wish.keys}.intersection(titles.key(name) for name in wish.items[:capacity])
        if wish.mirror.mode == "keep_extra":
            ever = {key for one in self.wishes.written if one.list_id == wish.list_id for key in one.keys}
            wanted |= self.hands.added.get(wish.list_id, set()) - ever
        return wanted
