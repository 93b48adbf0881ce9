"""What may happen to a list, and the events of it.

Every function takes the list as it is and returns a `Change`. A change that changes nothing has no event and keeps
the version. Any other change counts the version up by one, and its last event carries the whole new state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from lists_api.errors import ListTypeUnavailableError, TooManyItemsError
from lists_api.lists.domain import items as item_edits
from lists_api.lists.domain.events import deleted_event, state_event, synced_event
from lists_api.lists.domain.items import MAX_ITEMS, ItemsEdit
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.runs import SyncRun
from watchbuddy_contracts import ListCreated, ListEvent, ListSyncStarted, ListUpdated, Title, Trigger

AVAILABLE_TYPES: Final = frozenset({"manual"})
"""Smart and custom lists, which fill themselves from the catalogue, take their places here."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a request.

    Args:
        after: the list afterwards.
        events: empty when nothing changed; else the last one carries the new state.
        edit: what was done to the items; None: the request was not about items.
        run: the sync run; None: the request was no sync.
    """

    after: MediaList
    events: tuple[ListEvent, ...] = ()
    edit: ItemsEdit | None = None
    run: SyncRun | None = None


def create(properties: ListProperties, items: Sequence[Title], *, list_id: int, user_id: str) -> Change:
    """Make a list of version 1. Of items that are the same title, the first counts.

    Raises:
        ListTypeUnavailableError: the type is not in `AVAILABLE_TYPES`.
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    if properties.list_type not in AVAILABLE_TYPES:
        raise ListTypeUnavailableError(properties.list_type)
    edit = item_edits.add((), _bounded(items))
    after = MediaList(list_id, user_id, 1, properties, edit.items)
    return Change(after, (state_event(after, ListCreated),), edit)


def edit_properties(current: MediaList, properties: ListProperties) -> Change:
    """Give the list these properties."""
    return _updated(current, replace(current, properties=properties))


def add_items(current: MediaList, new: Sequence[Title]) -> Change:
    """Append the items that are not on the list yet.

    Raises:
        TooManyItemsError: the request or the list would hold more than `MAX_ITEMS`.
    """
    return _edited(current, item_edits.add(current.items, _bounded(new)))


def remove_items(current: MediaList, unwanted: Sequence[Title]) -> Change:
    """Take the items out.

    Raises:
        TooManyItemsError: the request names more than `MAX_ITEMS`.
    """
    return _edited(current, item_edits.remove(current.items, _bounded(unwanted)))


def replace_items(current: MediaList, wanted: Sequence[Title]) -> Change:
    """Make the items exactly `wanted`. Another order alone is a change too.

    Raises:
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    return _edited(current, item_edits.replace(current.items, _bounded(wanted)))


def sync(current: MediaList, *, run_id: UUID, trigger: Trigger) -> Change:
    """Run a manual list: its items stay, so the run only pushes them to Trakt, as a new version."""
    after = replace(current, version=current.version + 1)
    run = SyncRun(run_id, after.version, trigger, updated=0, removed=0, total=len(after.items))
    started = ListSyncStarted(
        list_id=current.list_id,
        user_id=current.user_id,
        version=current.version,  # nothing has changed yet
        title=current.properties.title,
        run_id=run_id,
        trigger=trigger,
    )
    return Change(after, (started, synced_event(after, run)), run=run)


def delete(current: MediaList) -> Change:
    """Delete the list. Its tombstone is its last version, and has no items."""
    after = replace(current, version=current.version + 1, items=(), is_deleted=True)
    return Change(after, (deleted_event(after),))


def _edited(current: MediaList, edit: ItemsEdit) -> Change:
    _bounded(edit.items)
    return replace(_updated(current, replace(current, items=edit.items)), edit=edit)


def _updated(current: MediaList, wanted: MediaList) -> Change:
    if wanted == current:
        return Change(current)
    after = replace(wanted, version=current.version + 1)
    return Change(after, (state_event(after, ListUpdated),))


def _bounded(items: Sequence[Title]) -> Sequence[Title]:
    if len(items) > MAX_ITEMS:
        raise TooManyItemsError(len(items), MAX_ITEMS)
    return items
