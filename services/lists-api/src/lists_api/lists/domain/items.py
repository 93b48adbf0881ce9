"""What an edit makes of a list's items.

A title is on a list once: `watchbuddy_contracts.Title` defines when two titles are the same. An edit leaves a title
that is already there as it is, and does not complete its ids from the newcomer. Otherwise a request that adds nothing
would make a version and an event, and a newcomer that shares an id with each of two titles would have to join them.
To change the ids of a title, the owner replaces the items.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from watchbuddy_contracts import Title, keys_of

MAX_ITEMS: Final = 10_000
"""Items of a list, and of a request."""


@dataclass(frozen=True, slots=True)
class ItemsEdit:
    """A list's items after an edit, and counts of what it did.

    Args:
        skipped: titles of the request that changed nothing: already there (add, replace), or not there (remove).
    """

    items: tuple[Title, ...]
    added: int = 0
    removed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Differences:
    """What makes one list of another, in their orders.

    Args:
        leaves: titles of the one alone.
        comes: titles of the other alone.
    """

    leaves: tuple[Title, ...]
    comes: tuple[Title, ...]


def differences(before: Sequence[Title], after: Sequence[Title]) -> Differences:
    """Return which titles leave and which come; each list has a title once."""
    old, new = keys_of(before), keys_of(after)
    return Differences(
        tuple(title for title in before if new.isdisjoint(title.keys)),
        tuple(title for title in after if old.isdisjoint(title.keys)),
    )


def add(items: Sequence[Title], new: Iterable[Title]) -> ItemsEdit:
    """Append the titles of `new` that are not there yet, in their order."""
    seen = keys_of(items)
    added: list[Title] = []
    skipped = 0
    for title in new:
        keys = title.keys
        if seen.isdisjoint(keys):
            seen.update(keys)
            added.append(title)
        else:
            skipped += 1
    return ItemsEdit((*items, *added), added=len(added), skipped=skipped)


def remove(items: Sequence[Title], unwanted: Sequence[Title]) -> ItemsEdit:
    """Take out every title that is the same as one of `unwanted`. One shared id is enough."""
    doomed, present = keys_of(unwanted), keys_of(items)
    kept = tuple(title for title in items if doomed.isdisjoint(title.keys))
    skipped = sum(present.isdisjoint(title.keys) for title in unwanted)
    return ItemsEdit(kept, removed=len(items) - len(kept), skipped=skipped)


def replace(items: Sequence[Title], wanted: Iterable[Title]) -> ItemsEdit:
    """Make the items exactly `wanted`, in that order. Of titles that are the same, the first counts."""
    fresh = add((), wanted)
    found = differences(items, fresh.items)
    return ItemsEdit(fresh.items, added=len(found.comes), removed=len(found.leaves), skipped=fresh.skipped)


def move(items: Sequence[Title], title: Title, *, rank: int) -> ItemsEdit:
    """Move a title to a rank; 1 is the first, and a rank beyond the end is the last.

    `skipped` is 1 when the title is not there.
    """
    wanted = set(title.keys)
    place = next((place for place, one in enumerate(items) if not wanted.isdisjoint(one.keys)), None)
    if place is None:
        return ItemsEdit(tuple(items), skipped=1)
    rest = [*items[:place], *items[place + 1 :]]
    rest.insert(rank - 1, items[place])
    return ItemsEdit(tuple(rest))
