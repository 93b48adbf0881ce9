"""What may happen to a list, and the events of it.

Every function takes the list as it is and returns a `Change`. A change that changes nothing has no event and keeps
the version. Any other change counts the version up by one, and its last event carries the whole new state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from lists_api.errors import ListFillsItselfError, TooManyItemsError, VersionNotFoundError
from lists_api.lists.domain import items as item_edits
from lists_api.lists.domain import pins
from lists_api.lists.domain.events import deleted_event, state_event, synced_event
from lists_api.lists.domain.items import MAX_ITEMS, ItemsEdit
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.runs import SyncRun
from lists_api.lists.domain.source import ListSource
from lists_api.lists.domain.versions import Cause, Row, Version, rows_at
from watchbuddy_contracts import ListCreated, ListEvent, ListSyncStarted, ListUpdated, Title, Trigger


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a request.

    Args:
        after: the list afterwards.
        events: empty when nothing changed; else the last one carries the new state.
        edit: what was done to the items; None: the request was not about items.
        run: the sync run; None: the request was no sync.
        cause: why the list has a new version.
    """

    after: MediaList
    events: tuple[ListEvent, ...] = ()
    edit: ItemsEdit | None = None
    run: SyncRun | None = None
    cause: Cause = "edited"


def create(
    properties: ListProperties,
    items: Sequence[Title],
    *,
    list_id: int,
    user_id: str,
    source: ListSource | None = None,
) -> Change:
    """Make a list of version 1. Of items that are the same title, the first counts. Those of a custom list are pinned.

    Raises:
        ListFillsItselfError: items for a smart list.
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    if items and properties.list_type == "smart":
        raise ListFillsItselfError(properties.list_type)
    edit = item_edits.add((), _bounded(items))
    pinned = frozenset(edit.items) if properties.list_type == "custom" else frozenset[Title]()
    after = MediaList(list_id, user_id, 1, properties, edit.items, pinned, source=source)
    return Change(after, (state_event(after, ListCreated),), edit, cause="created")


def edit_properties(current: MediaList, properties: ListProperties) -> Change:
    """Give the list these properties."""
    return updated(current, replace(current, properties=properties))


def add_items(current: MediaList, new: Sequence[Title]) -> Change:
    """Append the items that are not on the list yet; pin them on a custom list.

    Raises:
        ListFillsItselfError: a smart list.
        TooManyItemsError: the request or the list would hold more than `MAX_ITEMS`.
    """
    match current.properties.list_type:
        case "manual":
            return _edited(current, item_edits.add(current.items, _bounded(new)))
        case "custom":
            return _by_hand(current, new, pins.pin)
        case "smart":
            raise ListFillsItselfError("smart")


def remove_items(current: MediaList, unwanted: Sequence[Title]) -> Change:
    """Take the items out; on a custom list, keep them out as well.

    Raises:
        ListFillsItselfError: a smart list.
        TooManyItemsError: the request names more than `MAX_ITEMS`.
    """
    match current.properties.list_type:
        case "manual":
            return _edited(current, item_edits.remove(current.items, _bounded(unwanted)))
        case "custom":
            return _by_hand(current, unwanted, pins.keep_out)
        case "smart":
            raise ListFillsItselfError("smart")


def unpin(current: MediaList, unwanted: Sequence[Title]) -> Change:
    """No longer pin the titles. A list that pins none stays as it is.

    Raises:
        ListFillsItselfError: a smart list.
        TooManyItemsError: the request names more than `MAX_ITEMS`.
    """
    if current.properties.list_type == "smart":
        raise ListFillsItselfError("smart")
    return _by_hand(current, unwanted, pins.unpin)


def let_in(current: MediaList, wanted: Sequence[Title]) -> Change:
    """No longer keep the titles out. A list that keeps none out stays as it is."""
    return _by_hand(current, wanted, pins.let_in)


def replace_items(current: MediaList, wanted: Sequence[Title]) -> Change:
    """Make the items of a manual list exactly `wanted`. Another order alone is a change too.

    Raises:
        ListFillsItselfError: a smart or custom list.
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    _by_hand_alone(current)
    return _edited(current, item_edits.replace(current.items, _bounded(wanted)))


def move_item(current: MediaList, title: Title, *, rank: int) -> Change:
    """Move an item of a manual list to a rank; 1 is the first.

    Raises:
        ListFillsItselfError: a smart or custom list.
    """
    _by_hand_alone(current)
    return _edited(current, item_edits.move(current.items, title, rank=rank))


def restore(current: MediaList, rows: Sequence[Row], version: int, versions: Sequence[Version]) -> Change:
    """Give the list the items that it had at an earlier version. On a custom list their pins come back, too.

    Args:
        rows: of the list's items.
        versions: what is known of the list's versions, the newest first.

    Raises:
        VersionNotFoundError: the version is not among them.
    """
    later = [one for one in versions if version < one.version <= current.version]
    if version not in (one.version for one in versions) or len(later) != current.version - version:
        raise VersionNotFoundError(current.list_id, version)
    earlier = rows_at(rows, later)
    after = replace(
        current,
        items=tuple(row.title for row in earlier),
        pins=frozenset(row.title for row in earlier if row.is_pinned),
    )
    return replace(updated(current, after), cause="restored")


def sync(current: MediaList, *, run_id: UUID, trigger: Trigger, wanted: MediaList | None = None) -> Change:
    """Make the list, by a run, what it wants; None: the run only sends the list as it is. It is a new version."""
    edit = item_edits.replace(current.items, current.items if wanted is None else wanted.items)
    after = replace(current if wanted is None else wanted, version=current.version + 1)
    run = SyncRun(run_id, after.version, trigger, updated=edit.added, removed=edit.removed, total=len(after.items))
    started = ListSyncStarted(
        list_id=current.list_id,
        user_id=current.user_id,
        version=current.version,  # nothing has changed yet
        title=current.properties.title,
        run_id=run_id,
        trigger=trigger,
    )
    return Change(after, (started, synced_event(after, run)), run=run, cause="run")


def delete(current: MediaList) -> Change:
    """Delete the list. Its tombstone is its last version, and has no items."""
    after = replace(current, version=current.version + 1, items=(), pins=frozenset(), exclusions=(), is_deleted=True)
    return Change(after, (deleted_event(after),))


def updated(current: MediaList, wanted: MediaList) -> Change:
    """Make the list what is wanted, as its next version."""
    if wanted == current:
        return Change(current)
    after = replace(wanted, version=current.version + 1)
    return Change(after, (state_event(after, ListUpdated),))


def _edited(current: MediaList, edit: ItemsEdit) -> Change:
    _bounded(edit.items)
    return replace(updated(current, replace(current, items=edit.items)), edit=edit)


def _by_hand(
    current: MediaList,
    titles: Sequence[Title],
    act: Callable[[MediaList, Sequence[Title]], tuple[MediaList, ItemsEdit]],
) -> Change:
    after, edit = act(current, _bounded(titles))
    _bounded(after.items)
    _bounded(after.exclusions)
    return replace(updated(current, after), edit=edit)


def _by_hand_alone(current: MediaList) -> None:
    if current.properties.filling is not None:
        raise ListFillsItselfError(current.properties.list_type)


def _bounded(items: Sequence[Title]) -> Sequence[Title]:
    if len(items) > MAX_ITEMS:
        raise TooManyItemsError(len(items), MAX_ITEMS)
    return items
