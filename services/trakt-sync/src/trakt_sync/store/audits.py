"""SQL of an audit: all mirrors of an account without their items, and what was found of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.mirroring.audit import Finding, Mirror
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.job import AccountChange
from trakt_sync.store.due import given_back
from trakt_sync.store.rows import JOB_COLUMNS, dumped_drift, dumped_trakt_list, stored_job

# Tombstones too: a creation that was given up may have made a list for one of them.
MIRRORS: Final = f"""
SELECT {JOB_COLUMNS.replace("desired_list.items", "'[]'::jsonb AS items")},
    (SELECT count(*) FROM ledger
     WHERE ledger.mirror_id = mirror.mirror_id AND state IN ('mirrored', 'not_removed')) AS count
FROM mirror
JOIN desired_list ON desired_list.list_id = mirror.list_id
LEFT JOIN work_queue ON work_queue.list_id = mirror.list_id
WHERE desired_list.user_id = $1 AND mirror.trakt_account = $2
    AND (mirror.trakt_list IS NOT NULL OR mirror.drift IS NOT NULL)
ORDER BY mirror.list_id"""  # noqa: S608 - our own text

HELD: Final = "SELECT FROM account WHERE user_id = $1 AND lease_token = $2 FOR UPDATE"

SAVE: Final = """
UPDATE mirror SET trakt_list = found.trakt_list::jsonb, drift = found.drift::jsonb,
    reread_after = coalesce(found.reread_after, mirror.reread_after)
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[])
    AS found (mirror_id, trakt_list, drift, reread_after)
WHERE mirror.mirror_id = found.mirror_id"""

MAKE_DUE: Final = """
INSERT INTO work_queue (list_id, user_id, due_at)
SELECT list_id, $1, due_at FROM unnest($2::bigint[], $3::timestamptz[]) AS found (list_id, due_at) ORDER BY list_id
ON CONFLICT (list_id) DO UPDATE SET due_at = least(work_queue.due_at, excluded.due_at), revision = excluded.revision"""

RELEASE: Final = f"""
UPDATE account SET {given_back("$1")},
    audit_at = CASE WHEN $3::timestamptz IS NULL OR audit_at > $4 THEN audit_at ELSE $3 END
WHERE user_id = $1 AND lease_token = $2"""  # noqa: S608 - our own text

CHANGE_ACCOUNT: Final = """
UPDATE account SET blocked_until = coalesce($2, blocked_until), block_reason = coalesce($3, block_reason),
    state = CASE WHEN $4 THEN 'reauthorization_required' ELSE state END, refusals = $5
WHERE user_id = $1"""

# An audit that is asked for while one is under way is another.
_ASKED: Final = "CASE WHEN lease_token IS NULL THEN least(audit_at, {now}) ELSE {now} END"

# A sync that its owner asked for. Nothing of it waits for a time that was set before, and Trakt is looked at.
ASK: Final = f"""
WITH told AS (
    UPDATE account SET lists_at = least(lists_at, $3), audit_at = {_ASKED.format(now="$3")},
        settings_due_at = CASE WHEN has_limited THEN NULL ELSE settings_due_at END,
        blocked_until = CASE WHEN block_reason = 'account_locked' THEN '-infinity' ELSE blocked_until END
    WHERE user_id = $1 RETURNING user_id
)
INSERT INTO work_queue (list_id, user_id, due_at, is_asked)
SELECT list_id, user_id, $3, true FROM desired_list, (SELECT count(*) FROM told) AS locked
WHERE list_id = $2 AND user_id = $1 AND is_present
ON CONFLICT (list_id) DO UPDATE SET
    due_at = excluded.due_at, remaining = NULL, waits_for = NULL, is_asked = true, revision = excluded.revision
RETURNING list_id"""  # noqa: S608 - our own text

ASK_AUDIT: Final = f"""
UPDATE account SET audit_at = {_ASKED.format(now="$2")} WHERE user_id = $1 AND state = 'connected'"""  # noqa: S608


async def mirrors_of(pool: Pool, account: Account) -> list[Mirror]:
    """Return the mirrors on the claimed account of which something is, or may be, on Trakt."""
    found = []
    for row in await pool.fetch(MIRRORS, account.user_id, account.trakt_account):
        job = stored_job(row, row["mirror_id"]).job
        job = job.leaving() if account.is_leaving else job
        found.append(
            Mirror(
                row["mirror_id"], job.list_id, job.user_id, job.version, job.desired, job.progress, count=row["count"]
            )
        )
    return found


async def record(
    connection: Connection,
    account: Account,
    findings: Sequence[Finding],
    now: datetime,
    *,
    began_at: datetime,
    audit_at: datetime | None,
) -> None:
    """Save what was found and give the account back, in the caller's transaction.

    Args:
        audit_at: when it is audited again, if nobody asked for it since `began_at`; None: at the time that is set.

    Raises:
        LeaseLostError: the account has another holder; nothing was recorded.
    """
    if await connection.fetchrow(HELD, account.user_id, account.lease) is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    if findings:
        await connection.execute(
            SAVE,
            [finding.mirror.mirror_id for finding in findings],
            [dumped_trakt_list(finding.trakt_list) for finding in findings],
            [dumped_drift(finding.drift) for finding in findings],
            [finding.reread_after for finding in findings],
        )
        due = [finding for finding in findings if finding.is_due]
        await connection.execute(
            MAKE_DUE,
            account.user_id,
            [finding.mirror.list_id for finding in due],
            [finding.reread_after or now for finding in due],
        )
        for finding in findings:
            for event in finding.events:
                await outbox.append(connection, event, source=SOURCE, now=now)
    await connection.execute(RELEASE, account.user_id, account.lease, audit_at, began_at)


async def change_account(connection: Connection, account: Account, change: AccountChange) -> None:
    """Block the account, or have it wait for its user, in the transaction that gave it back."""
    await connection.execute(
        CHANGE_ACCOUNT,
        account.user_id,
        change.blocked_until,
        change.reason,
        change.needs_reauthorization,
        change.refusals,
    )


async def ask(pool: Pool, user_id: str, list_id: int, now: datetime) -> bool:
    """Make a list due, for its owner asked for it; return False when the user has no such list."""
    return await pool.fetchval(ASK, user_id, list_id, now) is not None


async def ask_audit(pool: Pool, user_id: str, now: datetime) -> None:
    """Have a user's account audited now."""
    await pool.execute(ASK_AUDIT, user_id, now)
