"""What may happen to a list, and the events that tell of it. Pure: ids and times are arguments.

Every function takes the list as it is and returns a `Change`. A change that changes nothing has no event and leaves
the version as it was; any other counts the version up by one and has the whole new state in its last event.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from lists_api.errors import ListTypeUnavailableError, TooManyItemsError
from lists_api.lists.domain import items as item_edits
from lists_api.lists.domain.events import deleted_event, state_event, synced_event
from lists_api.lists.domain.items import MAX_ITEMS, ItemsEdit, ListItem
from lists_api.lists.domain.media_list import Keep, ListEdit, MediaList, NewList
from lists_api.lists.domain.runs import SyncRun
from watchbuddy_contracts import ListCreated, ListEvent, ListSyncStarted, ListUpdated, Trigger

AVAILABLE_TYPES: Final = frozenset({"manual"})
"""Smart and custom lists, which fill themselves from the catalogue, take their places here."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a request.

    Args:
        after: the list afterwards.
        events: none when nothing changed; else the last one carries the new state.
        edit: what was done to the items.
        run: the sync run, when it was one.
    """

    after: MediaList
    events: tuple[ListEvent, ...] = ()
    edit: ItemsEdit | None = None
    run: SyncRun | None = None


def create(new: NewList, *, list_id: int, user_id: str) -> Change:
    """Make a list of version 1. Of items that are the same title the first counts.

    Raises:
        ListTypeUnavailableError: only the types of `AVAILABLE_TYPES` can be made.
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    if new.list_type not in AVAILABLE_TYPES:
        raise ListTypeUnavailableError(new.list_type)
    edit = _bounded(item_edits.add((), _bounded_request(new.items)))
    after = MediaList(
        list_id=list_id,
        user_id=user_id,
        version=1,
        list_type=new.list_type,
        title=new.title,
        description=new.description,
        privacy=new.privacy,
        mirror=new.mirror,
        items=edit.items,
    )
    return Change(after, (state_event(after, ListCreated),), edit)


def edit_properties(current: MediaList, edit: ListEdit) -> Change:
    """Change title, description, privacy or mirror settings."""
    mirror = current.mirror.model_copy(
        update={
            name: value
            for name in ("display_numbers", "allow_comments", "order")
            if (value := getattr(edit.mirror, name)) is not None
        }
    )
    return _updated(
        current,
        replace(
            current,
            title=current.title if edit.title is None else edit.title,
            description=current.description if edit.description is Keep.KEEP else edit.description,
            privacy=current.privacy if edit.privacy is None else edit.privacy,
            mirror=mirror,
        ),
    )


def add_items(current: MediaList, new: Sequence[ListItem]) -> Change:
    """Append the items that are not on the list yet.

    Raises:
        TooManyItemsError: the request or the list would hold more than `MAX_ITEMS`.
    """
    return _edited(current, item_edits.add(current.items, _bounded_request(new)))


def remove_items(current: MediaList, unwanted: Sequence[ListItem]) -> Change:
    """Take the items out.

    Raises:
        TooManyItemsError: the request names more than `MAX_ITEMS`.
    """
    return _edited(current, item_edits.remove(current.items, _bounded_request(unwanted)))


def replace_items(current: MediaList, wanted: Sequence[ListItem]) -> Change:
    """Make the items exactly `wanted`. Another order alone is a change too.

    Raises:
        TooManyItemsError: more than `MAX_ITEMS`.
    """
    return _edited(current, item_edits.replace(current.items, _bounded_request(wanted)))


def sync(current: MediaList, *, run_id: UUID, trigger: Trigger) -> Change:
    """Run a manual list: its items are what they are, so the run only pushes them to Trakt, as a new version."""
    after = replace(current, version=current.version + 1)
    run = SyncRun(run_id, after.version, trigger, updated=0, removed=0, total=len(after.items))
    started = ListSyncStarted(
        list_id=current.list_id,
        user_id=current.user_id,
        version=current.version,  # nothing has changed yet
        title=current.title,
        run_id=run_id,
        trigger=trigger,
    )
    return Change(after, (started, synced_event(after, run)), run=run)


def delete(current: MediaList) -> Change:
    """Delete the list; its tombstone is its last version, and has no items."""
    after = replace(current, version=current.version + 1, items=(), is_deleted=True)
    return Change(after, (deleted_event(after),))


def _edited(current: MediaList, edit: ItemsEdit) -> Change:
    return replace(_updated(current, replace(current, items=_bounded(edit).items)), edit=edit)


def _updated(current: MediaList, wanted: MediaList) -> Change:
    if wanted == current:
        return Change(current)
    after = replace(wanted, version=current.version + 1)
    return Change(after, (state_event(after, ListUpdated),))


def _bounded(edit: ItemsEdit) -> ItemsEdit:
    _bounded_request(edit.items)
    return edit


def _bounded_request(items: Sequence[ListItem]) -> Sequence[ListItem]:
    if len(items) > MAX_ITEMS:
        raise TooManyItemsError(len(items), MAX_ITEMS)
    return items
