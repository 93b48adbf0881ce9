"""SQL of the Trakt lists that stayed on a Trakt account when their user connected another one."""

from collections.abc import Sequence
from typing import NamedTuple

from chassis.postgres import Connection
from trakt_sync.ledger import Entry
from trakt_sync.mirror import Job
from trakt_sync.rows import entry_of, job_of

LEAVE = """
INSERT INTO left_behind (list_id, trakt_id, trakt_list_id, entries)
SELECT $1, $2, $3, coalesce(jsonb_agg(jsonb_build_object(
    'row_id', NULL, 'media_type', media_type, 'trakt', trakt, 'tmdb', tmdb, 'imdb', imdb,
    'state', state, 'place_id', place_id
) ORDER BY row_id), '[]')
FROM ledger WHERE list_id = $1
ON CONFLICT (list_id, trakt_id) DO UPDATE SET trakt_list_id = excluded.trakt_list_id, entries = excluded.entries"""

# Tombstones too: what was deleted meanwhile is still there.
TAKE_UP = """
WITH found AS (
    DELETE FROM left_behind USING mirror
    WHERE left_behind.list_id = mirror.list_id AND mirror.user_id = $1 AND left_behind.trakt_id = $2
    RETURNING left_behind.list_id, left_behind.trakt_list_id, left_behind.entries
)
SELECT mirror.*, found.trakt_list_id AS found_id, found.entries AS found_entries FROM mirror JOIN found USING (list_id)
ORDER BY list_id FOR UPDATE OF mirror"""

FORGET = "DELETE FROM left_behind WHERE trakt_list_id = $1"


class Left(NamedTuple):
    """A list with the Trakt list that was left, and the ledger as it was then."""

    job: Job
    trakt_list_id: int
    entries: tuple[Entry, ...]


async def leave(connection: Connection, job: Job, trakt_id: str) -> None:
    """Note that the list's Trakt list, if it has one, stays on this Trakt account, in the caller's transaction."""
    if job.progress.trakt_list_id is not None:
        await connection.execute(LEAVE, job.list_id, trakt_id, job.progress.trakt_list_id)


async def take_up(connection: Connection, user_id: str, trakt_id: str) -> Sequence[Left]:
    """Return the user's lists that have a Trakt list on this Trakt account, and forget that they have.

    Deleted ones are among them; all are locked for the caller's transaction.
    """
    return [
        Left(job_of(row), row["found_id"], tuple(entry_of(entry) for entry in row["found_entries"]))
        for row in await connection.fetch(TAKE_UP, user_id, trakt_id)
    ]


async def forget(connection: Connection, trakt_list_id: int) -> None:
    """Forget a Trakt list whose id Trakt has given again, in the caller's transaction."""
    await connection.execute(FORGET, trakt_list_id)
