"""The state of each list's mirror."""

from typing import Final

from chassis.postgres.database import Connection, Pool
from lists_api.mirror_state.domain.mirror import MirrorRecord

# Trakt's ids are unique, so another list that still has this one has lost it: Trakt's list was made anew, or a
# simulator was restarted without its state. A report that is too old to be recorded takes nothing away.
RELEASE_TRAKT_LIST: Final = """
UPDATE mirror SET trakt_list_id = NULL, revision = revision + 1
WHERE trakt_list_id = $1 AND list_id <> $2
  AND NOT EXISTS (SELECT FROM mirror WHERE list_id = $2 AND (version > $3 OR state = 'deleted'))
RETURNING list_id"""


async def release_trakt_list(connection: Connection, trakt_list_id: int, *, list_id: int, version: int) -> list[int]:
    """Take the Trakt list from every list but `list_id`. Return the lists that had it."""
    return [row[0] for row in await connection.fetch(RELEASE_TRAKT_LIST, trakt_list_id, list_id, version)]


# An older report never overwrites a newer one, and nothing overwrites "deleted". Reports of one version (failed, then
# in_sync) come in Kafka's order, and the inbox has dropped the second delivery of each.
RECORD_MIRROR: Final = """
INSERT INTO mirror (list_id, trakt_list_id, state, version, reason, retry_at, at, not_found, left_out, revision)
SELECT list_id, $3, $4, $5, $6, $7, $8, $9, $10, 1 FROM list WHERE list_id = $1 AND user_id = $2
ON CONFLICT (list_id) DO UPDATE
SET trakt_list_id = CASE WHEN excluded.state <> 'deleted'
                         THEN coalesce(excluded.trakt_list_id, mirror.trakt_list_id) END,
    state = excluded.state, version = excluded.version, reason = excluded.reason, retry_at = excluded.retry_at,
    at = excluded.at, not_found = excluded.not_found, left_out = excluded.left_out, revision = mirror.revision + 1
WHERE mirror.version <= excluded.version AND mirror.state <> 'deleted'"""


async def record_mirror(connection: Connection, list_id: int, record: MirrorRecord, *, user_id: str) -> bool:
    """Store the report, unless a newer one is stored or the user has no such list. Return whether it was stored."""
    status = await connection.execute(
        RECORD_MIRROR,
        list_id,
        user_id,
        record.trakt_list_id,
        record.state,
        record.version,
        record.reason,
        record.retry_at,
        record.at,
        record.not_found,
        record.left_out,
    )
    return status == "INSERT 0 1"


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
