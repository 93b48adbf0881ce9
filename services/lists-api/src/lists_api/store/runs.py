"""Sync runs."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.runs import RunSummary, SyncRun

INSERT_RUN: Final = """
INSERT INTO sync_run (run_id, list_id, version, state, trigger, updated, removed, total, started_at, finished_at)
VALUES ($1, $2, $3, 'succeeded', $4, $5, $6, $7, $8, $8)"""


async def insert_run(connection: Connection, list_id: int, run: SyncRun, *, now: datetime) -> None:
    """Store a run that succeeded at once."""
    await connection.execute(
        INSERT_RUN, run.run_id, list_id, run.version, run.trigger, run.updated, run.removed, run.total, now
    )


READ_RUN: Final = """
SELECT run_id, list_id, sync_run.version, state, trigger, updated, removed, total, started_at, finished_at
FROM sync_run JOIN list USING (list_id)
WHERE list_id = $1 AND run_id = $2 AND user_id = $3 AND deleted_at IS NULL"""


async def read_run(pool: Pool, list_id: int, run_id: UUID, *, user_id: str) -> RunSummary | None:
    """Return a run of the user's list; None: there is no such run."""
    row = await pool.fetchrow(READ_RUN, list_id, run_id, user_id)
    if row is None:
        return None
    return RunSummary(
        list_id=row["list_id"],
        run=_run(row),
        state=row["state"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )


READ_RUN_OF_VERSION: Final = """
SELECT run_id, version, trigger, updated, removed, total FROM sync_run WHERE list_id = $1 AND version = $2"""


async def read_run_of_version(connection: Connection, list_id: int, version: int) -> SyncRun | None:
    """Return the run that left the list at this version; None: no run did."""
    row = await connection.fetchrow(READ_RUN_OF_VERSION, list_id, version)
    return None if row is None else _run(row)


def _run(row: asyncpg.Record) -> SyncRun:
    return SyncRun(
        run_id=row["run_id"],
        version=row["version"],
        trigger=row["trigger"],
        updated=row["updated"],
        removed=row["removed"],
        total=row["total"],
    )
