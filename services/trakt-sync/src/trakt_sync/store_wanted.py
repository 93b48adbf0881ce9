"""SQL of the subscriber: what is wanted of each list. It touches progress only to say that there is work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.postgres import Connection, Pool, count_of
from trakt_sync.ledger import Title
from trakt_sync.mirror import Progress, Result
from trakt_sync.rows import progress_of, result_of
from trakt_sync.texts import description_of
from watchbuddy_contracts import ListDeleted, ListState

# `is_wanted` in the guard: nothing brings a deleted list back, whatever version it claims. `attempts` goes on: an edit is
# tried at once, but failures are in a row over all versions, or a user who edits on would never hear of them.
UPSERT_PRESENT = """
INSERT INTO mirror (
    list_id, user_id, version, is_wanted, title, description, privacy, display_numbers, allow_comments, is_ordered,
    items, traceparent, due_at
)
VALUES ($1, $2, $3, true, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (list_id) DO UPDATE SET
    version = excluded.version, title = excluded.title, description = excluded.description, privacy = excluded.privacy,
    display_numbers = excluded.display_numbers, allow_comments = excluded.allow_comments,
    is_ordered = excluded.is_ordered, items = excluded.items, traceparent = excluded.traceparent,
    due_at = excluded.due_at, remaining = NULL,
    told = nullif(mirror.told, 'rejected')
WHERE mirror.version < excluded.version AND mirror.is_wanted
RETURNING list_id"""

UPSERT_ABSENT = """
INSERT INTO mirror (
    list_id, user_id, version, is_wanted, title, description, privacy, display_numbers, allow_comments, is_ordered,
    items, traceparent, due_at, deleted_at
)
VALUES ($1, $2, $3, false, $4, '', 'private', true, false, false, '[]', $5, $6, $6)
ON CONFLICT (list_id) DO UPDATE SET
    version = excluded.version, is_wanted = false, title = excluded.title, description = excluded.description,
    items = excluded.items, deleted_at = excluded.deleted_at,
    traceparent = excluded.traceparent, due_at = excluded.due_at, attempts = 0, remaining = NULL,
    told = nullif(mirror.told, 'rejected')
WHERE mirror.version < excluded.version AND mirror.is_wanted
RETURNING *"""

# Not where Trakt still has something of it, or an account that the user has left and may come back to.
SWEEP = """
DELETE FROM mirror
WHERE deleted_at < $1 AND applied_version = version AND due_at IS NULL
    AND NOT EXISTS (SELECT FROM left_behind WHERE left_behind.list_id = mirror.list_id)"""

LAST_RESULT = "SELECT version, result FROM mirror WHERE list_id = $1 FOR SHARE"


@dataclass(frozen=True, slots=True)
class LastResult:
    """The version that is wanted, and the last result that was told; None: none yet."""

    version: int
    result: Result | None


async def want(connection: Connection, event: ListState, now: datetime, traceparent: str | None) -> bool:
    """Record a list's wanted state; return False when the one we have is as new, or the list was deleted."""
    items: Sequence[Title] = [
        Title(item.media_type, item.ids.trakt, item.ids.tmdb, item.ids.imdb) for item in event.items
    ]
    row = await connection.fetchrow(
        UPSERT_PRESENT,
        event.list_id,
        event.user_id,
        event.version,
        event.title,
        description_of(event.list_type, event.list_id, event.description),
        event.privacy,
        event.mirror.display_numbers,
        event.mirror.allow_comments,
        event.mirror.order,
        items,
        traceparent,
        now,
    )
    return row is not None


async def want_gone(
    connection: Connection, event: ListDeleted, now: datetime, traceparent: str | None
) -> Progress | None:
    """Record that nothing of the list may be left; return how far it had come, or None when this is no news."""
    row = await connection.fetchrow(
        UPSERT_ABSENT, event.list_id, event.user_id, event.version, event.title, traceparent, now
    )
    return None if row is None else progress_of(row)


async def delete_tombstones(pool: Pool, *, until: datetime) -> int:
    """Delete the rows of lists that were deleted before `until` and of which nothing is left; return how many."""
    return count_of(await pool.execute(SWEEP, until))


async def last_result(connection: Connection, list_id: int) -> LastResult | None:
    row = await connection.fetchrow(LAST_RESULT, list_id)
    return None if row is None else LastResult(row["version"], result_of(row["result"]))
