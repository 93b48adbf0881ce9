"""SQL of `work_queue`: when each list is looked at.

A new `revision` says that somebody made the list due. The record of a step that began before leaves that row alone.
"""

from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool
from trakt_sync.store.due import lowered

ENQUEUE: Final = f"""
WITH told AS ({lowered("SELECT user_id, 'disconnected', $2 FROM desired_list WHERE list_id = $1")}
)
INSERT INTO work_queue (list_id, user_id, due_at)
SELECT list_id, user_id, $2 FROM desired_list, (SELECT count(*) FROM told) AS locked WHERE list_id = $1
ON CONFLICT (list_id) DO UPDATE SET
    due_at = excluded.due_at, remaining = NULL, waits_for = NULL, revision = excluded.revision"""  # noqa: S608

REMOVE: Final = "DELETE FROM work_queue WHERE list_id = $1"

RESUME: Final = """
WITH waiting AS (SELECT DISTINCT user_id FROM work_queue WHERE waits_for = 'network' AND due_at > $1),
locked AS (SELECT user_id FROM account JOIN waiting USING (user_id) ORDER BY user_id FOR UPDATE OF account),
told AS (
    UPDATE account SET lists_at = least(lists_at, $1) FROM locked WHERE account.user_id = locked.user_id
    RETURNING account.user_id
)
UPDATE work_queue SET due_at = $1
FROM (SELECT count(*) FROM told) AS locked WHERE waits_for = 'network' AND due_at > $1"""

# Whose Trakt account it is, too: what is full is the Trakt account. Their rows are locked by the record of the step.
RESUME_LIMITED: Final = """
WITH sharing AS (
    SELECT user_id, coalesce(trakt_id, '') AS trakt_account FROM account WHERE user_id = $1 OR trakt_id = nullif($4, '')
),
limited AS (
    SELECT mirror_id, desired_list.list_id, desired_list.user_id
    FROM sharing
    JOIN desired_list ON desired_list.user_id = sharing.user_id
    JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = sharing.trakt_account
    LEFT JOIN work_queue ON work_queue.list_id = desired_list.list_id
    WHERE desired_list.list_id <> $3 AND is_present AND (waits_for = 'limit_reached' OR account_limit IS NOT NULL)
),
told AS (
    UPDATE account SET
        lists_at = CASE WHEN account.user_id IN (SELECT user_id FROM limited)
            THEN least(lists_at, $2) ELSE lists_at END,
        has_limited = has_limited AND account.user_id = $1
            AND EXISTS (SELECT FROM mirror WHERE list_id = $3 AND account_limit IS NOT NULL)
    FROM sharing WHERE account.user_id = sharing.user_id
),
forgotten AS (UPDATE mirror SET account_limit = NULL FROM limited WHERE mirror.mirror_id = limited.mirror_id)
INSERT INTO work_queue (list_id, user_id, due_at) SELECT list_id, user_id, $2 FROM limited
ON CONFLICT (list_id) DO UPDATE SET due_at = least(work_queue.due_at, excluded.due_at), revision = excluded.revision"""


async def enqueue(connection: Connection, list_id: int, now: datetime) -> None:
    """Make a list due, in the caller's transaction."""
    await connection.execute(ENQUEUE, list_id, now)


async def remove(connection: Connection, list_id: int) -> None:
    """Let a list rest, in the caller's transaction."""
    await connection.execute(REMOVE, list_id)


async def resume(pool: Pool, now: datetime) -> None:
    """Make the lists due that wait for Trakt to be back."""
    await pool.execute(RESUME, now)


async def resume_limited(
    connection: Connection, user_id: str, now: datetime, *, besides: int = 0, trakt_account: str = ""
) -> None:
    """Make the account's lists due that met its limit, in the caller's transaction, under the account's lease.

    Args:
        besides: a list that stays as it is: it made the room.
        trakt_account: those of all who share this Trakt account; "": of the user alone.
    """
    await connection.execute(RESUME_LIMITED, user_id, now, besides, trakt_account)
