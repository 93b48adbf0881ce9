"""SQL of `mirror`: loading a job, and what is asked of mirrors beside a step's record."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.mirroring.references import TraktRef
from trakt_sync.store.due import given_back, lowered
from trakt_sync.store.effects import entries, entries_of, forgotten, removed_again
from trakt_sync.store.rows import JOB_COLUMNS, StoredJob, stored_job

# The list with the least left to do goes first, so that a small change does not wait behind a long first mirror. A
# version that was never planned costs no request to plan.
_NEXT: Final = """
FROM work_queue
JOIN desired_list ON desired_list.list_id = work_queue.list_id
LEFT JOIN mirror ON mirror.list_id = work_queue.list_id AND mirror.trakt_account = $2
WHERE work_queue.user_id = $1 AND work_queue.due_at <= $3
ORDER BY work_queue.remaining NULLS FIRST, work_queue.due_at, work_queue.list_id LIMIT 1"""
NEXT_JOB: Final = f"""
WITH job AS MATERIALIZED (SELECT {JOB_COLUMNS} {_NEXT}),
forgotten AS ({forgotten("$4")}
),
removed_again AS ({removed_again("$4")}
)
SELECT job.*, known.* FROM job LEFT JOIN LATERAL ({entries("$4")}
) AS known ON true"""  # noqa: S608 - our own text

# Which list failed is not known when it could not even be loaded: it is the one that NEXT_JOB takes.
POSTPONE: Final = f"""
WITH failed AS (
    SELECT work_queue.list_id, mirror.mirror_id,
        $3::timestamptz + interval '1 second' * (1 << least(coalesce(mirror.attempts, 0), 8)) AS due_at
    {_NEXT}
),
gate AS (
    UPDATE account SET {
    given_back("$1", besides="coalesce((SELECT list_id FROM failed), 0)", then="(SELECT due_at FROM failed)")
}
    WHERE user_id = $1 AND lease_token = $4 RETURNING user_id
),
counted AS (
    UPDATE mirror SET attempts = mirror.attempts + 1 FROM failed, gate WHERE mirror.mirror_id = failed.mirror_id
)
UPDATE work_queue SET due_at = failed.due_at
FROM failed, gate WHERE work_queue.list_id = failed.list_id"""  # noqa: S608 - our own text

# An erasure may have deleted the list meanwhile.
ENSURE: Final = """
INSERT INTO mirror (list_id, trakt_account) SELECT list_id, $2 FROM desired_list WHERE list_id = $1 FOR SHARE
ON CONFLICT (list_id, trakt_account) DO UPDATE SET list_id = excluded.list_id RETURNING mirror_id"""

IS_ON_TRAKT: Final = """
SELECT EXISTS (
    SELECT FROM mirror LEFT JOIN account ON account.user_id = $2
    WHERE mirror.list_id = $1 AND mirror.trakt_account = coalesce(account.trakt_id, '')
        AND (mirror.trakt_list IS NOT NULL OR mirror.intent IS NOT NULL)
)"""

# `<> '{}'` is the partial index's own condition.
OWNED: Final = """
SELECT trakt_list_id FROM mirror WHERE trakt_list_id = ANY($1::bigint[])
UNION
SELECT unnest(former_ids) FROM mirror WHERE former_ids && $1::bigint[] AND former_ids <> '{}'"""

IS_MIRROR_OF: Final = """
SELECT EXISTS (
    SELECT FROM mirror JOIN desired_list USING (list_id)
    WHERE mirror.trakt_list_id = $2 AND desired_list.user_id = $1 AND is_present
)"""

IS_WATCHLIST_HELD: Final = """
SELECT EXISTS (
    SELECT FROM mirror JOIN desired_list USING (list_id)
    WHERE desired_list.user_id = $1 AND mirror.trakt_account = $2 AND mirror.list_id <> $3
        AND trakt_list ->> 'trakt_list_id' = 'watchlist'
)"""

HOLDER: Final = f"""
SELECT {JOB_COLUMNS}, mirror.trakt_account = coalesce(account.trakt_id, '') AS is_current
FROM mirror
JOIN desired_list ON desired_list.list_id = mirror.list_id
LEFT JOIN work_queue ON work_queue.list_id = mirror.list_id
LEFT JOIN account ON account.user_id = desired_list.user_id
WHERE mirror.trakt_list_id = $1 AND mirror.mirror_id <> $2 FOR UPDATE OF mirror"""  # noqa: S608 - our own text

FORGET: Final = """
UPDATE mirror SET trakt_list_id = NULL, trakt_list = NULL, applied_version = 0, pending = NULL WHERE mirror_id = $1"""

# The list may be due before that already: the account is looked at at once. It may have had the watchlists of two.
MARK_STALE: Final = f"""
WITH told AS ({lowered("SELECT user_id, 'disconnected', '-infinity'::timestamptz FROM desired_list WHERE list_id = $1")}
),
marked AS (
    UPDATE mirror SET reread_after = $3 FROM desired_list, (SELECT count(*) FROM told) AS locked
    WHERE mirror.list_id = $1 AND trakt_list ->> 'trakt_list_id' = $2
        AND desired_list.list_id = mirror.list_id AND is_present
    RETURNING desired_list.list_id, desired_list.user_id
)
INSERT INTO work_queue (list_id, user_id, due_at) SELECT DISTINCT list_id, user_id, $3 FROM marked
ON CONFLICT (list_id) DO UPDATE SET due_at = least(work_queue.due_at, excluded.due_at), revision = excluded.revision"""  # noqa: S608


async def next_job(pool: Pool, account: Account, now: datetime, known_since: datetime) -> StoredJob | None:
    """Return the claimed account's list to work on, or None.

    Args:
        known_since: titles that Trakt did not know then are tried again.

    Raises:
        LeaseLostError: the user was erased, and the list with them.
    """
    row = await pool.fetchrow(NEXT_JOB, account.user_id, account.trakt_account, now, known_since)
    if row is None:
        return None
    mirror_id = row["mirror_id"] or await pool.fetchval(ENSURE, row["list_id"], account.trakt_account)
    if mirror_id is None:
        raise LeaseLostError(f"the list {row['list_id']} of {account.user_id} was deleted")
    stored = stored_job(row, mirror_id, entries_of(row))
    job = replace(stored.job, unknown_since=row["unknown_since"], rejected_since=row["rejected_since"])
    return replace(stored, job=job)


async def postpone(pool: Pool, account: Account, now: datetime) -> None:
    """Let the list whose step ended in a defect wait, a second and then longer, so that it holds up no other."""
    await pool.execute(POSTPONE, account.user_id, account.trakt_account, now, account.lease)


async def is_on_trakt(connection: Connection, list_id: int, user_id: str) -> bool:
    """Return whether the user's Trakt account has something of the list, or may have it."""
    found: bool = await connection.fetchval(IS_ON_TRAKT, list_id, user_id)
    return found


async def owned(pool: Pool, trakt_list_ids: Iterable[int]) -> set[int]:
    """Return those Trakt lists that are, or were, the mirror of a list."""
    rows = await pool.fetch(OWNED, list(trakt_list_ids))
    return {row["trakt_list_id"] for row in rows}


async def is_mirror_of(pool: Pool, user_id: str, trakt_list_id: int) -> bool:
    """Return whether the Trakt list is the mirror of one of the user's lists."""
    found: bool = await pool.fetchval(IS_MIRROR_OF, user_id, trakt_list_id)
    return found


async def is_watchlist_held(pool: Pool, account: Account, *, besides: int) -> bool:
    """Return whether something of another list of the user is in the watchlist: it is leaving."""
    found: bool = await pool.fetchval(IS_WATCHLIST_HELD, account.user_id, account.trakt_account, besides)
    return found


async def holder(connection: Connection, trakt_list_id: int, *, besides: int) -> StoredJob | None:
    """Return the other list whose mirror this Trakt list is, locked for the caller's transaction.

    A mirror on a Trakt account that its user has left forgets the Trakt list, and is not returned.
    """
    row = await connection.fetchrow(HOLDER, trakt_list_id, besides)
    if row is None:
        return None
    if not row["is_current"]:
        await connection.execute(FORGET, row["mirror_id"])
        return None
    return stored_job(row, row["mirror_id"])


async def mark_stale(pool: Pool, list_id: int, trakt_list_id: TraktRef, read_after: datetime) -> None:
    """Have a list's items read after that time, whoever holds the account's lease: a write may have come late."""
    await pool.execute(MARK_STALE, list_id, str(trakt_list_id), read_after)
