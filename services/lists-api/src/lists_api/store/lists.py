"""Writing lists.

A transaction that changes a list locks its row first (`lock_list`) and takes ids of the outbox afterwards. So the
events of one list are sent in the order of their versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.postgres.database import Connection
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.rows import RowEdit
from lists_api.mirror_state.domain.mirror import TraktAccount
from lists_api.store import properties
from lists_api.store.accounts import account_of
from watchbuddy_contracts import Title

NewestEvent = tuple[UUID, str]
"""Id and CloudEvents type of the newest event that carries the list's state."""

# One statement for both, and one below for the list and its items: each round trip less is a third more creations a
# second (measured).
NEXT_LIST_ID: Final = """
SELECT nextval(pg_get_serial_sequence('list', 'list_id')) AS list_id, state AS account_state,
       revision AS account_revision
FROM (SELECT) AS always LEFT JOIN trakt_account ON user_id = $1"""


async def next_list_id(connection: Connection, *, user_id: str) -> tuple[int, TraktAccount]:
    """Return an id for a new list, and its user's account. An id that is not used leaves a gap."""
    row = await connection.fetchrow(NEXT_LIST_ID, user_id)
    assert row is not None, "there is always a row"  # noqa: S101
    return row["list_id"], account_of(row)


INSERT_LIST: Final = f"""
WITH new_list AS (
    INSERT INTO list (list_id, user_id, {properties.COLUMNS}, version, item_count, last_event_id, last_event_type,
                      created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
)
INSERT INTO list_item (list_id, position, media_type, trakt, tmdb, imdb, added_at)
SELECT $1, place - 1, media_type, trakt, tmdb, imdb, $12
FROM unnest($13::text[], $14::bigint[], $15::bigint[], $16::text[])
    WITH ORDINALITY AS item (media_type, trakt, tmdb, imdb, place)"""  # noqa: S608 - a constant


async def insert_list(connection: Connection, new: MediaList, *, newest: NewestEvent, now: datetime) -> None:
    """Store a new list with its items."""
    await connection.execute(
        INSERT_LIST,
        new.list_id,
        new.user_id,
        *properties.to_columns(new.properties),
        new.version,
        len(new.items),
        *newest,
        now,
        *_item_columns(new.items),
    )


@dataclass(frozen=True, slots=True)
class LockedList:
    """A list whose row is locked until the transaction ends.

    Args:
        positions: of the items' rows, in the items' order.
    """

    state: MediaList
    positions: tuple[int, ...]
    newest: NewestEvent

    @property
    def rows(self) -> list[tuple[int, Title]]:
        """The items with their positions."""
        return list(zip(self.positions, self.state.items, strict=True))


LOCK_LIST: Final = f"""
SELECT list_id, user_id, version, {properties.COLUMNS}, last_event_id, last_event_type, deleted_at
FROM list
WHERE list_id = $1 AND ($2::text IS NULL OR (user_id = $2 AND deleted_at IS NULL))
FOR UPDATE"""  # noqa: S608 - a constant

READ_ITEMS: Final = """
SELECT position, media_type, trakt, tmdb, imdb FROM list_item WHERE list_id = $1 ORDER BY position"""


async def lock_list(connection: Connection, list_id: int, *, user_id: str | None) -> LockedList | None:
    """Lock the list and return it; None: the user has no such list.

    With a `user_id` of None the list may be any user's, and a tombstone.
    """
    row = await connection.fetchrow(LOCK_LIST, list_id, user_id)
    if row is None:
        return None
    # A second statement: the one that waited for the lock would see the items as they were before the wait.
    items = await connection.fetch(READ_ITEMS, list_id)
    state = MediaList(
        list_id=row["list_id"],
        user_id=row["user_id"],
        version=row["version"],
        properties=properties.of_row(row),
        items=tuple(Title(media_type, trakt, tmdb, imdb) for _, media_type, trakt, tmdb, imdb in items),
        is_deleted=row["deleted_at"] is not None,
    )
    return LockedList(state, tuple(row[0] for row in items), (row["last_event_id"], row["last_event_type"]))


UPDATE_LIST: Final = f"""
UPDATE list
SET ({properties.COLUMNS}) = ($2, $3, $4, $5, $6), version = $7, item_count = $8,
    last_event_id = $9, last_event_type = $10, updated_at = $11,
    last_sync_at = CASE WHEN $12::boolean THEN $11 ELSE last_sync_at END,
    deleted_at = CASE WHEN $13::boolean THEN $11 END
WHERE list_id = $1"""  # noqa: S608 - a constant


async def update_list(
    connection: Connection, after: MediaList, *, newest: NewestEvent, is_sync: bool, now: datetime
) -> None:
    """Store the new state of a locked list, without its items."""
    await connection.execute(
        UPDATE_LIST,
        after.list_id,
        *properties.to_columns(after.properties),
        after.version,
        len(after.items),
        *newest,
        now,
        is_sync,
        after.is_deleted,
    )


DELETE_ITEMS: Final = "DELETE FROM list_item WHERE list_id = $1 AND position = ANY($2::integer[])"

INSERT_ITEMS: Final = """
INSERT INTO list_item (list_id, position, media_type, trakt, tmdb, imdb, added_at)
SELECT $1, $2::integer + place - 1, media_type, trakt, tmdb, imdb, $3
FROM unnest($4::text[], $5::bigint[], $6::bigint[], $7::text[])
    WITH ORDINALITY AS item (media_type, trakt, tmdb, imdb, place)"""


async def edit_items(connection: Connection, list_id: int, edit: RowEdit, *, now: datetime) -> None:
    """Delete and insert items of a locked list."""
    if edit.delete:
        await connection.execute(DELETE_ITEMS, list_id, edit.delete)
    if edit.insert:
        await connection.execute(INSERT_ITEMS, list_id, edit.insert_from, now, *_item_columns(edit.insert))


def _item_columns(items: Sequence[Title]) -> tuple[list[str], list[int | None], list[int | None], list[str | None]]:
    return (
        [item.media_type for item in items],
        [item.trakt for item in items],
        [item.tmdb for item in items],
        [item.imdb for item in items],
    )
