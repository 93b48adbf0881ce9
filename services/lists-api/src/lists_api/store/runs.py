"""Sync runs, as the owners of their lists ask for them and read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.runs import SyncRun
from lists_api.runs.domain.run import Demand, Run

_COLUMNS: Final = """
    run_id, sync_run.list_id, sync_run.state, trigger, step, percent, is_full, sync_run.version, updated, removed,
    total, sync_run.created_at, started_at, finished_at, error"""

READ_RUN: Final = f"""
SELECT {_COLUMNS} FROM sync_run JOIN list USING (list_id)
WHERE list_id = $1 AND run_id = $2 AND user_id = $3 AND deleted_at IS NULL"""  # noqa: S608 - a constant


async def read_run(connection: "Connection | Pool", list_id: int, run_id: UUID, *, user_id: str) -> Run | None:
    """Return a run of the user's list; None: there is no such run."""
    row = await connection.fetchrow(READ_RUN, list_id, run_id, user_id)
    return None if row is None else Run(**row)


READ_RUNS: Final = f"""
WITH own AS (SELECT list_id AS own_id FROM list WHERE list_id = $1 AND user_id = $2 AND deleted_at IS NULL)
SELECT (SELECT count(*) FROM sync_run WHERE list_id = own_id) AS count, run.*
FROM own LEFT JOIN LATERAL (
    SELECT {_COLUMNS} FROM sync_run WHERE list_id = own_id ORDER BY created_at DESC, run_id DESC LIMIT $3 OFFSET $4
) AS run ON true"""  # noqa: S608 - a constant


async def read_runs(pool: Pool, list_id: int, *, user_id: str, limit: int, offset: int) -> tuple[list[Run], int] | None:
    """Return a page of the runs of the user's list, newest first, and how many there are; None: no such list."""
    rows = [dict(row) for row in await pool.fetch(READ_RUNS, list_id, user_id, limit, offset)]
    if not rows:
        return None
    counts = [row.pop("count") for row in rows]
    return [Run(**row) for row in rows if row["run_id"] is not None], counts[0]


READ_RUN_OF_VERSION: Final = """
SELECT run_id, version, trigger, updated, removed, total FROM sync_run WHERE list_id = $1 AND version = $2"""


async def read_run_of_version(connection: Connection, list_id: int, version: int) -> SyncRun | None:
    """Return the run that left the list at this version; None: no run did."""
    row = await connection.fetchrow(READ_RUN_OF_VERSION, list_id, version)
    return None if row is None else SyncRun(**row)


class OwnList(NamedTuple):
    """A list of the user, locked."""

    list_id: int
    version: int
    title: str


LOCK_OWN_LISTS: Final = """
SELECT list_id, version, title FROM list
WHERE user_id = $1 AND deleted_at IS NULL
  AND ($2::bigint IS NULL OR list_id = $2) AND ($3::timestamptz IS NULL OR next_sync_at <= $3)
ORDER BY list_id FOR NO KEY UPDATE"""


async def lock_own_lists(
    connection: Connection, user_id: str, *, list_id: int | None = None, due: datetime | None = None
) -> list[OwnList]:
    """Lock the user's lists, or one of them, or those that are due then, and return them.

    Whoever queues, cancels or ends a run locks its list first.
    """
    return [OwnList(*row) for row in await connection.fetch(LOCK_OWN_LISTS, user_id, list_id, due)]


# A list has one unfinished run. Whoever asks for another joins it, and it does the more of what both asked for.
REQUEST_RUNS: Final = """
WITH said AS (UPDATE list SET run_revision = run_revision + 1 WHERE list_id = ANY($1::bigint[]))
INSERT INTO sync_run AS run (run_id, list_id, state, trigger, force_full, is_due, percent, created_at)
SELECT wanted.run_id, wanted.list_id, 'queued', $3, $4, $5, 0, $6
FROM unnest($1::bigint[], $2::uuid[]) AS wanted (list_id, run_id)
ON CONFLICT (list_id) WHERE state IN ('queued', 'running') DO UPDATE
SET trigger = CASE run.trigger WHEN excluded.trigger THEN run.trigger ELSE 'manual' END,
    force_full = run.force_full OR excluded.force_full, is_due = run.is_due OR excluded.is_due
RETURNING list_id, run_id"""


async def request_runs(
    connection: Connection, list_ids: Sequence[int], run_ids: Sequence[UUID], demand: Demand, *, now: datetime
) -> dict[int, UUID]:
    """Queue a run of each of the locked lists, under these ids, or join the one that is there.

    Return the runs by list.
    """
    rows = await connection.fetch(
        REQUEST_RUNS, list_ids, run_ids, demand.trigger, demand.force_full, demand.is_due, now
    )
    return {row["list_id"]: row["run_id"] for row in rows}


READ_USAGE: Final = """
SELECT coalesce((SELECT is_vip FROM trakt_account WHERE user_id = $1), false) AS is_vip, ARRAY(
    SELECT sync_run.created_at FROM list JOIN sync_run USING (list_id)
    WHERE user_id = $1 AND trigger <> 'auto' AND sync_run.created_at > $2
    ORDER BY sync_run.created_at DESC
) AS started"""


async def read_usage(connection: Connection, user_id: str, *, since: datetime) -> tuple[bool, list[datetime]]:
    """Return whether the user is a VIP, and when they asked for runs since then, the newest first."""
    row = await connection.fetchrow(READ_USAGE, user_id, since)
    assert row is not None, "there is always a row"  # noqa: S101
    return row["is_vip"], row["started"]


CANCEL_RUN: Final = """
WITH ended AS (
    UPDATE sync_run SET state = 'cancelled', step = NULL, percent = 100, finished_at = $3, error = $4,
                        lease = NULL, lease_until = NULL
    WHERE list_id = $1 AND run_id = $2 AND state IN ('queued', 'running') RETURNING list_id
)
UPDATE list SET run_revision = run_revision + 2, status = CASE status WHEN 'queued' THEN 'complete' ELSE status END
FROM ended WHERE list.list_id = ended.list_id"""


async def cancel_run(connection: Connection, list_id: int, run_id: UUID, *, now: datetime, error: str) -> bool:
    """End a run of a locked list that has not ended yet; return whether there was one."""
    return await connection.execute(CANCEL_RUN, list_id, run_id, now, error) == "UPDATE 1"


REQUEUE_RUN: Final = """
UPDATE sync_run SET state = 'queued', trigger = 'manual', force_full = coalesce(is_full, false), is_due = true,
                    percent = 0, updated = NULL, removed = NULL, total = NULL, finished_at = NULL,
                    started_at = NULL, attempts = 0
WHERE list_id = $1 AND run_id = $2 AND state = 'held'
  AND NOT EXISTS (SELECT FROM sync_run WHERE list_id = $1 AND state IN ('queued', 'running'))"""


async def requeue_held(connection: Connection, list_id: int, run_id: UUID) -> bool:
    """Queue a held run of a locked list again, as its owner's own; False: another run of the list is there."""
    return await connection.execute(REQUEUE_RUN, list_id, run_id) == "UPDATE 1"


END_HELD: Final = """
UPDATE sync_run SET state = $3, finished_at = $4, error = $5 WHERE list_id = $1 AND run_id = $2 AND state = 'held'"""


async def end_held(
    connection: Connection, list_id: int, run_id: UUID, state: str, *, now: datetime, error: str | None = None
) -> None:
    """End a held run of a locked list in this state."""
    await connection.execute(END_HELD, list_id, run_id, state, now, error)


def lease_demand(row: asyncpg.Record) -> Demand:
    """Return what is asked of the run in a row."""
    return Demand(row["trigger"], row["force_full"], row["is_due"])
