"""Saving a change of a list: its row, its items, its version, its events, in the caller's transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.outbox import outbox
from chassis.postgres.database import Connection
from lists_api.lists.domain.changes import Change
from lists_api.lists.domain.rows import RowEdit, row_edit
from lists_api.lists.domain.schedule import Schedule
from lists_api.lists.domain.versioning import version_of
from lists_api.store import items as item_store
from lists_api.store import lists as store
from lists_api.store import versions as version_store
from lists_api.store.lists import LockedList

SOURCE: Final = "/lists-api"


async def save(
    connection: Connection,
    before: LockedList | None,
    change: Change,
    schedule: Schedule,
    *,
    configuration: bytes | None,
    now: datetime,
    new_id: Callable[[], UUID],
) -> RowEdit:
    """Save a change that has events, and its events. Return what became of the rows of the items.

    Args:
        before: the list, locked; None: it is new. Then its items are written with it, and no row is edited.
        configuration: see `store.lists.insert_list`.
    """
    after = change.after
    event_ids = [new_id() for _ in change.events]
    newest = event_ids[-1], change.events[-1].ce_type
    save_list = store.insert_list if before is None else store.update_list
    await save_list(connection, after, schedule, newest=newest, configuration=configuration, now=now)
    rows = RowEdit() if before is None else await _save_items(connection, before, change, now)
    await outbox.append(connection, *change.events, source=SOURCE, now=now, event_ids=event_ids)
    return rows


async def _save_items(connection: Connection, before: LockedList, change: Change, now: datetime) -> RowEdit:
    after = change.after
    rows = row_edit(before.rows, after.items, after.pins)
    await item_store.edit_items(connection, after.list_id, rows, now=now)
    if after.exclusions != before.state.exclusions:
        await item_store.replace_exclusions(connection, after.list_id, after.exclusions)
    if not after.is_deleted:
        version = version_of(before.state, change, rows, at=now)
        await version_store.insert_version(connection, after.list_id, version)
    return rows
