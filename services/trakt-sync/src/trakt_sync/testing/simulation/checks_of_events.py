"""What must be true of the events that a list's user was told."""

from trakt_simulator.state.lists import MediaList
from trakt_sync.testing.simulation import titles
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.told import Told
from trakt_sync.testing.simulation.wishes import Wish
from watchbuddy_contracts import (
    Event,
    TraktAccountConnected,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktSynced,
    TraktSyncFailed,
    TraktWatchlistSynced,
)


def check_events(wish: Wish, told: Told, shown: MediaList | None, *, is_touched: bool) -> None:
    """Check what the user was told of a list at rest.

    Args:
        shown: its Trakt list.
        is_touched: see `check_rest`; or it was for the watchlist once.

    Raises:
        BrokenRuleError: it is not the truth, or it was told too often.
    """
    created = [event.trakt_list_id for event in told.of(TraktListCreated)]
    if len(created) != len(set(created)):
        raise BrokenRuleError(f"a Trakt list was told of twice: {created} of {wish}")
    if shown is not None or not wish.is_present or wish.is_for_watchlist:
        _check_last(wish, told)
    if shown is not None:
        _check_counts(wish, told, shown, is_exact=len(created) == 1 and not is_touched)
    _check_failures(told)


def _check_last(wish: Wish, told: Told) -> None:
    last = told.results[-1] if told.results else None
    expected: type[Event] = TraktListDeleted
    if wish.is_present:
        expected = TraktWatchlistSynced if wish.is_for_watchlist else TraktListSynced
    if not isinstance(last, expected) or last.version != wish.version:
        raise BrokenRuleError(f"the last result of {wish} is {last}")


def _check_counts(wish: Wish, told: Told, shown: MediaList, *, is_exact: bool) -> None:
    """Check the numbers that the user was told: together they give what is there.

    Args:
        is_exact: one Trakt list was made, nobody else changed it, and it was never for the watchlist.
    """
    results = told.of(TraktListSynced)
    unknown = len(results[-1].not_found) + sum(titles.key_of_item(item) is None for item in results[-1].left_out)
    if unknown != len(wish.unknown):
        raise BrokenRuleError(f"{unknown} titles were told to be unknown of {wish}")
    there = sum(event.added - event.removed for event in results)
    if is_exact and there != len(shown.rows):
        numbers = [(event.version, event.added, event.removed) for event in results]
        raise BrokenRuleError(f"the numbers told give {there} titles, {len(shown.rows)} are there: {numbers} of {wish}")


def _check_failures(told: Told) -> None:
    """Check that a failure is told when an incident begins, or when its reason is another. A rejection is a version's
    alone.
    """
    told_last: tuple[str, int] | None = None
    for event in told.events:
        if isinstance(event, TraktSynced | TraktListDeleted | TraktAccountConnected):
            told_last = None
        if not isinstance(event, TraktSyncFailed):
            continue
        failure = (event.reason, event.version if event.reason == "rejected" else 0)
        if failure == told_last:
            raise BrokenRuleError(f"{event.reason} was told of twice: {event}")
        told_last = failure
