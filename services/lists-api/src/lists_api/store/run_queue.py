"""The queue of sync runs, as workers see it.

A lease names one claim of a run. Every write of a worker asks for it, so a worker that was frozen or cut off for longer
than its lease writes nothing, and a run ends once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.schedule import Schedule
from lists_api.runs.domain.outcome import Outcome
from lists_api.runs.domain.run import DONE, PERCENT, Demand, Lease, Step
from lists_api.store.held_titles import insert_held_titles
from lists_api.store.runs import lease_demand

# Another scheduler's lists are skipped. Their next time is moved on at once, so that nobody finds them due again; the
# run's end sets the right one. A list whose run waits already is not run twice.
QUEUE_DUE: Final = """
WITH due AS (
    SELECT list_id FROM list WHERE next_sync_at <= $1 AND deleted_at IS NULL
    ORDER BY next_sync_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
), numbered AS (
    SELECT list_id, ($3::uuid[])[row_number() OVER (ORDER BY list_id)] AS run_id FROM due
), moved AS (
    UPDATE list SET next_sync_at = $1 + sync_interval_hours * interval '1 hour', run_revision = run_revision + 1
    FROM due WHERE list.list_id = due.list_id
)
INSERT INTO sync_run AS run (run_id, list_id, state, trigger, force_full, is_due, percent, created_at)
SELECT run_id, list_id, 'queued', 'auto', false, true, 0, $1 FROM numbered
ON CONFLICT (list_id) WHERE state IN ('queued', 'running') DO UPDATE
SET trigger = CASE run.trigger WHEN 'auto' THEN 'auto' ELSE 'manual' END, is_due = true"""


async def queue_due(pool: Pool, run_ids: Sequence[UUID], *, now: datetime) -> int:
    """Queue a run of every list that is due, at most one for each id. Return how many lists there were."""
    status = await pool.execute(QUEUE_DUE, now, len(run_ids), run_ids)
    return int(status.rsplit(" ", 1)[1])


# What a user waits for comes first.
CLAIM_RUNS: Final = f"""
WITH next AS (
    SELECT run_id FROM sync_run
    WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until <= $1)
    ORDER BY trigger = 'auto', created_at, run_id LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE sync_run
SET state = 'running', step = 'candidates', percent = {PERCENT["candidates"]}, lease = gen_random_uuid(),
    lease_until = $2, started_at = coalesce(started_at, $1), attempts = attempts + 1
FROM next, list
WHERE sync_run.run_id = next.run_id AND list.list_id = sync_run.list_id
RETURNING sync_run.run_id, sync_run.list_id, lease, attempts, trigger, force_full, is_due, user_id, list.version,
          title"""  # noqa: S608 - a constant


async def claim_runs(pool: Pool, *, limit: int, now: datetime, until: datetime) -> list[Lease]:
    """Take runs that wait, or whose worker has not come back in time, until then."""
    rows = await pool.fetch(CLAIM_RUNS, now, until, limit)
    return [
        Lease(
            row["run_id"],
            row["lease"],
            row["list_id"],
            row["user_id"],
            row["version"],
            row["title"],
            row["attempts"],
            lease_demand(row),
        )
        for row in rows
    ]


NEXT_DUE: Final = """
SELECT least((SELECT min(next_sync_at) FROM list WHERE next_sync_at IS NOT NULL),
             (SELECT min(lease_until) FROM sync_run WHERE state IN ('queued', 'running')))"""


async def next_due(pool: Pool) -> datetime | None:
    """Return when the next list is due, or the next lease ends; None: nothing is planned."""
    due: datetime | None = await pool.fetchval(NEXT_DUE)
    return due


STEP_RUN: Final = """
UPDATE sync_run SET step = $3, percent = $4, lease_until = $5
WHERE run_id = $1 AND lease = $2 AND state = 'running'
RETURNING trigger, force_full, is_due"""


async def step_run(connection: Connection, lease: Lease, step: Step, *, until: datetime) -> Demand | None:
    """Write how far the run is, and keep the lease; return what is asked of it by now; None: the lease is lost."""
    row = await connection.fetchrow(STEP_RUN, lease.run_id, lease.lease, step, PERCENT[step], until)
    return None if row is None else lease_demand(row)


LOCK_RUN: Final = """
SELECT trigger, force_full, is_due, run_failures,
       coalesce((SELECT mirror.state = 'in_sync' OR (trakt_list_id IS NOT NULL AND mirror.state <> 'failed') FROM mirror
                 WHERE mirror.list_id = sync_run.list_id), false) AS is_mirrored,
       EXISTS (SELECT FROM sync_run AS other WHERE other.list_id = sync_run.list_id AND other.state = 'held')
       AS is_awaited
FROM sync_run JOIN list USING (list_id)
WHERE run_id = $1 AND lease = $2 AND sync_run.state = 'running'
FOR UPDATE OF sync_run"""


@dataclass(frozen=True, slots=True)
class LockedRun:
    """A run that ends in this transaction. The fields are those of `Situation`."""

    demand: Demand
    failures: int
    is_mirrored: bool
    is_awaited: bool


async def lock_run(connection: Connection, lease: Lease) -> LockedRun | None:
    """Lock a run of a locked list; None: the lease is lost, or somebody has cancelled the run."""
    row = await connection.fetchrow(LOCK_RUN, lease.run_id, lease.lease)
    if row is None:
        return None
    return LockedRun(lease_demand(row), row["run_failures"], row["is_mirrored"], row["is_awaited"])


END_RUN: Final = f"""
UPDATE sync_run
SET state = $2, step = NULL, percent = {DONE}, is_full = $3, version = $4, updated = $5, removed = $6, total = $7,
    finished_at = $8, error = $9, lease = NULL, lease_until = NULL
WHERE run_id = $1"""  # noqa: S608 - a constant
SETTLE_HELD: Final = """
UPDATE sync_run SET state = 'cancelled', finished_at = $2, error = 'A later run has taken its place.'
WHERE list_id = $1 AND state = 'held'"""
RESCHEDULE: Final = """
UPDATE list SET status = $2, next_sync_at = $3, last_sync_at = $4, last_full_sync_at = $5, run_failures = $6,
                run_revision = run_revision + 2
WHERE list_id = $1"""


async def end_run(connection: Connection, lease: Lease, outcome: Outcome, *, now: datetime) -> None:
    """End a locked run, and write its list's schedule."""
    if outcome.settles:
        await connection.execute(SETTLE_HELD, lease.list_id, now)
    version = None if outcome.change is None else outcome.change.after.version
    await connection.execute(
        END_RUN,
        lease.run_id,
        outcome.state,
        outcome.is_full,
        version,
        outcome.updated,
        outcome.removed,
        outcome.total,
        now,
        outcome.error,
    )
    if outcome.would is not None:
        await insert_held_titles(connection, lease.run_id, outcome.would)
    await reschedule(connection, lease.list_id, outcome.schedule, failures=outcome.failures)


async def reschedule(connection: Connection, list_id: int, schedule: Schedule, *, failures: int) -> None:
    """Store the schedule of a locked list."""
    await connection.execute(
        RESCHEDULE,
        list_id,
        schedule.status,
        schedule.next_sync_at,
        schedule.last_sync_at,
        schedule.last_full_sync_at,
        failures,
    )
