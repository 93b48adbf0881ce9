"""The state of each list's mirror."""

from typing import Final

from chassis.postgres.database import Pool

READ_UNCONFIRMED: Final = """
SELECT list_id FROM list LEFT JOIN mirror USING (list_id)
WHERE list_id > $1
  AND CASE WHEN deleted_at IS NULL
           THEN state IS DISTINCT FROM 'in_sync' OR mirror.version IS DISTINCT FROM list.version
           ELSE state IS DISTINCT FROM 'deleted' END
ORDER BY list_id LIMIT $2"""


async def read_unconfirmed(pool: Pool, *, after: int, limit: int) -> list[int]:
    """Return ids above `after`, rising, of lists and tombstones whose version trakt-sync has not confirmed."""
    return [row[0] for row in await pool.fetch(READ_UNCONFIRMED, after, limit)]


READ_ALL: Final = """
SELECT list_id FROM list
WHERE list_id > $1 AND ($3::text IS NULL OR user_id = $3) AND ($4::bigint IS NULL OR list_id = $4)
ORDER BY list_id LIMIT $2"""


async def read_all(
    pool: Pool, *, after: int, limit: int, user_id: str | None = None, list_id: int | None = None
) -> list[int]:
    """Return ids above `after`, rising, of lists and tombstones: of one user, of one list, or all."""
    return [row[0] for row in await pool.fetch(READ_ALL, after, limit, user_id, list_id)]
