"""Forgetting what has had its time."""

from datetime import datetime
from typing import Final

from chassis.postgres import Pool, count_of

DELETE_KEYS: Final = "DELETE FROM idempotency_key WHERE created_at <= $1"


async def delete_keys(pool: Pool, *, until: datetime) -> int:
    """Forget idempotency keys first used then or before; return how many."""
    return count_of(await pool.execute(DELETE_KEYS, until))


# The run that left a list at its present version stays: its event may have to be sent again.
DELETE_RUNS: Final = """
DELETE FROM sync_run USING list
WHERE sync_run.list_id = list.list_id AND sync_run.version <> list.version AND started_at <= $1"""


async def delete_runs(pool: Pool, *, until: datetime) -> int:
    """Forget sync runs started then or before; return how many."""
    return count_of(await pool.execute(DELETE_RUNS, until))


DELETE_TOMBSTONES: Final = """
DELETE FROM list USING mirror
WHERE mirror.list_id = list.list_id AND mirror.state = 'deleted' AND deleted_at <= $1"""


async def delete_tombstones(pool: Pool, *, until: datetime) -> int:
    """Forget lists deleted then or before of which nothing is left on Trakt, with all they had; return how many."""
    return count_of(await pool.execute(DELETE_TOMBSTONES, until))
