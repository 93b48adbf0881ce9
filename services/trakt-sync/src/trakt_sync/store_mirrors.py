"""SQL of the reconciler: lists with due work, the ledger, the record of a step."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chassis.postgres import Connection, Pool
from trakt_sync.accounts import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.ledger import Entry
from trakt_sync.mirror import AccountChange, Job, LedgerChange, Progress, Result
from trakt_sync.rows import entry_of, intent_row, job_of, pending_row, progress_row

# The list with the least left to do goes first, so that a small change does not wait behind a long first mirror; one
# that was never planned costs no call to plan.
NEXT_LIST = """
SELECT * FROM mirror WHERE user_id = $1 AND due_at <= $2
ORDER BY remaining NULLS FIRST, due_at, list_id LIMIT 1"""

# Which list failed is not known when it could not even be loaded: the one that NEXT_LIST takes.
SET_ASIDE = """
WITH gate AS (
    UPDATE account SET lease_token = NULL, lease_until = '-infinity'
    WHERE user_id = $1 AND lease_token = $2 RETURNING user_id
)
UPDATE mirror SET attempts = attempts + 1, due_at = $3 + interval '1 second' * (1 << least(attempts, 8))
WHERE EXISTS (SELECT FROM gate) AND list_id = (
    SELECT list_id FROM mirror WHERE user_id = $1 AND due_at <= $3
    ORDER BY remaining NULLS FIRST, due_at, list_id LIMIT 1
)"""

# Titles that Trakt did not know are forgotten after a while, and so tried again. They come last: an id that a title on
# the list has too means that one.
LEDGER = """
WITH expired AS (DELETE FROM ledger WHERE list_id = $1 AND state = 'not_found' AND noted_at < $2)
SELECT row_id, media_type, trakt, tmdb, imdb, state, place_id FROM ledger
WHERE list_id = $1 AND (state <> 'not_found' OR noted_at >= $2)
ORDER BY state = 'not_found', row_id"""

# Compare-and-set on the lease and on the version: a write that is no longer wanted is not begun. The lease is renewed,
# so that the sender knows for how long he may send.
BEGIN_WRITE = """
WITH gate AS (
    UPDATE account SET next_write_at = $6, lease_until = $9 WHERE user_id = $1 AND lease_token = $2 RETURNING user_id
)
UPDATE mirror SET pending = $7, intent = $8, written_at = $5
WHERE list_id = $3 AND version = $4 AND EXISTS (SELECT FROM gate)
RETURNING list_id"""

_COLUMNS = Progress.__slots__
# A newer version may have come while the call was under way: then the list stays due as the subscriber set it. If that
# was its deletion, it may even have ended (`use_cases.record_deletion`).
_IS_NEWER = "version > {version}"
_IS_GONE = "version > {version} AND NOT is_wanted"
# Somebody whose lease was over said meanwhile that the list must be read (DISTRUST).
_IS_DISTRUSTED = "NOT is_trusted AND {was_trusted}"
_KEPT_IF = {
    **dict.fromkeys(("remaining", "parked_for", "told", "result"), _IS_NEWER),
    "applied_version": _IS_GONE,
    **dict.fromkeys(("is_trusted", "read_after"), _IS_DISTRUSTED),
    "due_at": f"{_IS_NEWER} OR ({_IS_DISTRUSTED})",
}


def _assignments(first: int) -> str:
    """Return the SET list of a progress. Parameters: the job's version, whether it was trusted, the columns' values."""
    names = {"version": f"${first}", "was_trusted": f"${first + 1}::boolean"}
    return ", ".join(
        f"{name} = CASE WHEN {_KEPT_IF[name].format(**names)} THEN {name} ELSE ${place} END"
        if name in _KEPT_IF
        else f"{name} = ${place}"
        for place, name in enumerate(_COLUMNS, start=first + 2)
    )


# One statement, for a step's record is on the way of every edit. Compare-and-set: who lost the lease records nothing.
RECORD = f"""
WITH gate AS (
    UPDATE account SET lease_token = NULL, lease_until = '-infinity',
        next_write_at = coalesce($3, next_write_at),
        blocked_until = coalesce($4, blocked_until),
        block_reason = coalesce($5, block_reason),
        state = CASE WHEN $6 THEN 'reauthorization_required' ELSE state END,
        refusals = $7
    WHERE user_id = $1 AND lease_token = $2
    RETURNING user_id
)
UPDATE mirror SET {_assignments(9)} WHERE list_id = $8 AND EXISTS (SELECT FROM gate)
RETURNING version"""  # noqa: S608 - names of our own columns
SAVE_PROGRESS = f"UPDATE mirror SET {_assignments(2)} WHERE list_id = $1"  # noqa: S608

FORGET = "DELETE FROM ledger WHERE list_id = $1 AND row_id = ANY($2::bigint[])"
FORGET_ALL = "DELETE FROM ledger WHERE list_id = $1 AND row_id <> ALL($2::bigint[])"
DOUBT = "UPDATE ledger SET state = 'unsure' WHERE list_id = $1 AND row_id = ANY($2::bigint[])"
LEARN = """
UPDATE ledger SET trakt = learned.trakt, tmdb = learned.tmdb, imdb = learned.imdb
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) AS learned (row_id, trakt, tmdb, imdb)
WHERE ledger.list_id = $1 AND ledger.row_id = learned.row_id"""
APPEND = """
INSERT INTO ledger (list_id, media_type, trakt, tmdb, imdb, state, place_id, noted_at)
SELECT $1, media_type, trakt, tmdb, imdb, state, place_id, $8
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
    WITH ORDINALITY AS entry (media_type, trakt, tmdb, imdb, state, place_id, place)
ORDER BY place"""

# `<> '{}'` is the partial index's own condition.
OWNED = """
SELECT trakt_list_id FROM mirror WHERE trakt_list_id = ANY($1::bigint[])
UNION
SELECT unnest(former_ids) FROM mirror WHERE former_ids && $1::bigint[] AND former_ids <> '{}'"""
HOLDERS = "SELECT * FROM mirror WHERE trakt_list_id = $1 AND list_id <> $2 FOR UPDATE"
DISTRUST = """
UPDATE mirror SET is_trusted = false, read_after = $3, due_at = least(due_at, $3)
WHERE list_id = $1 AND trakt_list_id = $2 AND is_wanted"""

# Lists whose account is being served are left to their worker. A version that was told to be done is no failure while
# only a repair waits (`failures._told`).
UNTOLD = """
SELECT mirror.* FROM mirror JOIN account USING (user_id)
WHERE mirror.due_at <= $1 AND mirror.told IS NULL AND account.state = 'connected'
    AND account.lease_until <= $1 AND account.blocked_until <= $1
    AND (mirror.applied_version < mirror.version OR mirror.added > 0 OR mirror.removed > 0 OR mirror.is_renamed)
ORDER BY mirror.due_at LIMIT $2 FOR UPDATE OF mirror SKIP LOCKED"""
UNPARK_LIMITED = """
UPDATE mirror SET due_at = least(due_at, $2), capacity = NULL, is_probing = false, limited_at = NULL
WHERE user_id = $1 AND is_wanted AND (parked_for = 'limit_reached' OR limited_at IS NOT NULL)"""
LIVE = "SELECT * FROM mirror WHERE user_id = $1 AND (is_wanted OR due_at IS NOT NULL) ORDER BY list_id FOR UPDATE"
UNPARK = "UPDATE mirror SET due_at = $1 WHERE parked_for = 'network' AND due_at > $1"


async def next_job(pool: Pool, user_id: str, now: datetime, known_since: datetime) -> Job | None:
    """Return the account's list to work on, or None.

    Titles that Trakt did not know before `known_since` are tried again.
    """
    async with pool.acquire() as connection:
        row = await connection.fetchrow(NEXT_LIST, user_id, now)
        if row is None:
            return None
        ledger = await connection.fetch(LEDGER, row["list_id"], known_since)
    return job_of(row, tuple(entry_of(entry) for entry in ledger))


async def set_aside(pool: Pool, account: Account, now: datetime) -> None:
    """Let the list whose step ended in a defect wait, a second and then longer, so that it holds up no other."""
    await pool.execute(SET_ASIDE, account.user_id, account.lease, now)


async def begin_write(
    pool: Pool, account: Account, job: Job, begun: Progress, *, next_write_at: datetime, until: datetime
) -> bool:
    """Save what is about to be sent, keep the account's next write away and renew the lease until `until`.

    Returns: False when it may not be sent.
    """
    row = await pool.fetchrow(
        BEGIN_WRITE,
        account.user_id,
        account.lease,
        job.list_id,
        job.version,
        begun.written_at,
        next_write_at,
        pending_row(begun.pending),
        intent_row(begun.intent),
        until,
    )
    return row is not None


async def record(
    connection: Connection,
    account: Account,
    job: Job,
    progress: Progress,
    *,
    result: Result | None,
    next_write_at: datetime | None,
    change: AccountChange,
) -> bool:
    """Save how far the list is and give the account back, in the caller's transaction.

    Returns: whether the job's version is the one that is still wanted.

    Raises:
        LeaseLostError: the account has another holder; nothing may be recorded.
    """
    row = await connection.fetchrow(
        RECORD,
        account.user_id,
        account.lease,
        next_write_at,
        change.blocked_until,
        change.reason,
        change.needs_reauthorization,
        change.refusals,
        job.list_id,
        job.version,
        job.progress.is_trusted,
        *_values(progress, result),
    )
    if row is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    is_current: bool = row["version"] == job.version
    return is_current


async def save_progress(connection: Connection, job: Job, progress: Progress, result: Result | None = None) -> None:
    """Save how far the list is, in the caller's transaction, where no lease is needed.

    `result` ends the work on the version; with None the one before stays.
    """
    values = _values(progress, result)
    await connection.execute(SAVE_PROGRESS, job.list_id, job.version, job.progress.is_trusted, *values)


async def save_ledger(connection: Connection, job: Job, change: LedgerChange, now: datetime) -> None:
    """Save a step's change of the ledger, in the caller's transaction."""
    if change.is_empty:
        return
    if change.replace is not None:
        # Those keep the time since when Trakt has not known them; their place among the others means nothing.
        unknown = {entry.row_id for entry in change.replace if entry.state == "not_found"} - {None}
        await connection.execute(FORGET_ALL, job.list_id, list(unknown))
        await _append(connection, job.list_id, [e for e in change.replace if e.row_id not in unknown], now)
        return
    if change.drop:
        await connection.execute(FORGET, job.list_id, change.drop)
    if change.doubt:
        await connection.execute(DOUBT, job.list_id, change.doubt)
    if change.learn:
        titles = [title for _, title in change.learn]
        await connection.execute(
            LEARN,
            job.list_id,
            [row_id for row_id, _ in change.learn],
            [title.trakt for title in titles],
            [title.tmdb for title in titles],
            [title.imdb for title in titles],
        )
    await _append(connection, job.list_id, change.append, now)


async def owned(pool: Pool, trakt_list_ids: Iterable[int]) -> set[int]:
    """Return those Trakt lists that are, or were, the mirror of a list."""
    rows = await pool.fetch(OWNED, list(trakt_list_ids))
    return {row["trakt_list_id"] for row in rows}


async def holders(connection: Connection, trakt_list_id: int, *, besides: int) -> Sequence[Job]:
    """Return the other lists whose mirror this Trakt list is: at most one, locked for the caller's transaction."""
    return [job_of(row) for row in await connection.fetch(HOLDERS, trakt_list_id, besides)]


async def distrust(pool: Pool, list_id: int, trakt_list_id: int, read_after: datetime) -> None:
    """Have a list's Trakt list read after that time, whoever holds the account's lease."""
    await pool.execute(DISTRUST, list_id, trakt_list_id, read_after)


async def untold(connection: Connection, now: datetime, limit: int) -> Sequence[Job]:
    """Return due lists whose users know of no failure, locked for the caller's transaction."""
    return [job_of(row) for row in await connection.fetch(UNTOLD, now, limit)]


async def unpark_limited(connection: Connection, user_id: str, now: datetime) -> None:
    """Make the account's lists due that found no place, in the caller's transaction."""
    await connection.execute(UNPARK_LIMITED, user_id, now)


async def live(connection: Connection, user_id: str) -> Sequence[Job]:
    """Return a user's lists, without those whose deletion is done, locked for the caller's transaction."""
    return [job_of(row) for row in await connection.fetch(LIVE, user_id)]


async def unpark(pool: Pool, now: datetime) -> None:
    """Make the lists due that wait for Trakt to be back."""
    await pool.execute(UNPARK, now)


def _values(progress: Progress, result: Result | None) -> list[object]:
    columns = progress_row(progress if result is None else replace(progress, result=result))
    return [columns[name] for name in _COLUMNS]


async def _append(connection: Connection, list_id: int, entries: Sequence[Entry], now: datetime) -> None:
    if not entries:
        return
    titles = [entry.title for entry in entries]
    await connection.execute(
        APPEND,
        list_id,
        [title.media_type for title in titles],
        [title.trakt for title in titles],
        [title.tmdb for title in titles],
        [title.imdb for title in titles],
        [entry.state for entry in entries],
        [entry.place_id for entry in entries],
        now,
    )
