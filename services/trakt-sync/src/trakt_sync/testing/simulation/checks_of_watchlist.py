"""What must be so of watchlists when everything is at rest."""

from collections.abc import Collection, Mapping

from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.told import Told
from trakt_sync.testing.simulation.wishes import Wish
from trakt_sync.testing.simulation.world import World


def check_watchlists(world: World, users: Collection[str], told: Mapping[int, Told]) -> None:
    """Check that what is wanted is there, that what users put there stayed, and that nothing else of ours is there.

    Args:
        users: whose watchlists are looked at.

    Raises:
        BrokenRuleError: it is not so.
    """
    for account in sorted({world.accounts[user] for user in users}):
        watchlist = world.trakt.account(account).watchlist
        there = {*watchlist.rows.keys}
        if gone := world.on_watchlists.own[account] - there:
            raise BrokenRuleError(f"titles that the user of {account} put on the watchlist are gone: {gone}")
        may_stay = world.on_watchlists.added[account] | _left_behind(world, account, users)
        for wish in world.wishes.newest:
            if not wish.is_present:
                may_stay |= told[wish.list_id].left_behind
            if wish.is_for_watchlist and world.accounts[wish.user] == account:
                may_stay |= _may_stay(world, wish, told[wish.list_id])
                if wish.user in users:
                    _check_wanted(world, wish, told[wish.list_id], tuple(watchlist.rows.keys))
        if extra := there - may_stay:
            raise BrokenRuleError(f"titles of nobody are on the watchlist of {account}: {extra}")


def _check_wanted(world: World, wish: Wish, told: Told, there: tuple[int, ...]) -> None:
    account = world.accounts[wish.user]
    holds = f"the watchlist of {account} has {list(there)}, wanted are {list(wish.keys)} of {wish}"
    watched = world.on_watchlists.watched[account]
    missing = {key for key in wish.keys if key not in there and key not in told.rejected} - watched
    if missing != told.left_out.difference(there, watched, {None}):
        raise BrokenRuleError(f"{holds}, and {told.left_out} were told to be left out")
    limits = world.trakt.account(account).limits
    if missing and len(there) < limits.watchlist:
        raise BrokenRuleError(f"{holds}: there is room for {limits.watchlist - len(there)} more")
    ours = [key for key in there if key in wish.keys]
    is_alone = list(world.accounts.values()).count(account) == 1  # two users may want two orders
    if wish.is_ordered and is_alone and ours != [key for key in wish.keys if key in ours]:
        raise BrokenRuleError(f"the order is wrong: {holds}")


def _may_stay(world: World, wish: Wish, told: Told) -> set[int]:
    """Return what a list may have there: what it wants, and what its mode or Trakt lets nobody take off."""
    is_kept = wish.mirror.mode == "add_only" or world.had_late_writes
    return {*wish.keys, *(_ever(world, wish.user) if is_kept else ()), *(key for key in told.not_removed if key)}


def _left_behind(world: World, account: str, users: Collection[str]) -> set[int]:
    """Return the titles of users who went to another account and left them, who ail, who were erased and left them, or
    whose additions came late.
    """
    return {
        key
        for user, accounts in world.ever_on.items()
        if account in accounts and (world.accounts[user] != account or user not in users or _may_have_left(world, user))
        for key in _ever(world, user)
    }


def _may_have_left(world: World, user: str) -> bool:
    """Whether something may be there that nobody knows of: it came late, was left, or did not go with its list."""
    present = [wish for wish in world.wishes.written if wish.user == user and wish.is_present]
    for_watchlist = {wish.list_id for wish in present if wish.is_for_watchlist}
    has_moved = not for_watchlist.isdisjoint(wish.list_id for wish in present if not wish.is_for_watchlist)
    is_forgotten = world.had_unremovable and (user in world.protection.left or has_moved)
    return world.had_late_writes or is_forgotten or world.erasures.may_have_left(user)


def _ever(world: World, user: str) -> set[int]:
    wishes = (wish for wish in world.wishes.written if wish.user == user and wish.is_for_watchlist)
    return {key for wish in wishes for key in wish.keys}
