"""How a list fills itself from the catalogue."""

from dataclasses import dataclass, field
from typing import Final, Literal

from lists_api.catalogue.domain.filters import Filters

Sort = Literal["rank", "rating", "year", "title", "added"]
DEFAULT_ITEM_LIMIT: Final = 50
MAX_FILLED: Final = 1000
"""The largest `item_limit`: more titles than anybody reads through, and few enough to rank in a moment."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a smart or custom list is filled with, and when.

    Args:
        item_limit: most items of the list. Pinned titles are kept beyond it.
        sort: order of the items here and on Trakt; `rank` is the order of their scores.
        exclude_watched: what its owner has watched leaves the list at the next run, pinned or not.
        sync_interval_hours: from one run to the next, 1 to 720.
        full_sync_days: a run that comes so long after the last full one ranks everything anew. The runs between keep
            the titles that still fit, and fill free places.
        is_paused: it is run by hand alone.
    """

    filters: Filters = field(default_factory=Filters)
    item_limit: int = DEFAULT_ITEM_LIMIT
    sort: Sort = "rank"
    exclude_watched: bool = False
    sync_interval_hours: int = 24
    full_sync_days: int = 7
    is_paused: bool = False

    def selects_as(self, other: "Filling") -> bool:
        """Whether both fill a list with the same titles in the same order."""
        return _selection(self) == _selection(other)


def _selection(filling: Filling) -> tuple[object, ...]:
    return filling.filters, filling.item_limit, filling.sort, filling.exclude_watched
