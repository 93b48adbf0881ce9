"""What must be so when everything is at rest."""

from collections.abc import Collection
from dataclasses import dataclass

from trakt_simulator.state.lists import MediaList
from trakt_sync.testing.simulation.checks_of_events import check_events
from trakt_sync.testing.simulation.checks_of_history import check_histories
from trakt_sync.testing.simulation.checks_of_watchlist import check_watchlists
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.told import Told, read_told
from trakt_sync.testing.simulation.wishes import Wish
from trakt_sync.testing.simulation.world import World


async def check_rest(world: World, users: Collection[str], *, is_touched: bool) -> None:
    """Compare Trakt and the events told with what is wanted.

    Args:
        users: whose lists are looked at.
        is_touched: others changed the lists on Trakt, or Trakt itself did so late.

    Raises:
        BrokenRuleError: they differ.
    """
    told = await read_told(world.connection, {wish.list_id: wish.user for wish in world.wishes.newest})
    for wish in world.wishes.newest:
        if wish.user in users:
            _check_no_twins(world, wish)
            outcome = Outcome(world, wish, told[wish.list_id])
            outcome.check()
            versions = (one for one in world.wishes.written if one.list_id == wish.list_id)
            was_elsewhere = any(one.is_for_watchlist for one in versions)
            check_events(wish, outcome.told, outcome.shown, is_touched=is_touched or was_elsewhere)
    check_watchlists(world, users, told)
    await check_histories(world, users)
    known = [*world.wishes.newest, *(wish for life in world.erasures.lives for wish in life.lists)]
    for user in users:
        shown = world.trakt.account(world.accounts[user]).lists.values()
        if strangers := [one.name for one in shown if not any(wish.is_shown_by(one) for wish in known)]:
            raise BrokenRuleError(f"lists of nobody: {strangers}")


def _check_no_twins(world: World, wish: Wish) -> None:
    """Check all accounts, those too that are not the user's any more: what they were left with stays there."""
    for account in world.trakt.sim.accounts.by_slug.values():
        if len(twins := [one.trakt for one in account.lists.values() if wish.is_shown_by(one)]) > 1:
            raise BrokenRuleError(f"several Trakt lists on one account: {twins} of {wish}")


@dataclass
class Outcome:
    """One list at rest, and its Trakt list."""

    world: World
    wish: Wish
    told: Told

    def __post_init__(self) -> None:
        self.account = self.world.trakt.account(self.world.accounts[self.wish.user])
        shown = [one for one in self.account.lists.values() if self.wish.is_shown_by(one)]
        self.shown: MediaList | None = shown[0] if shown else None
        self.keys: tuple[int, ...] = tuple(shown[0].rows.keys) if shown else ()

    def check(self) -> None:
        wish, one = self.wish, self.shown
        if one is None:
            if wish.is_present and not (wish.is_for_watchlist or self._is_detached() or self._has_no_place()):
                raise BrokenRuleError(f"no Trakt list of {wish}")
            return
        if not wish.is_present or wish.is_for_watchlist:
            raise BrokenRuleError(f"a Trakt list is left of {wish}")
        has_not_connected = self.told.detached_at > self.world.connected_after[wish.user]
        if has_not_connected and self._is_detached() and self._stayed("when_deleted", "detach"):
            raise BrokenRuleError(f"made anew though it is to stay deleted: {wish}")
        self._check_titles()
        self._check_order()
        details = (one.name, one.description, one.privacy, one.display_numbers, one.allow_comments)
        if details != (wish.title, wish.description, wish.privacy, True, False):
            raise BrokenRuleError(f"{details} is shown of {wish}")

    def _is_detached(self) -> bool:
        """Whether its user was told that it stays deleted, and has not asked for it since."""
        since = self.world.asked.get(self.wish.list_id, 0)
        return self.told.detached_at > since and self.wish.list_id in self.world.hands.deleted

    def _stayed(self, policy: str, value: str) -> bool:
        versions = [wish for wish in self.world.wishes.written if wish.list_id == self.wish.list_id]
        return all(getattr(wish.mirror, policy) == value for wish in versions)

    def _has_no_place(self) -> bool:
        """Whether the account has as many lists as it may have, and the user knows."""
        is_full = len(self.account.lists) >= self.account.limits.lists
        return is_full and self.told.is_without_place

    def _check_titles(self) -> None:
        wish, there = self.wish, set(self.keys)
        wanted = tuple(key for key in wish.keys if key not in self.told.rejected or key in there)
        # A title that the list names twice, by different ids, may be there and left out.
        if set(left_out := [key for key in wanted if key not in there]) != self.told.left_out - there - {None}:
            raise BrokenRuleError(f"{self._holds()}, and {self.told.left_out} were told to be left out")
        if left_out:
            self._check_left_out(wanted, left_out)
        extra = there.difference(wish.keys, self.told.not_removed, self._may_stay())
        if extra:
            raise BrokenRuleError(f"{self._holds()}: {extra} were not taken off")

    def _may_stay(self) -> set[int]:
        """Return the titles that the list's mode leaves there."""
        list_id, mode = self.wish.list_id, self.wish.mirror.mode
        if mode == "mirror":
            return set()
        by_hand = self.world.hands.added.get(list_id, set())
        if mode == "keep_extra" and not self.world.had_late_writes:
            return by_hand  # whose an addition was that came late, nobody can tell
        return by_hand | {key for one in self.world.wishes.written if one.list_id == list_id for key in one.keys}

    def _check_left_out(self, wanted: tuple[int, ...], left_out: list[int]) -> None:
        """Check that there is no room for what is left out, and that it is of the lowest rank.

        An account that is over its limit takes nothing. There, nothing gives way.
        """
        limits = self.account.limits
        room = min(limits.items_per_list - len(self.keys), limits.total_items - self.account.item_total)
        is_over = len(self.account.lists) > limits.lists or room < 0
        if room > 0 and not is_over:
            raise BrokenRuleError(f"{self._holds()}: there is room for {room} more")
        if not is_over and wanted[: len(wanted) - len(left_out)] != tuple(key for key in wanted if key in self.keys):
            raise BrokenRuleError(f"{self._holds()}: titles of a lower rank have the places")

    def _check_order(self) -> None:
        keys = tuple(key for key in self.keys if key in self.wish.keys)
        if (self.wish.is_ordered or self._is_first()) and keys != tuple(key for key in self.wish.keys if key in keys):
            raise BrokenRuleError(f"the order is wrong: {self._holds()}")

    def _is_first(self) -> bool:
        """Whether the list is as it was first mirrored: nobody changed it, and all titles came at once."""
        is_unchanged = len(self.world.wishes.known[self.wish.list_id]) == 1
        return is_unchanged and self.wish.list_id not in self.world.hands.touched and not self.told.was_cut

    def _holds(self) -> str:
        return f"{self.wish} has {list(self.keys)}, wanted are {list(self.wish.keys)}"
