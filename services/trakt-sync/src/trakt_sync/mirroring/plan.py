"""What to do next to make Trakt equal to what is wanted.

The order is a promise. The list comes first. Additions come before removals, so that a failure never leaves a list
emptier than it was; only a full list is given room first. Reading comes last, unless what seems to be extra may be a
wanted title under another id: then Trakt is read before anything is removed (decision 38).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trakt_sync.mirroring.actions import (
    Action,
    CheckList,
    CreateList,
    DeleteList,
    DeleteTwin,
    FindList,
    LeaveWatchlist,
    OpenWatchlist,
    ReadItems,
    ReorderItems,
    UpdateList,
)
from trakt_sync.mirroring.actual import Actual
from trakt_sync.mirroring.additions import additions, removals
from trakt_sync.mirroring.desired import Desired
from trakt_sync.mirroring.diff import Difference, diff
from trakt_sync.mirroring.ledger import is_ours, set_aside
from trakt_sync.mirroring.references import WATCHLIST


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Args:
        actions: that make Trakt equal to what is wanted, in order. Only the first is carried out before the next plan
            is made. Those behind it may be preliminary.
        differs: how the items differ; None: nobody has looked at them.
    """

    actions: tuple[Action, ...]
    differs: Difference | None = None


def plan(desired: Desired, actual: Actual) -> tuple[Action, ...]:
    """Return the actions of the plan that makes Trakt equal to `desired`; none when it is so already."""
    return planned(desired, actual).actions


def planned(desired: Desired, actual: Actual) -> Plan:
    """Return the plan that makes Trakt equal to `desired`."""
    if actual.has_open_intent:
        return Plan((FindList(),))
    if actual.is_doubted:
        return Plan((CheckList(),))
    twins = tuple(DeleteTwin(trakt_list_id) for trakt_list_id in actual.twins)
    if not desired.is_present:
        return Plan((*_left(actual), *twins))
    is_for_watchlist = desired.policies.target == WATCHLIST
    if actual.is_detached and desired.policies.when_deleted == "detach" and not is_for_watchlist:
        return Plan(twins)
    if actual.trakt_list_id is not None and actual.is_watchlist != is_for_watchlist:  # its target is another now
        nothing = Actual(is_first=True)
        return Plan((*_left(actual), *_present(desired, nothing, difference(desired, nothing)), *twins))
    differs = difference(desired, actual)
    return Plan((*_present(desired, actual, differs), *twins), differs)


def difference(desired: Desired, actual: Actual) -> Difference:
    """Return how the items differ. Without a Trakt list nothing is on it. The watchlist is its user's, not ours."""
    mode = desired.policies.mode
    entries = actual.entries if actual.trakt_list_id is not None else set_aside(actual.entries)
    return diff(
        desired.items,
        entries,
        actual.capacity,
        is_upper_bound=actual.is_upper_bound,
        mode="keep_extra" if actual.is_watchlist and mode == "mirror" else mode,
        is_left_as_found=actual.is_left_as_found,
    )


def _left(actual: Actual) -> Iterator[Action]:
    """Yield what leaves nothing of ours on Trakt."""
    if actual.is_watchlist:
        if actual.is_sameness_doubted:  # what we know as ours may be another's
            yield ReadItems(is_for_ids=not actual.is_stale)
        yield from removals([entry for entry in actual.entries if is_ours(entry)], actual)
        yield LeaveWatchlist()
    elif actual.trakt_list_id is not None:
        yield DeleteList()


def _present(desired: Desired, actual: Actual, differs: Difference) -> Iterator[Action]:
    is_for_watchlist = desired.policies.target == WATCHLIST
    if actual.trakt_list_id is None:
        yield OpenWatchlist() if is_for_watchlist else CreateList(desired.details)
    elif not (actual.is_watchlist or actual.is_left_as_found):
        changes = desired.details.changes_from(actual.details)
        yield from [UpdateList(changes)] if changes else []
    is_ordered = desired.is_ordered or actual.is_first
    added, is_in_order = additions(differs, actual, is_ordered=is_ordered)
    is_held = differs.is_doubtful or actual.is_sameness_doubted
    needed = _removals_to_make_room(differs, actual)
    if is_held and not actual.is_stale:
        yield ReadItems(is_for_ids=True)
    elif is_held and needed:
        yield ReadItems()  # a full list takes nothing, and what may go is not known
    first = 0 if is_held else needed
    yield from removals(differs.extra[:first], actual)
    yield from added
    if is_held and actual.is_stale and not needed:
        yield ReadItems()
    yield from removals(differs.extra[first:], actual)
    # The order of a watchlist is its user's, unless they want ours.
    is_out_of_order = not is_in_order and (desired.is_ordered if is_for_watchlist else is_ordered)
    if actual.is_stale and not is_held:
        yield ReadItems()  # an order needs entries that are sure to be there
    elif is_out_of_order and not is_held and any(entry.list_item_id is None for entry in differs.kept):
        yield ReadItems(is_for_ids=True)
    if is_out_of_order:
        yield ReorderItems(differs.order)


def _removals_to_make_room(differs: Difference, actual: Actual) -> int:
    """Return how many removals come before the additions. A full list takes nothing: it must be given room.

    No more than needed: an addition may find its title there, under the ids of an entry that seemed to be extra.
    """
    if actual.capacity is None:
        return 0
    total = len(differs.missing) + len(differs.kept) + len(differs.extra) + differs.borne
    return min(len(differs.extra), max(0, total - actual.capacity))
