"""A list as its owner wants it."""

from dataclasses import dataclass

from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.source import ListSource
from watchbuddy_contracts import Title


@dataclass(frozen=True, slots=True)
class MediaList:
    """A list with its items.

    Args:
        version: starts at 1; every change counts it up.
        items: in order of rank, each title once.
        pins: those of the items that every run keeps: on a custom list, what its owner has added.
        exclusions: titles that no run puts on the list: on a custom list, what its owner has taken off.
        source: where it was imported from; None: it was made here.
        is_deleted: this is the tombstone; it has no items.
    """

    list_id: int
    user_id: str
    version: int
    properties: ListProperties
    items: tuple[Title, ...] = ()
    pins: frozenset[Title] = frozenset()
    exclusions: tuple[Title, ...] = ()
    source: ListSource | None = None
    is_deleted: bool = False

    @property
    def size(self) -> int:
        """How many items the list has, or may fill itself up to."""
        filling = self.properties.filling
        return len(self.items) if filling is None else max(len(self.items), filling.item_limit)
