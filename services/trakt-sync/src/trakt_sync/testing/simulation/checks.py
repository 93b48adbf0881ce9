"""What must be so when everything is at rest."""

from collections.abc import Sequence

from chassis.postgres.database import Connection
from trakt_simulator.state.lists import MediaList
from trakt_sync.testing.simulation import titles
from trakt_sync.testing.simulation.trakt import BrokenRuleError, SimulatedTrakt
from trakt_sync.testing.simulation.wishes import Wish, Wishes
from watchbuddy_contracts import (
    EVENTS,
    ListEvent,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktSyncFailed,
)


async def check_rest(
    connection: Connection, trakt: SimulatedTrakt, wishes: Wishes, account: str, *, is_touched: bool
) -> None:
    """Compare Trakt and the events told with what is wanted.

    Args:
        is_touched: others changed the lists on Trakt, or Trakt itself did so late.

    Raises:
        BrokenRuleError: they differ.
    """
    shown = list(trakt.account(account).lists.values())
    for other in trakt.sim.accounts.by_slug.values():
        _check_no_twins(wishes, list(other.lists.values()))
    told = await _events(connection)
    for wish in wishes.newest:
        about = [event for event in told if event.list_id == wish.list_id]
        _check_list(wish, [one for one in shown if wish.is_shown_by(one)], *_set_aside(about))
        _check_events(wish, about, trakt_is_touched=is_touched)
    if strangers := [one.name for one in shown if not any(wish.is_shown_by(one) for wish in wishes.newest)]:
        raise BrokenRuleError(f"lists of nobody: {strangers}")


def _check_no_twins(wishes: Wishes, shown: Sequence[MediaList]) -> None:
    """Check an account that may not be the user's any more: what it was left with stays there."""
    for wish in wishes.newest:
        if len(twins := [one.trakt for one in shown if wish.is_shown_by(one)]) > 1:
            raise BrokenRuleError(f"several Trakt lists on one account: {twins} of {wish}")


def _set_aside(told: Sequence[ListEvent]) -> tuple[set[int | None], set[int | None]]:
    """Return the titles that the user was told of: Trakt does not take them off, and does not take them."""
    results = [event for event in told if isinstance(event, TraktListSynced)]
    if not results:
        return set(), set()
    stuck, rejected = results[-1].not_removed, results[-1].rejected
    return {titles.key_of_item(item) for item in stuck}, {titles.key_of_item(item) for item in rejected}


def _check_list(wish: Wish, shown: Sequence[MediaList], stuck: set[int | None], rejected: set[int | None]) -> None:
    if len(shown) != int(wish.is_present):
        raise BrokenRuleError(f"{len(shown)} Trakt lists of {wish}")
    for one in shown:
        wanted = tuple(key for key in wish.keys if key not in rejected or key in one.rows.keys)
        keys = tuple(key for key in one.rows.keys if key not in stuck or key in wish.keys)
        if set(keys) != set(wanted):
            raise BrokenRuleError(f"{one.name!r} holds {list(one.rows.keys)}, wanted is {wish.keys} of {wish}")
        if wish.is_ordered and keys != wanted:
            raise BrokenRuleError(
                f"{one.name!r} is in the order {list(one.rows.keys)}, wanted is {wish.keys} of {wish}"
            )
        details = (one.name, one.description, one.privacy, one.display_numbers, one.allow_comments)
        if details != (wish.title, wish.description, wish.privacy, True, False):
            raise BrokenRuleError(f"{details} is shown of {wish}")


async def _events(connection: Connection) -> list[ListEvent]:
    rows = await connection.fetch("SELECT value, headers ->> 'ce_type' AS type FROM outbox ORDER BY id")
    events = [EVENTS[row["type"]].model_validate_json(row["value"]) for row in rows]
    return [event for event in events if isinstance(event, ListEvent)]


def _check_events(wish: Wish, told: Sequence[ListEvent], *, trakt_is_touched: bool) -> None:
    """Check what the user was told of a list."""
    created = [event.trakt_list_id for event in told if isinstance(event, TraktListCreated)]
    if len(created) != len(set(created)):
        raise BrokenRuleError(f"a Trakt list was told of twice: {created} of {wish}")
    results = [event for event in told if isinstance(event, TraktListSynced | TraktListDeleted | TraktSyncFailed)]
    expected = TraktListSynced if wish.is_present else TraktListDeleted
    if not results or not isinstance(results[-1], expected) or results[-1].version != wish.version:
        raise BrokenRuleError(f"the last result of {wish} is {results[-1] if results else None}")
    if isinstance(results[-1], TraktListSynced):
        _check_counts(wish, told, is_exact=len(created) == 1 and not trakt_is_touched)
    reasons: list[str] = []
    for event in results:
        if not isinstance(event, TraktSyncFailed):
            reasons = []
        elif event.reason in reasons:
            raise BrokenRuleError(f"{event.reason} was told of twice: {event}")
        else:
            reasons.append(event.reason)


def _check_counts(wish: Wish, told: Sequence[ListEvent], *, is_exact: bool) -> None:
    """Check the numbers that the user was told: together they give what is there.

    Args:
        is_exact: one Trakt list was made, and nobody else changed it.
    """
    results = [event for event in told if isinstance(event, TraktListSynced)]
    if len(results[-1].not_found) != len(wish.unknown):
        raise BrokenRuleError(f"{len(results[-1].not_found)} titles were told to be unknown of {wish}")
    there = sum(event.added - event.removed for event in results)
    if is_exact and there != len(wish.keys):
        numbers = [(event.version, event.added, event.removed) for event in results]
        raise BrokenRuleError(f"the numbers told give {there} titles: {numbers} of {wish}")
