"""Which rows of a list's items to write, so that a small edit of a long list stays small."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lists_api.lists.domain.versions import Row
from watchbuddy_contracts import Title


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What to do with the rows of a list's items.

    Args:
        kept: the rows that stay.
        delete: the rows to delete.
        insert: the new rows, in order, above all rows that stay.
    """

    kept: tuple[Row, ...] = ()
    delete: tuple[Row, ...] = ()
    insert: tuple[Row, ...] = ()


def row_edit(before: Sequence[Row], after: Sequence[Title], pins: AbstractSet[Title] = frozenset()) -> RowEdit:
    """Return the row changes that turn `before` into `after`.

    Removing and appending touch only their own rows. Another order is written anew from its first difference on.
    """
    wanted = set(after)
    kept: list[Row] = []
    for row in before:
        is_next = len(kept) < len(after) and row.title == after[len(kept)]
        if is_next and row.is_pinned == (row.title in pins):
            kept.append(row)
        elif row.title in wanted:
            break  # it comes later in `after`, or is pinned otherwise: from here on the rows differ
    stay = {row.position for row in kept}
    first = kept[-1].position + 1 if kept else 0
    return RowEdit(
        kept=tuple(kept),
        delete=tuple(row for row in before if row.position not in stay),
        insert=tuple(
            Row(position, title, title in pins) for position, title in enumerate(after[len(kept) :], start=first)
        ),
    )
