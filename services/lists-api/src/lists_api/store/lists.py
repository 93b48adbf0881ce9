"""Making lists, and telling them apart."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from chassis.outbox import outbox
from chassis.postgres.database import Connection
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.schedule import Schedule
from lists_api.mirror_state.domain.mirror import TraktAccount
from lists_api.store import properties
from lists_api.store.accounts import account_of
from lists_api.store.items import title_columns
from lists_api.store.states import NewestEvent

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


SKIP_LIST_IDS: Final = """
SELECT setval('list_list_id_seq', $1) FROM list_list_id_seq
WHERE last_value < $1 OR (last_value = $1 AND NOT is_called)"""


async def skip_list_ids(connection: Connection, list_id: int) -> None:
    """Have no list made with this id, or a lower one."""
    await connection.execute(SKIP_LIST_IDS, list_id)


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


READ_WATCHLIST: Final = """
SELECT list_id, title FROM list
WHERE user_id = $1 AND mirror ->> 'target' = 'watchlist' AND deleted_at IS NULL"""


async def read_watchlist(connection: Connection, *, user_id: str) -> tuple[int, str] | None:
    """Return id and title of the user's list that is mirrored to their watchlist; None: there is none."""
    row = await connection.fetchrow(READ_WATCHLIST, user_id)
    return None if row is None else (row["list_id"], row["title"])


READ_DUPLICATE: Final = """
SELECT list_id, title FROM list
WHERE user_id = $1 AND list_type = $2 AND configuration = $3 AND deleted_at IS NULL"""


async def read_duplicate(
    connection: Connection, *, user_id: str, list_type: str, configuration: bytes
) -> tuple[int, str] | None:
    """Return id and title of the user's list of that type and configuration; None: there is none."""
    row = await connection.fetchrow(READ_DUPLICATE, user_id, list_type, configuration)
    return None if row is None else (row["list_id"], row["title"])
