"""Writing lists.

A transaction that changes a list locks its row first (`lock_list`) and takes ids of the outbox afterwards. So the
events of one list are sent in the order of their versions.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from chassis.outbox import outbox
from chassis.postgres.database import Connection
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.schedule import Schedule
from lists_api.lists.domain.source import ListSource
from lists_api.lists.domain.versions import Row, Version
from lists_api.mirror_state.domain.mirror import TraktAccount
from lists_api.store import properties, versions
from lists_api.store.accounts import account_of
from lists_api.store.items import read_exclusions, read_rows, title_columns

NewestEvent = tuple[UUID, str]
"""Id and CloudEvents type of the newest event that carries the list's state."""

# Lists of a user are made one after the other, so that they are counted and told apart.
LOCK_USER: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def lock_user(connection: Connection, user_id: str) -> None:
    """Wait for whoever makes or configures a list of the user, and have others wait until the transaction ends."""
    await connection.execute(LOCK_USER, user_id)


NEXT_LIST_ID: Final = """
SELECT nextval('list_list_id_seq') AS list_id, state AS account_state, revision AS account_revision, is_vip
FROM (SELECT) AS always LEFT JOIN trakt_account ON trakt_account.user_id = $1"""


async def next_list_id(connection: Connection, *, user_id: str) -> tuple[int, TraktAccount]:
    """Return an id for a new list, and its user's account. An id that is not used leaves a gap."""
    row = await connection.fetchrow(NEXT_LIST_ID, user_id)
    assert row is not None, "there is always a row"  # noqa: S101
    return row["list_id"], account_of(row)


_COUNT: Final = len(properties.COLUMNS.split(","))

# One statement for all that a new list consists of, its event included: it needs no transaction around it, and the
# user waits for two round trips instead of six.
INSERT_LIST: Final = f"""
WITH owned AS MATERIALIZED (
    SELECT count_lists_alone($2) AS count
), allowed AS (
    SELECT FROM owned WHERE ${_COUNT + 17}::bigint IS NULL OR count < ${_COUNT + 17}
), first_version AS (
    INSERT INTO list_version (list_id, version, cause, changed, title, item_count, inserted, deleted, run_id, at)
    SELECT $1, $3, 'created', '{{}}', $11, $4, '[]', '[]', NULL, $7 FROM allowed
), new_list AS (
    INSERT INTO list (list_id, user_id, version, item_count, last_event_id, last_event_type, created_at, updated_at,
                      status, next_sync_at, configuration, {properties.COLUMNS}, source)
    SELECT $1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, {properties.parameters(11)}, ${_COUNT + 16} FROM allowed
), new_items AS (
    INSERT INTO list_item (list_id, position, media_type, trakt, tmdb, imdb, is_pinned, added_at)
    SELECT $1, place - 1, media_type, trakt, tmdb, imdb, ${_COUNT + 15}, $7
    FROM allowed,
         unnest(${_COUNT + 11}::text[], ${_COUNT + 12}::bigint[], ${_COUNT + 13}::bigint[], ${_COUNT + 14}::text[])
             WITH ORDINALITY AS item (media_type, trakt, tmdb, imdb, place)
), events AS ({outbox.appending(_COUNT + 18, where="EXISTS (SELECT FROM allowed)")}
)
SELECT count FROM owned"""  # noqa: S608 - a constant


async def insert_list(
    connection: Connection,
    new: MediaList,
    schedule: Schedule,
    *,
    newest: NewestEvent,
    configuration: bytes | None,
    most: int | None,
    events: tuple[Any, ...],
    now: datetime,
) -> int:
    """Store a new list with its items and events, unless its user has `most` lists. Return how many they had.

    No other list of the user is made until the transaction ends. The first version changed nothing: there was none
    before it.

    Args:
        configuration: hash of the filters that no other list of the user and the type may have; None: any may.
        most: None: there is no limit.
        events: see `outbox.to_parameters`.

    Raises:
        asyncpg.UniqueViolationError: another has it.
    """
    count: int = await connection.fetchval(
        INSERT_LIST,
        new.list_id,
        new.user_id,
        new.version,
        len(new.items),
        *newest,
        now,
        schedule.status,
        schedule.next_sync_at,
        configuration,
        *properties.to_columns(new.properties),
        *title_columns(new.items),
        bool(new.pins),
        None if new.source is None else asdict(new.source),
        most,
        *events,
    )
    return count


@dataclass(frozen=True, slots=True)
class LockedList:
    """A list whose row is locked until the transaction ends.

    Args:
        configuration: see `insert_list`.
    """

    state: MediaList
    rows: tuple[Row, ...]
    schedule: Schedule
    newest: NewestEvent
    configuration: bytes | None


READ_STATE: Final = f"""
SELECT list_id, user_id, version, {properties.READ}, last_event_id, last_event_type, deleted_at,
       status, next_sync_at, last_sync_at, last_full_sync_at, configuration, source
FROM list
WHERE list_id = $1 AND ($2::text IS NULL OR (user_id = $2 AND deleted_at IS NULL))"""  # noqa: S608 - a constant
LOCK_LIST: Final = f"{READ_STATE} FOR UPDATE"


async def lock_list(connection: Connection, list_id: int, *, user_id: str | None) -> LockedList | None:
    """Lock the list and return it; None: the user has no such list.

    With a `user_id` of None the list may be any user's, and a tombstone.
    """
    row = await connection.fetchrow(LOCK_LIST, list_id, user_id)
    # A second statement: the one that waited for the lock would see the items as they were before the wait.
    return None if row is None else await _with_items(connection, row)


async def read_state(connection: Connection, list_id: int) -> LockedList | None:
    """Return any user's list, or tombstone, without a lock; None: there is none.

    The caller's transaction sees one moment (REPEATABLE READ).
    """
    row = await connection.fetchrow(READ_STATE, list_id, None)
    return None if row is None else await _with_items(connection, row)


async def _with_items(connection: Connection, row: asyncpg.Record) -> LockedList:
    rows = await read_rows(connection, row["list_id"])
    is_custom = row["list_type"] == "custom"
    state = MediaList(
        list_id=row["list_id"],
        user_id=row["user_id"],
        version=row["version"],
        properties=properties.of_row(row),
        items=tuple(one.title for one in rows),
        pins=frozenset(one.title for one in rows if one.is_pinned),
        exclusions=await read_exclusions(connection, row["list_id"]) if is_custom else (),
        source=source_of(row),
        is_deleted=row["deleted_at"] is not None,
    )
    newest = row["last_event_id"], row["last_event_type"]
    return LockedList(state, rows, schedule_of(row), newest, row["configuration"])


def source_of(row: asyncpg.Record) -> ListSource | None:
    """Return where the list in a row came from; None: it was made here."""
    return None if row["source"] is None else ListSource(**row["source"])


def schedule_of(row: asyncpg.Record) -> Schedule:
    """Return the schedule in a row's columns."""
    return Schedule(row["status"], row["next_sync_at"], row["last_sync_at"], row["last_full_sync_at"])


UPDATE_LIST: Final = f"""
WITH {versions.inserting(_COUNT + 13)}, events AS ({outbox.appending(_COUNT + 13 + versions.COUNT)}
)
UPDATE list
SET version = $2, item_count = $3, last_event_id = $4, last_event_type = $5, updated_at = $6,
    deleted_at = CASE WHEN $7::boolean THEN $6::timestamptz END,
    status = $8, next_sync_at = $9, last_sync_at = $10, last_full_sync_at = $11, configuration = $12,
    ({properties.COLUMNS}) = ROW({properties.parameters(13)})
WHERE list_id = $1"""  # noqa: S608 - a constant


async def update_list(
    connection: Connection,
    after: MediaList,
    schedule: Schedule,
    *,
    newest: NewestEvent,
    configuration: bytes | None,
    version: Version | None,
    events: tuple[Any, ...],
    now: datetime,
) -> None:
    """Store the new state of a locked list, without its items, and its events. Arguments and errors as `insert_list`.

    Args:
        version: what changed; None: the list is deleted.
    """
    await connection.execute(
        UPDATE_LIST,
        after.list_id,
        after.version,
        len(after.items),
        *newest,
        now,
        after.is_deleted,
        schedule.status,
        schedule.next_sync_at,
        schedule.last_sync_at,
        schedule.last_full_sync_at,
        configuration,
        *properties.to_columns(after.properties),
        *versions.to_parameters(version),
        *events,
    )


READ_DUPLICATE: Final = """
SELECT list_id, title FROM list
WHERE user_id = $1 AND list_type = $2 AND configuration = $3 AND deleted_at IS NULL"""


async def read_duplicate(
    connection: Connection, *, user_id: str, list_type: str, configuration: bytes
) -> tuple[int, str] | None:
    """Return id and title of the user's list of that type and configuration; None: there is none."""
    row = await connection.fetchrow(READ_DUPLICATE, user_id, list_type, configuration)
    return None if row is None else (row["list_id"], row["title"])
