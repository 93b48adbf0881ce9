"""The private addresses of lists."""

from datetime import datetime
from typing import Final

from chassis.postgres.database import Pool

# Locks the list, so that a feed cannot be made of one that is being deleted.
REPLACE_FEED: Final = """
WITH own AS (
    SELECT list_id FROM list WHERE list_id = $1 AND user_id = $2 AND deleted_at IS NULL FOR KEY SHARE
)
INSERT INTO feed (list_id, token_hash, created_at)
SELECT list_id, $3, $4 FROM own
ON CONFLICT (list_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at
RETURNING list_id"""


async def replace_feed(pool: Pool, list_id: int, *, user_id: str, token_hash: bytes, now: datetime) -> bool:
    """Give the user's list a feed, in place of the one that it has; False: the user has no such list."""
    return await pool.fetchval(REPLACE_FEED, list_id, user_id, token_hash, now) is not None


READ_FEED: Final = """
SELECT list.list_id, feed.created_at FROM list LEFT JOIN feed USING (list_id)
WHERE list.list_id = $1 AND user_id = $2 AND deleted_at IS NULL"""


async def read_feed(pool: Pool, list_id: int, *, user_id: str) -> tuple[datetime | None] | None:
    """Return since when the user's list has a feed, None for none; None alone: the user has no such list."""
    row = await pool.fetchrow(READ_FEED, list_id, user_id)
    return None if row is None else (row["created_at"],)


DELETE_FEED: Final = """
WITH own AS (
    SELECT list_id FROM list WHERE list_id = $1 AND user_id = $2 AND deleted_at IS NULL
), gone AS (
    DELETE FROM feed USING own WHERE feed.list_id = own.list_id
)
SELECT list_id FROM own"""


async def delete_feed(pool: Pool, list_id: int, *, user_id: str) -> bool:
    """Take the list's feed away, when it has one; False: the user has no such list."""
    return await pool.fetchval(DELETE_FEED, list_id, user_id) is not None
