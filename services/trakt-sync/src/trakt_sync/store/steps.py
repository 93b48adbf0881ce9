"""SQL of a step: what is saved before a write is sent, and the record after it. Both are one statement: they are on the
way of every edit. Both compare and set on the lease: who lost it records nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Executor, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.mirroring.job import Change, Step
from trakt_sync.mirroring.progress import Progress
from trakt_sync.store import effects
from trakt_sync.store.due import given_back
from trakt_sync.store.rows import StoredJob, mirror_values

MIRROR_COLUMNS: Final = (
    "applied_version", "trakt_list_id", "trakt_list", "former_ids", "intent", "pending", "staleness", "account_limit",
    "attempts", "notified", "failed_version", "tally", "recreated_version", "drift",
)  # fmt: skip
# Parameters: $1 the mirror, $2 the mark that was taken up (a later one stays), from $3 the columns.
_SET: Final = "reread_after = nullif(reread_after, $2), " + ", ".join(
    f"{name} = ${number}" for number, name in enumerate(MIRROR_COLUMNS, start=3)
)

_LIMIT: Final = f"${3 + MIRROR_COLUMNS.index('account_limit')}::jsonb"

# A write of a version that is not wanted any more is not begun. The lease is renewed, so that the sender knows until
# when it may send. FOR SHARE: the subscriber ends a deletion by itself where nothing was begun
# (`use_cases.record_deletion`).
# Users of one Trakt account share its pace: none of them begins a write until this one is recorded, or its lease ends.
# Their rows are locked in the order of their ids, before any list's.
BEGIN_WRITE: Final = f"""
WITH sharing AS MATERIALIZED (
    SELECT user_id, lease_token, next_write_at FROM account
    WHERE user_id = $19 OR trakt_id = nullif($24, '') ORDER BY user_id FOR UPDATE
),
current AS (
    SELECT desired_list.version FROM (SELECT count(*) FROM sharing) AS locked, sharing, desired_list
    WHERE sharing.user_id = $19 AND lease_token = $20 AND next_write_at <= $21 AND list_id = $17 AND version = $18
    FOR SHARE OF desired_list
),
paced AS (
    UPDATE account SET
        next_write_at = CASE WHEN account.user_id = $19 THEN $22::timestamptz ELSE $23::timestamptz END,
        lease_until = CASE WHEN account.user_id = $19 THEN $23 ELSE lease_until END
    FROM sharing, current WHERE account.user_id = sharing.user_id
)
UPDATE mirror SET {_SET} FROM current WHERE mirror_id = $1 RETURNING mirror_id"""  # noqa: S608 - names of our own columns

# The locks are taken in the order account, desired_list, mirror, work_queue, as everywhere. A failure of a version that
# is not wanted any more is not reported, so it was not notified.
RECORD: Final = f"""
WITH sharing AS MATERIALIZED (
    SELECT user_id FROM account WHERE user_id = $19 OR trakt_id = nullif($30, '') ORDER BY user_id FOR UPDATE
),
gate AS (
    UPDATE account SET {given_back("$19", besides="$17", then="$27::timestamptz")},
        next_write_at = coalesce($21, next_write_at),
        blocked_until = coalesce($22, blocked_until),
        block_reason = coalesce($23, block_reason),
        state = CASE WHEN $24 THEN 'reauthorization_required' ELSE state END,
        refusals = $25,
        has_limited = has_limited OR {_LIMIT} IS NOT NULL
    FROM (SELECT count(*) FROM sharing) AS locked
    WHERE user_id = $19 AND lease_token = $20
    RETURNING user_id, least(claim_lists_at, claim_imports_at) AS claim_at
),
paced AS (
    UPDATE account SET next_write_at = $21 FROM sharing, gate
    WHERE account.user_id = sharing.user_id AND account.user_id <> $19 AND $21::timestamptz IS NOT NULL
    RETURNING least(claim_lists_at, claim_imports_at) AS claim_at
),
current AS (
    SELECT desired_list.version FROM desired_list, gate WHERE list_id = $17 FOR SHARE OF desired_list
),
saved AS (
    UPDATE mirror SET {_SET.replace("notified = $12", "notified = CASE WHEN version = $18 THEN $12 ELSE notified END")}
    FROM current WHERE mirror_id = $1
),
queued AS (
    UPDATE work_queue SET due_at = $27, remaining = $28, waits_for = $29, is_asked = false
    FROM current WHERE list_id = $17 AND revision = $26 AND $27::timestamptz IS NOT NULL
),
rested AS (
    DELETE FROM work_queue USING current WHERE list_id = $17 AND revision = $26 AND $27::timestamptz IS NULL
),
{effects.parts(31, mirror_id="$1", list_id="$17", version="$18")}
SELECT version, least(claim_at, (SELECT min(claim_at) FROM paced)) AS claim_at FROM current, gate"""  # noqa: S608 - names of our own columns

SAVE: Final = f"""
WITH current AS (UPDATE mirror SET {_SET} WHERE mirror_id = $1 RETURNING $18::bigint AS version),
{effects.parts(19, mirror_id="$1", list_id="$17", version="$18")}
SELECT version FROM current"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record of a step found.

    Args:
        is_current: whether the job's version is the one that is still wanted. If not, no failure of it was sent.
        claim_at: when the account can be claimed again, or another of its Trakt account; None: nothing of it is due.
    """

    is_current: bool
    claim_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pace:
    """When a write is sent, when the account's next one may be at the earliest, and until when it may be sent."""

    now: datetime
    next_write_at: datetime
    until: datetime


async def begin_write(pool: Pool, account: Account, stored: StoredJob, begun: Progress, pace: Pace) -> bool:
    """Save what is about to be sent, keep the Trakt account's next write away and renew the lease.

    Returns: False when it may not be sent: the lease is lost, a newer version came, or another user of the Trakt
        account has just written. Nothing was changed.
    """
    row = await pool.fetchrow(
        BEGIN_WRITE,
        *_key(stored, begun),
        account.user_id,
        account.lease,
        pace.now,
        pace.next_write_at,
        pace.until,
        account.trakt_account,
    )
    return row is not None


async def record(
    connection: Executor,
    account: Account,
    stored: StoredJob,
    step: Step,
    now: datetime,
    *,
    next_write_at: datetime | None,
) -> Recorded:
    """Save how far the list is, carry out the step's effects and give the account back.

    Raises:
        LeaseLostError: the account has another holder; nothing was recorded.
    """
    change, following = step.change.account, step.next
    row = await connection.fetchrow(
        RECORD,
        *_key(stored, step.change.progress),
        account.user_id,
        account.lease,
        next_write_at,
        change.blocked_until,
        change.reason,
        change.needs_reauthorization,
        change.refusals,
        stored.revision,
        following.due_at,
        following.remaining,
        following.waits_for,
        account.trakt_account,
        *effects.to_parameters(step.change, now, stored.job.trace_context),
    )
    if row is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    return Recorded(row["version"] == stored.job.version, row["claim_at"])


async def save(connection: Connection, stored: StoredJob, change: Change, now: datetime) -> None:
    """Save how far a list is whose row the caller's transaction has locked, and carry out the change's effects."""
    effected = effects.to_parameters(change, now, stored.job.trace_context)
    await connection.fetchrow(SAVE, *_key(stored, change.progress), *effected)


def _key(stored: StoredJob, progress: Progress) -> tuple[object, ...]:
    job = stored.job
    return (stored.mirror_id, stored.reread_after, *mirror_values(progress), job.list_id, job.version)
