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
