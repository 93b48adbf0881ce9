"""The properties of a list: everything that its owner sets, apart from its items."""

from dataclasses import dataclass, field, replace

from lists_api.lists.domain.filling import DEFAULT_ITEM_LIMIT, Filling
from lists_api.lists.domain.titles import dynamic_title
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


@dataclass(frozen=True, slots=True)
class ListProperties:
    """What a list is called and how it is kept, as its owner wants it.

    A new property is a field here, a field in the request and response bodies, and a column of the table.

    Args:
        description: the owner's own text; None: the text that WatchBuddy gives to lists of this type.
        has_own_title: the owner has set the title. Else it is made from the filters, and follows them.
        filling: None: a manual list, which its owner's hand alone fills.
    """

    title: str
    list_type: ListType
    description: str | None = None
    privacy: Privacy = "private"
    mirror: MirrorSettings = field(default_factory=MirrorSettings)
    has_own_title: bool = True
    filling: Filling | None = None

    @property
    def uses_watched(self) -> bool:
        """Whether it matters to the list what its owner has watched."""
        return self.filling is not None and (self.filling.exclude_watched or self.filling.filters.watched != "any")

    @property
    def is_watchlist(self) -> bool:
        """Whether the list is mirrored to its owner's watchlist."""
        return self.mirror.target == "watchlist"


def titled(properties: ListProperties, *, year: int) -> ListProperties:
    """Return the properties with their title. One that is made from the filters may name years up to this one."""
    if properties.has_own_title or properties.filling is None:
        return properties
    return replace(properties, title=dynamic_title(properties.filling.filters, year=year))


def fitted(properties: ListProperties, most: int) -> ListProperties:
    """Return the properties of a new list whose owner may have `most` items. The usual limit is not above that."""
    filling = properties.filling
    if filling is None or filling.item_limit != DEFAULT_ITEM_LIMIT:
        return properties
    return replace(properties, filling=replace(filling, item_limit=max(1, min(DEFAULT_ITEM_LIMIT, most))))
