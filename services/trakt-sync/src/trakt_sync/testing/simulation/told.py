"""What the users of a schedule were told."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from chassis.postgres.database import Connection
from trakt_sync.testing.simulation import titles
from watchbuddy_contracts import (
    EVENTS,
    Event,
    Item,
    ListEvent,
    TraktAccountConnected,
    TraktDriftFound,
    TraktListDeleted,
    TraktSynced,
    TraktSyncFailed,
)

E = TypeVar("E", bound=ListEvent)
Result = TraktSynced | TraktListDeleted | TraktSyncFailed


@dataclass
class Told:
    """What was told of one list.

    Attributes:
        events: oldest first, and that its user connected an account.
        detached_at: the number of the last event that says it stays deleted, as somebody deleted it on Trakt.
    """

    events: list[Event] = field(default_factory=list)
    detached_at: int = 0

    def add(self, number: int, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, TraktDriftFound) and event.action == "detached":
            self.detached_at = number

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def results(self) -> list[Result]:
        return [event for event in self.events if isinstance(event, Result)]

    @property
    def is_without_place(self) -> bool:
        last = self.results[-1] if self.results else None
        return isinstance(last, TraktSyncFailed) and (last.operation, last.reason) == ("create", "limit_reached")

    @property
    def left_out(self) -> set[int | None]:
        return self._titles("left_out")

    @property
    def rejected(self) -> set[int | None]:
        """Titles that Trakt does not take."""
        return self._titles("rejected")

    @property
    def not_removed(self) -> set[int | None]:
        """Titles that Trakt does not take off."""
        return self._titles("not_removed")

    @property
    def left_behind(self) -> set[int]:
        """Titles that stay on the watchlist though the list is deleted."""
        items = [item for event in self.of(TraktListDeleted) for item in event.not_removed]
        return {key for item in items if (key := titles.key_of_item(item)) is not None}

    @property
    def was_cut(self) -> bool:
        """Whether titles were ever missing, which stand behind the others when they come."""
        return any(event.left_out or event.rejected for event in self.of(TraktSynced))

    def _titles(self, name: str) -> set[int | None]:
        synced = self.of(TraktSynced)
        items: tuple[Item, ...] = getattr(synced[-1], name) if synced else ()
        return {titles.key_of_item(item) for item in items}


async def read_told(connection: Connection, owners: Mapping[int, str]) -> Mapping[int, Told]:
    """Return by list what was told. Args: owners: of each list, its user."""
    told: Mapping[int, Told] = defaultdict(Told)
    rows = await connection.fetch("SELECT id, value, headers ->> 'ce_type' AS type FROM outbox ORDER BY id")
    for row in rows:
        event = EVENTS[row["type"]].model_validate_json(row["value"])
        if isinstance(event, ListEvent):
            told[event.list_id].add(row["id"], event)
        elif isinstance(event, TraktAccountConnected):
            for list_id in (list_id for list_id, user in owners.items() if user == event.user_id):
                told[list_id].add(row["id"], event)
    return told
