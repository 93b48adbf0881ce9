"""The actual state of a list: what we know to be on Trakt."""

from dataclasses import dataclass

from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.references import WATCHLIST, TraktRef


@dataclass(frozen=True, slots=True)
class Actual:
    """What is on Trakt, as far as we know.

    Args:
        trakt_list_id: None: there is no Trakt list.
        details: None: not known, all fields are sent.
        entries: the ledger, in the order of the Trakt list.
        is_stale: the ledger may differ from Trakt. Trakt must be read before the ledger can be believed.
        is_doubted: Trakt said that there is no such list.
        is_detached: the Trakt list was deleted by hand, and is to stay deleted.
        is_left_as_found: the details, and titles taken off, are left as somebody made them on Trakt.
        twins: Trakt lists to delete.
        is_sameness_doubted: as in `Staleness`.
        refused_additions: of so many titles by rank, one makes Trakt refuse the request; 0: of none.
        refused_removals: the same of the entries to be removed.
        has_open_intent: a creation was begun whose response is missing, or which was refused.
        capacity: see `diff.diff`.
        is_upper_bound: the true capacity is smaller or equal: additions go in halves.
        is_first: the Trakt list has never been equal to a version of the list, or its order is still owed.
    """

    trakt_list_id: TraktRef | None = None
    details: Details | None = None
    entries: tuple[Entry, ...] = ()
    is_stale: bool = False
    is_doubted: bool = False
    is_detached: bool = False
    is_left_as_found: bool = False
    twins: tuple[int, ...] = ()
    is_sameness_doubted: bool = False
    refused_additions: int = 0
    refused_removals: int = 0
    has_open_intent: bool = False
    capacity: int | None = None
    is_upper_bound: bool = False
    is_first: bool = False

    @property
    def is_watchlist(self) -> bool:
        return self.trakt_list_id == WATCHLIST
