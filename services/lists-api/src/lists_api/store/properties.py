"""A list's properties as columns of its table."""

from functools import cache
from typing import Any, Final

import asyncpg

from lists_api.catalogue.domain.filters import Filters
from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.properties import ListProperties
from watchbuddy_contracts import MirrorSettings

_OWN: Final = ("title", "list_type", "description", "privacy", "has_own_title", "mirror")
_FILLING: Final = (
    "filters",
    "item_limit",
    "sort",
    "exclude_watched",
    "sync_interval_hours",
    "full_sync_days",
    "is_paused",
)
COLUMNS: Final = ", ".join((*_OWN, *_FILLING))
READ: Final = ", ".join((*_OWN[:-1], "mirror::text AS mirror", *_FILLING))
"""`COLUMNS` as they are read. The mirror's settings come as text, which is looked up and not parsed."""


def parameters(first: int) -> str:
    """Return `$n` for each of `COLUMNS`, beginning with $`first`."""
    return ", ".join(f"${first + place}" for place in range(len(_OWN) + len(_FILLING)))


def to_columns(properties: ListProperties) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`."""
    filling = properties.filling
    own = tuple(getattr(properties, column) for column in _OWN if column != "mirror")
    filled: tuple[Any, ...] = (None,) * len(_FILLING)
    if filling is not None:
        filled = (filling.filters.to_json(), *(getattr(filling, column) for column in _FILLING[1:]))
    return (*own, properties.mirror.model_dump(), *filled)


def of_row(row: asyncpg.Record) -> ListProperties:
    """Return the properties in a row's `READ`."""
    return ListProperties(
        title=row["title"],
        list_type=row["list_type"],
        description=row["description"],
        privacy=row["privacy"],
        mirror=mirror_of(row),
        has_own_title=row["has_own_title"],
        filling=_filling(row),
    )


def mirror_of(row: asyncpg.Record) -> MirrorSettings:
    """Return how the list in a row is mirrored."""
    return _mirror(row["mirror"])


@cache  # there are few, and pages of lists have them over and over; jsonb has one text for what is equal
def _mirror(text: str) -> MirrorSettings:
    return MirrorSettings.model_validate_json(text)


def filters_of(row: asyncpg.Record) -> Filters | None:
    """Return the filters of the list in a row; None: a manual list."""
    stored = row["filters"]
    return None if stored is None else Filters.from_json(stored)


def _filling(row: asyncpg.Record) -> Filling | None:
    filters = filters_of(row)
    return None if filters is None else Filling(filters, *(row[column] for column in _FILLING[1:]))
