"""The versions of a list: what each changed, and how an earlier one is made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from watchbuddy_contracts import Title, keys_of

KEPT: Final = 20
"""Versions that are kept of a list."""

Cause = Literal["created", "edited", "restored", "run", "imported", "trakt"]
"""trakt: its owner changed the Trakt list by hand, and wants that here too."""


class Row(NamedTuple):
    """A place on a list. Positions rise along it, and may have gaps."""

    position: int
    title: Title
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Version:
    """What a version changed.

    Args:
        changed: names of the properties that changed.
        title, item_count: of the list at this version.
        inserted, deleted: rows that the version put in and took out.
        run_id: the run that made it; None: no run did.
    """

    version: int
    cause: Cause
    changed: tuple[str, ...]
    title: str
    item_count: int
    inserted: tuple[Row, ...]
    deleted: tuple[Row, ...]
    run_id: UUID | None
    at: datetime

    @property
    def added(self) -> list[Title]:
        """The titles that came to the list. A title that only moved is in both kinds of rows."""
        return _without(self.inserted, self.deleted)

    @property
    def removed(self) -> list[Title]:
        """The titles that left the list."""
        return _without(self.deleted, self.inserted)


def rows_at(now: Sequence[Row], later: Sequence[Version]) -> list[Row]:
    """Return the rows of an earlier version.

    Args:
        now: the rows of the present version.
        later: every version after the earlier one, the newest first.
    """
    rows = {row.position: row for row in now}
    for version in later:
        for row in version.inserted:
            rows.pop(row.position, None)
        for row in version.deleted:
            rows[row.position] = row
    return [rows[position] for position in sorted(rows)]


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Title]:
    known = keys_of(row.title for row in others)
    return [row.title for row in rows if known.isdisjoint(row.title.keys)]
