"""SQL of `desired_list`: what is wanted of each list. The subscriber alone writes it."""

from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool, count_of
from trakt_sync.mirroring.texts import description_of
from trakt_sync.store.due import lowered
from watchbuddy_contracts import ListDeleted, ListState, Title

# `is_present` in the guard: nothing brings a deleted list back, whatever version it claims.
# `told` comes first: see `due`.
WANT_PRESENT: Final = f"""
WITH told AS ({lowered("VALUES ($2, 'disconnected', $12)")}
),
wanted AS (
    INSERT INTO desired_list (
        list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments,
        is_ordered, items, trace_context
    )
    SELECT $1, $2, $3, true, $4, $5, $6, $7, $8, $9, $10, $11 FROM (SELECT count(*) FROM told) AS locked
    ON CONFLICT (list_id) DO UPDATE SET
        version = excluded.version, title = excluded.title, description = excluded.description,
        privacy = excluded.privacy, display_numbers = excluded.display_numbers,
        allow_comments = excluded.allow_comments, is_ordered = excluded.is_ordered, items = excluded.items,
        trace_context = excluded.trace_context
    WHERE desired_list.version < excluded.version AND desired_list.is_present
    RETURNING list_id, user_id
)
INSERT INTO work_queue (list_id, user_id, due_at) SELECT list_id, user_id, $12 FROM wanted
ON CONFLICT (list_id) DO UPDATE SET
    due_at = excluded.due_at, remaining = NULL, waits_for = NULL, revision = excluded.revision
RETURNING list_id"""  # noqa: S608 - our own text

WANT_ABSENT: Final = f"""
WITH told AS ({lowered("VALUES ($2, 'disconnected', $6)")}
)
INSERT INTO desired_list (
    list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments,
    is_ordered, items, trace_context, deleted_at
)
SELECT $1, $2, $3, false, $4, '', 'private', true, false, false, '[]', $5, $6
FROM (SELECT count(*) FROM told) AS locked
ON CONFLICT (list_id) DO UPDATE SET
    version = excluded.version, is_present = false, title = excluded.title, description = excluded.description,
    items = excluded.items, trace_context = excluded.trace_context, deleted_at = excluded.deleted_at
WHERE desired_list.version < excluded.version AND desired_list.is_present
RETURNING list_id"""  # noqa: S608 - our own text

# Not where Trakt still has something of it: on the user's account, or on one that they left and may come back to.
SWEEP: Final = """
DELETE FROM desired_list
WHERE deleted_at < $1
    AND NOT EXISTS (SELECT FROM work_queue WHERE work_queue.list_id = desired_list.list_id)
    AND NOT EXISTS (
        SELECT FROM mirror
        WHERE mirror.list_id = desired_list.list_id AND (trakt_list_id IS NOT NULL OR intent IS NOT NULL)
    )"""


async def want(connection: Connection, event: ListState, now: datetime, trace_context: str | None) -> bool:
    """Record a list's desired state and make the list due.

    Returns: False when the state that we have is as new, or the list was deleted.
    """
    row = await connection.fetchrow(
        WANT_PRESENT,
        event.list_id,
        event.user_id,
        event.version,
        event.title,
        description_of(event.list_type, event.list_id, event.description),
        event.privacy,
        event.mirror.display_numbers,
        event.mirror.allow_comments,
        event.mirror.order,
        [Title.of(item) for item in event.items],
        trace_context,
        now,
    )
    return row is not None


async def want_absent(connection: Connection, event: ListDeleted, now: datetime, trace_context: str | None) -> bool:
    """Record that nothing of the list may be left, and lock its row; return False when this is no news."""
    row = await connection.fetchrow(
        WANT_ABSENT, event.list_id, event.user_id, event.version, event.title, trace_context, now
    )
    return row is not None


async def delete_tombstones(pool: Pool, *, until: datetime) -> int:
    """Delete lists that were deleted before `until` and of which nothing is left; return how many."""
    return count_of(await pool.execute(SWEEP, until))
