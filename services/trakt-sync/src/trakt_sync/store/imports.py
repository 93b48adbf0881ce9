"""SQL of `list_import`: lists on Trakt that are to be read once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from chassis.postgres.database import Connection, Pool, count_of
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.mirroring.list_import import ImportStep, ListImport
from trakt_sync.store.due import given_back
from watchbuddy_contracts import EVENTS, Event

# The account's row is locked: one that is given up meanwhile ends the imports that it sees (`ABANDON`), so it must see
# this one.
ACCOUNT_STATE: Final = """
INSERT INTO account (user_id, state, imports_at) VALUES ($1, 'disconnected', $2)
ON CONFLICT (user_id) DO UPDATE SET imports_at = least(account.imports_at, excluded.imports_at)
RETURNING CASE WHEN leaving_at IS NULL THEN state ELSE 'disconnected' END"""

ADD: Final = """
INSERT INTO list_import (import_id, user_id, trakt_list, owner, requested_at, due_at, trace_context, done_at)
VALUES ($1, $2, $3, $4, $5, $5, $6, CASE WHEN $7 THEN $5::timestamptz END)
ON CONFLICT (import_id) DO NOTHING RETURNING import_id"""

# The import is put off before it is tried: one whose reading ends in a defect, or in the process's death, comes again
# then, and holds up no other meanwhile.
TAKE: Final = """
UPDATE list_import SET due_at = $3
WHERE import_id = (
    SELECT import_id FROM list_import WHERE user_id = $1 AND done_at IS NULL AND due_at <= $2
    ORDER BY due_at, import_id LIMIT 1
)
RETURNING import_id, user_id, trakt_list, owner, requested_at, attempts, is_notified, trace_context"""

RECORD: Final = f"""
WITH gate AS (
    UPDATE account SET {given_back("$1", import_="$7", import_then="$8::timestamptz")},
        blocked_until = coalesce($3, blocked_until),
        block_reason = coalesce($4, block_reason),
        state = CASE WHEN $5 THEN 'reauthorization_required' ELSE state END,
        refusals = $6
    WHERE user_id = $1 AND lease_token = $2
    RETURNING user_id
)
UPDATE list_import SET due_at = coalesce($8, due_at), attempts = $9, is_notified = is_notified OR $10,
    done_at = CASE WHEN $8::timestamptz IS NULL THEN $11::timestamptz END
FROM gate WHERE import_id = $7 AND list_import.user_id = gate.user_id
RETURNING import_id"""  # noqa: S608 - our own text

SAVE_ANSWER: Final = "UPDATE list_import SET answer_id = $2, answer_type = $3, answer = $4 WHERE import_id = $1"

LOAD_ANSWER: Final = """
SELECT answer_id, answer_type, answer FROM list_import WHERE import_id = $1 AND answer_id IS NOT NULL"""

ABANDON: Final = """
UPDATE list_import SET done_at = $2 WHERE user_id = $1 AND done_at IS NULL
RETURNING import_id, user_id, trakt_list, owner, requested_at, attempts, is_notified, trace_context"""

NOTIFY_OUTAGE: Final = """
UPDATE list_import SET is_notified = true
WHERE import_id IN (
    SELECT import_id FROM list_import JOIN account USING (user_id)
    WHERE done_at IS NULL AND NOT is_notified AND due_at <= $1 AND account.state = 'connected'
    ORDER BY due_at LIMIT $2 FOR UPDATE OF list_import SKIP LOCKED
)
RETURNING import_id, user_id, trakt_list, owner, requested_at, attempts, is_notified, trace_context"""

# Those that failed wait for Trakt, whatever they met.
RESUME: Final = """
WITH waiting AS (
    SELECT DISTINCT user_id FROM list_import WHERE done_at IS NULL AND attempts > 0 AND due_at > $1
),
locked AS (SELECT user_id FROM account JOIN waiting USING (user_id) ORDER BY user_id FOR UPDATE OF account),
told AS (
    UPDATE account SET imports_at = least(imports_at, $1) FROM locked WHERE account.user_id = locked.user_id
    RETURNING account.user_id
)
UPDATE list_import SET due_at = $1
FROM (SELECT count(*) FROM told) AS locked WHERE done_at IS NULL AND attempts > 0 AND due_at > $1"""

SWEEP: Final = "DELETE FROM list_import WHERE done_at < $1"


async def account_state(connection: Connection, user_id: str, now: datetime) -> str:
    """Return the state of the user's account, due for an import; keep it until the caller's transaction ends."""
    state: str = await connection.fetchval(ACCOUNT_STATE, user_id, now)
    return state


async def add(connection: Connection, job: ListImport, *, is_done: bool) -> bool:
    """Add an import, in the caller's transaction; return False when it is known.

    Args:
        is_done: it is answered already.
    """
    values = (job.import_id, job.user_id, job.trakt_list, job.owner, job.requested_at, job.trace_context)
    return await connection.fetchval(ADD, *values, is_done) is not None


async def take(pool: Pool, account: Account, now: datetime, *, put_off: timedelta) -> ListImport | None:
    """Return the claimed account's import that waits longest, and put it off; None: there is none."""
    row = await pool.fetchrow(TAKE, account.user_id, now, now + put_off)
    return None if row is None else _import_of(row)


async def record(connection: Connection, account: Account, job: ListImport, step: ImportStep, now: datetime) -> None:
    """Save how far an import is and give the account back, in the caller's transaction.

    Raises:
        LeaseLostError: the account has another holder; nothing may be recorded.
    """
    change = step.account
    found = await connection.fetchval(
        RECORD,
        account.user_id,
        account.lease,
        change.blocked_until,
        change.reason,
        change.needs_reauthorization,
        change.refusals,
        job.import_id,
        step.due_at,
        step.attempts,
        step.event is not None,
        now,
    )
    if found is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")


async def save_answer(connection: Connection, import_id: UUID, answer: Event, event_id: UUID) -> None:
    """Keep the answer that ended an import."""
    payload = answer.model_dump(mode="json", exclude_none=True)
    await connection.execute(SAVE_ANSWER, import_id, event_id, answer.ce_type, payload)


async def load_answer(connection: Connection, import_id: UUID) -> tuple[Event, UUID] | None:
    """Return the answer that ended an import, and its event id; None: it has not ended."""
    row = await connection.fetchrow(LOAD_ANSWER, import_id)
    return None if row is None else (EVENTS[row["answer_type"]].model_validate(row["answer"]), row["answer_id"])


async def abandon(connection: Connection, user_id: str, now: datetime) -> Sequence[ListImport]:
    """End a user's imports whose account is given up, in the caller's transaction; return them."""
    return [_import_of(row) for row in await connection.fetch(ABANDON, user_id, now)]


async def notify_outage(connection: Connection, now: datetime, limit: int) -> Sequence[ListImport]:
    """Return due imports whose users know of no outage, and note that they do, in the caller's transaction."""
    return [_import_of(row) for row in await connection.fetch(NOTIFY_OUTAGE, now, limit)]


async def resume(pool: Pool, now: datetime) -> None:
    """Make the imports due that wait for Trakt to be back."""
    await pool.execute(RESUME, now)


async def delete_done(pool: Pool, until: datetime) -> int:
    """Delete the imports that were done before then; return how many."""
    return count_of(await pool.execute(SWEEP, until))


def _import_of(row: asyncpg.Record) -> ListImport:
    return ListImport(**dict(row))
