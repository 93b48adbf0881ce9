"""Saving a change of a list: its row, its items, its version, its events, in one statement."""

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
from lists_api.store import edits
from lists_api.store import lists as store
from lists_api.store.edits import Edit
from lists_api.store.states import StoredList

SOURCE: Final = "/lists-api"


async def save_new(
    connection: Connection,
    change: Change,
    schedule: Schedule,
    *,
    configuration: bytes | None,
    most: int | None,
    now: datetime,
    new_id: Callable[[], UUID],
) -> int:
    """Save a new list and its events in one statement, unless its user has `most` lists. Return how many they had."""
    event_ids = [new_id() for _ in change.events]
    return await store.insert_list(
        connection,
        change.after,
        schedule,
        newest=(event_ids[-1], change.events[-1].ce_type),
        configuration=configuration,
        most=most,
        events=outbox.to_parameters(change.events, event_ids, source=SOURCE, now=now),
        now=now,
    )


async def save(
    connection: Connection,
    before: StoredList,
    change: Change,
    schedule: Schedule,
    *,
    configuration: bytes | None,
    now: datetime,
    new_id: Callable[[], UUID],
) -> RowEdit | None:
    """Save a change that has events, and its events. Return what became of the rows of the items.

    None: somebody has written the list since it was read; nothing is saved. Nobody can while its row is locked.

    Args:
        before: the list as it was read.
        configuration: see `store.lists.insert_list`.
    """
    after = change.after
    event_ids = [new_id() for _ in change.events]
    rows = row_edit(before.rows, after.items, after.pins)
    version = None if after.is_deleted else version_of(before.state, change, rows, at=now)
    is_saved = await edits.write_edit(
        connection,
        before,
        Edit(after, rows, schedule, configuration, version),
        newest=(event_ids[-1], change.events[-1].ce_type),
        events=outbox.to_parameters(change.events, event_ids, source=SOURCE, now=now),
        now=now,
    )
    return rows if is_saved else None
