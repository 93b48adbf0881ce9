"""The actions of a plan: one request to Trakt each, or the pages of one reading."""

from dataclasses import dataclass
from typing import TypeAlias

from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.ledger import Entry
from watchbuddy_contracts import Title


@dataclass(frozen=True, slots=True)
class FindList:
    """Look for the list of a creation whose response is missing."""


@dataclass(frozen=True, slots=True)
class CheckList:
    """Look whether the list is there, of which Trakt said that it is not."""


@dataclass(frozen=True, slots=True)
class OpenWatchlist:
    """Read the watchlist before anything is put there: what is on it is its user's own."""


@dataclass(frozen=True, slots=True)
class LeaveWatchlist:
    """Forget the watchlist, on which nothing of ours is left. Nothing is sent."""


@dataclass(frozen=True, slots=True)
class CreateList:
    details: Details


@dataclass(frozen=True, slots=True)
class UpdateList:
    changes: dict[str, str | bool]


@dataclass(frozen=True, slots=True)
class AddItems:
    """Add titles at the end. They are in the order that Trakt gives them: movies before shows."""

    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class RemoveItems:
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReorderItems:
    """Put the whole list in this order. It is sent when the list item id of every entry is known."""

    order: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class DeleteList:
    pass


@dataclass(frozen=True, slots=True)
class DeleteTwin:
    """Delete a second Trakt list, which a creation made that had been given up."""

    trakt_list_id: int


@dataclass(frozen=True, slots=True)
class ReadItems:
    """Read all items of the Trakt list.

    Args:
        is_for_ids: only the list item ids are missing. Otherwise the ledger is stale and is made anew.
    """

    is_for_ids: bool = False


Read: TypeAlias = FindList | CheckList | OpenWatchlist | LeaveWatchlist | ReadItems
Write: TypeAlias = CreateList | UpdateList | AddItems | RemoveItems | ReorderItems | DeleteList | DeleteTwin
Action: TypeAlias = Read | Write
