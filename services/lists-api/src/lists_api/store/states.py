"""Reading a list whole, as decisions need it. One statement each: nobody sees half an edit."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from chassis.postgres.database import Connection
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.schedule import Schedule
from lists_api.lists.domain.summary import ListSummary
from lists_api.lists.domain.versions import Row
from lists_api.store import items, properties, views

NewestEvent = tuple[UUID, str]
"""Id and CloudEvents type of the newest event that carries the list's state."""


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list, and what its rows know beside it.

    Args:
        configuration: see `store.lists.insert_list`.
        revision: the transaction that wrote the list's row. Another one says that somebody has written it since.
    """

    state: MediaList
    rows: tuple[Row, ...]
    schedule: Schedule
    newest: NewestEvent
    configuration: bytes | None
    revision: int


@dataclass(frozen=True, slots=True)
class OwnList:
    """A list that its owner edits, and how they read it."""

    stored: StoredList
    summary: ListSummary
    is_run_under_way: bool


_STATE: Final = f"""
    user_id, last_event_id, last_event_type, deleted_at, list.status AS own_status, last_full_sync_at,
    configuration, list.xmin AS written_by, {items.COLUMNS}"""

READ_OWN: Final = f"""
SELECT {views.SUMMARY}, run_state IS NOT NULL AS is_run_under_way, {_STATE}
FROM list {views.REST} {items.JOINS}
WHERE list.list_id = $1 AND user_id = $2 AND deleted_at IS NULL"""  # noqa: S608 - a constant


async def read_own(connection: Connection, list_id: int, *, user_id: str) -> OwnList | None:
    """Return the user's list; None: the user has no such list."""
    row = await connection.fetchrow(READ_OWN, list_id, user_id)
    return None if row is None else OwnList(_stored(row), views.summary_of(row), row["is_run_under_way"])


READ_STATE: Final = f"""
SELECT list.list_id, list.version, {properties.READ}, next_sync_at, last_sync_at, source, {_STATE}
FROM list {items.JOINS}
WHERE list.list_id = $1 AND ($2::text IS NULL OR (user_id = $2 AND deleted_at IS NULL))"""  # noqa: S608 - a constant


async def read_state(connection: Connection, list_id: int, *, user_id: str | None = None) -> StoredList | None:
    """Return the list; None: the user has no such list.

    With a `user_id` of None the list may be any user's, and a tombstone.
    """
    row = await connection.fetchrow(READ_STATE, list_id, user_id)
    return None if row is None else _stored(row)


LOCK_LIST: Final = "SELECT FROM list WHERE list_id = $1 AND ($2::text IS NULL OR user_id = $2) FOR UPDATE"


async def lock(connection: Connection, list_id: int, *, user_id: str | None) -> None:
    """Have all others who write the user's list wait until the transaction ends. With a `user_id` of None, anybody's.

    It is read by another statement: the one that waited for the lock would see what there was before the wait.
    """
    await connection.execute(LOCK_LIST, list_id, user_id)


async def lock_list(connection: Connection, list_id: int, *, user_id: str | None) -> StoredList | None:
    """Lock the list and return it. Arguments and result as those of `read_state`."""
    await lock(connection, list_id, user_id=user_id)
    return await read_state(connection, list_id, user_id=user_id)


def _stored(row: asyncpg.Record) -> StoredList:
    rows = items.rows_of(row)
    state = MediaList(
        list_id=row["list_id"],
        user_id=row["user_id"],
        version=row["version"],
        properties=properties.of_row(row),
        items=tuple([one.title for one in rows]),
        pins=frozenset([one.title for one in rows if one.is_pinned]),
        exclusions=items.exclusions_of(row),
        source=views.source_of(row),
        is_deleted=row["deleted_at"] is not None,
    )
    schedule = Schedule(row["own_status"], row["next_sync_at"], row["last_sync_at"], row["last_full_sync_at"])
    newest = row["last_event_id"], row["last_event_type"]
    return StoredList(state, rows, schedule, newest, row["configuration"], row["written_by"])
