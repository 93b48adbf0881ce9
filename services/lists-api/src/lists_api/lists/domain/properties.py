"""The properties of a list: everything that its owner sets, apart from its items."""

from dataclasses import dataclass, field, fields
from typing import Any

from watchbuddy_contracts import ListType, MirrorSettings, Privacy


@dataclass(frozen=True, slots=True)
class ListProperties:
    """What a list is called and how it is kept, as its owner wants it.

    A new property is a field here, a field in the request and response bodies, and a column of the table. Smart
    lists will add their filters.

    Args:
        description: the owner's own text; None: the text that WatchBuddy gives to lists of this type.
    """

    title: str
    list_type: ListType
    description: str | None = None
    privacy: Privacy = "private"
    mirror: MirrorSettings = field(default_factory=MirrorSettings)

    def by_name(self) -> dict[str, Any]:
        """Return the values by field name. Events and responses use the same names."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
