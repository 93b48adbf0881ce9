"""What lists-api must know of users' watched history when everything is at rest."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias

from chassis.postgres.database import Connection
from trakt_simulator.catalogue.episodes import show_of
from trakt_simulator.catalogue.media import Kind, kind_of
from trakt_simulator.state.account import Account
from trakt_sync.testing.simulation import titles
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.world import World
from watchbuddy_contracts import Item, TraktWatchedChanged

History: TypeAlias = Mapping[int | None, tuple[datetime, int]]
"""When each title was last watched, and how often."""

WATCHED: Final = """
SELECT value FROM outbox WHERE headers ->> 'ce_type' = 'watchbuddy.trakt.watched_changed.v1' ORDER BY id"""


async def check_histories(world: World, users: Collection[str]) -> None:
    """Check that what was told is what Trakt has, of users with a list that has a use for it.

    Raises:
        BrokenRuleError: it is not.
    """
    asking = {wish.user for wish in world.wishes.newest if wish.is_present and wish.uses_watched}.intersection(users)
    if not asking:
        return
    told = await _told(world.connection)
    for user in sorted(asking):
        on_trakt = _on_trakt(world.trakt.account(world.accounts[user]))
        if told[user] != on_trakt:
            raise BrokenRuleError(f"the history of {user} was told as {told[user]}, on Trakt it is {on_trakt}")


async def _told(connection: Connection) -> Mapping[str, History]:
    """Return what lists-api makes of the events: a full one speaks of every title."""
    told: defaultdict[str, dict[int | None, tuple[datetime, int]]] = defaultdict(dict)
    for row in await connection.fetch(WATCHED):
        event = TraktWatchedChanged.model_validate_json(row["value"])
        history = told[event.user_id]
        if event.is_full:
            history.clear()
        for item in event.watched:
            key = titles.key_of_item(Item(media_type=item.media_type, ids=item.ids))
            history[key] = (item.last_watched_at, item.plays)
    return told


def _on_trakt(account: Account) -> History:
    found: dict[int | None, tuple[datetime, int]] = {}
    for play in account.history or ():
        key = show_of(play.key) if kind_of(play.key) is Kind.EPISODE else play.key
        at = datetime.fromtimestamp(play.watched_ms / 1000, UTC)
        last, count = found.get(key, (at, 0))
        found[key] = (max(last, at), count + 1)
    return found
