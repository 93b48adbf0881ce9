"""Which rows of a list's items to write, so that a small edit of a long list stays small."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchbuddy_contracts import Title


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What to do with the rows of a list's items.

    Args:
        delete: positions of the rows to delete.
        insert_from: position of the first new row, above all rows that stay.
        insert: the titles of the new rows, in order.
    """

    delete: list[int]
    insert_from: int
    insert: tuple[Title, ...]


def row_edit(before: Sequence[tuple[int, Title]], after: Sequence[Title]) -> RowEdit:
    """Return the row changes that turn `before` into `after`.

    Removing and appending touch only their own rows. Another order is written anew from its first difference on.

    Args:
        before: (position, title) in order; positions rise and may have gaps.
        after: the titles as they shall be.
    """
    wanted = set(after)
    kept: list[int] = []
    for position, title in before:
        if len(kept) < len(after) and title == after[len(kept)]:
            kept.append(position)
        elif title in wanted:
            break  # it comes later in `after`: from here on the order differs
    stay = set(kept)
    return RowEdit(
        delete=[position for position, _ in before if position not in stay],
        insert_from=kept[-1] + 1 if kept else 0,
        insert=tuple(after[len(kept) :]),
    )
