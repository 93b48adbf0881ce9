"""Deleting what is past its retention."""

from datetime import datetime
from typing import Final

from chassis.postgres.database import Pool, count_of

DELETE_KEYS: Final = "DELETE FROM idempotency_key WHERE created_at <= $1"


async def delete_keys(pool: Pool, *, until: datetime) -> int:
    """Delete idempotency keys that were first used then or before. Return how many."""
    return count_of(await pool.execute(DELETE_KEYS, until))


# The run that left a list at its present version stays: `republish` makes its event from it. So does one that has not
# ended, or that waits for the list's owner.
DELETE_RUNS: Final = """
DELETE FROM sync_run USING list
WHERE sync_run.list_id = list.list_id AND sync_run.version IS DISTINCT FROM list.version AND finished_at <= $1
  AND sync_run.state NOT IN ('queued', 'running', 'held')"""


async def delete_runs(pool: Pool, *, until: datetime) -> int:
    """Delete sync runs that ended then or before. Return how many."""
    return count_of(await pool.execute(DELETE_RUNS, until))


DELETE_USES: Final = "DELETE FROM use_count WHERE minute <= $1"


async def delete_uses(pool: Pool, *, until: datetime) -> int:
    """Delete counts of a minute that was then or before. Return how many."""
    return count_of(await pool.execute(DELETE_USES, until))


# An import whose list is there says that the list need not be imported again.
DELETE_IMPORTS: Final = """
DELETE FROM trakt_import
WHERE finished_at <= $1 AND NOT EXISTS (
    SELECT FROM list WHERE list.list_id = trakt_import.list_id AND deleted_at IS NULL
)"""


async def delete_imports(pool: Pool, *, until: datetime) -> int:
    """Delete imports from Trakt that ended then or before and whose list is gone. Return how many."""
    return count_of(await pool.execute(DELETE_IMPORTS, until))


DELETE_TOMBSTONES: Final = """
DELETE FROM list USING mirror
WHERE mirror.list_id = list.list_id AND mirror.state = 'deleted' AND deleted_at <= $1"""


async def delete_tombstones(pool: Pool, *, until: datetime) -> int:
    """Delete lists that users deleted then or before and of which nothing is left on Trakt. Return how many."""
    return count_of(await pool.execute(DELETE_TOMBSTONES, until))
