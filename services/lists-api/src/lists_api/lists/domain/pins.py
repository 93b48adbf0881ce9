"""What its owner's hand does to a custom list, which runs fill: it pins titles, and keeps titles out."""

from collections.abc import Sequence
from dataclasses import replace

from lists_api.lists.domain import items as item_edits
from lists_api.lists.domain.items import ItemsEdit
from lists_api.lists.domain.media_list import MediaList
from watchbuddy_contracts import Title, keys_of


def pin(current: MediaList, new: Sequence[Title]) -> tuple[MediaList, ItemsEdit]:
    """Pin the titles, behind the titles that are pinned already and before those that a run has found.

    A title that was kept out is let in again. A title that a run has found is pinned as it stands.
    """
    pinned = [title for title in current.items if title in current.pins]
    by_key = {key: title for title in current.items for key in title.keys}
    known = [next((by_key[key] for key in title.keys if key in by_key), title) for title in new]
    edit = item_edits.add(pinned, known)
    keys = keys_of(edit.items)
    found = tuple(title for title in current.items if keys.isdisjoint(title.keys))
    filling = current.properties.filling
    room = len(found) if filling is None else max(0, filling.item_limit - len(edit.items))
    items = (*edit.items, *found[:room])
    exclusions = item_edits.remove(current.exclusions, new).items
    after = replace(current, items=items, pins=frozenset(edit.items), exclusions=exclusions)
    return after, replace(edit, items=items)


def unpin(current: MediaList, unwanted: Sequence[Title]) -> tuple[MediaList, ItemsEdit]:
    """No longer pin the titles. They stay on the list, behind those that are pinned still; the next run decides.

    Of the edit, `removed` are the pins that are gone, and `skipped` the titles that were not pinned.
    """
    edit = item_edits.remove([title for title in current.items if title in current.pins], unwanted)
    pins = frozenset(edit.items)
    items = (*edit.items, *(title for title in current.items if title not in pins))
    return replace(current, items=items, pins=pins), replace(edit, items=items)


def keep_out(current: MediaList, unwanted: Sequence[Title]) -> tuple[MediaList, ItemsEdit]:
    """Take the titles off the list, pinned or not, and keep them out, whether they were on it or not."""
    edit = item_edits.remove(current.items, unwanted)
    exclusions = item_edits.add(current.exclusions, unwanted).items
    after = replace(current, items=edit.items, pins=current.pins.intersection(edit.items), exclusions=exclusions)
    return after, edit


def let_in(current: MediaList, wanted: Sequence[Title]) -> tuple[MediaList, ItemsEdit]:
    """No longer keep the titles out. The next run may find them."""
    edit = item_edits.remove(current.exclusions, wanted)
    return replace(current, exclusions=edit.items), edit
