"""What must be so when everything is at rest."""

from collections.abc import Sequence

from chassis.postgres.database import Connection
from trakt_simulator.state.lists import MediaList
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


async def check_rest(connection: Connection, trakt: SimulatedTrakt, wishes: Wishes, account: str) -> None:
    """Compare Trakt and the events told with what is wanted.

    Raises:
        BrokenRuleError: they differ.
    """
    shown = list(trakt.account(account).lists.values())
    for wish in wishes.newest:
        _check_list(wish, [one for one in shown if wish.is_shown_by(one)])
    if strangers := [one.name for one in shown if not any(wish.is_shown_by(one) for wish in wishes.newest)]:
        raise BrokenRuleError(f"lists of nobody: {strangers}")
    told = await _events(connection)
    for wish in wishes.newest:
        _check_events(wish, [event for event in told if event.list_id == wish.list_id])


def _check_list(wish: Wish, shown: Sequence[MediaList]) -> None:
    if len(shown) != int(wish.is_present):
        raise BrokenRuleError(f"{len(shown)} Trakt lists of {wish}")
    for one in shown:
        if set(one.rows.keys) != set(wish.keys):
            raise BrokenRuleError(f"{one.name!r} holds {list(one.rows.keys)}, wanted is {wish.keys} of {wish}")
        if wish.is_ordered and tuple(one.rows.keys) != wish.keys:
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


def _check_events(wish: Wish, told: Sequence[ListEvent]) -> None:
    """Check what the user was told of a list."""
    created = [event.trakt_list_id for event in told if isinstance(event, TraktListCreated)]
    if len(created) != len(set(created)):
        raise BrokenRuleError(f"a Trakt list was told of twice: {created} of {wish}")
    results = [event for event in told if isinstance(event, TraktListSynced | TraktListDeleted | TraktSyncFailed)]
    expected = TraktListSynced if wish.is_present else TraktListDeleted
    if not results or not isinstance(results[-1], expected) or results[-1].version != wish.version:
        raise BrokenRuleError(f"the last result of {wish} is {results[-1] if results else None}")
    reasons: list[str] = []
    for event in results:
        if not isinstance(event, TraktSyncFailed):
            reasons = []
        elif event.reason in reasons:
            raise BrokenRuleError(f"{event.reason} was told of twice: {event}")
        else:
            reasons.append(event.reason)
