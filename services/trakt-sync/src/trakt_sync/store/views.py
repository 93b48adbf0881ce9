"""SQL of what users read: their account, and how a list is on Trakt. Nothing here is locked or changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chassis.postgres.database import Pool
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.views import MirrorView
from trakt_sync.store.effects import entries, entries_of
from trakt_sync.store.leaving import STATE
from trakt_sync.store.rows import JOB_COLUMNS, stored_job

# The mirror is that of the account that the user has now, or had last.
MIRROR: Final = f"""
WITH job AS MATERIALIZED (
    SELECT {JOB_COLUMNS}, work_queue.due_at, work_queue.waits_for,
        coalesce({STATE}, 'disconnected') AS account_state,
        account.trakt_slug,
        nullif(account.blocked_until, '-infinity') AS blocked_until, account.block_reason,
        last_result.payload AS failure
    FROM desired_list
    LEFT JOIN account ON account.user_id = desired_list.user_id
    LEFT JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = coalesce(account.trakt_id, '')
    LEFT JOIN work_queue ON work_queue.list_id = desired_list.list_id
    LEFT JOIN last_result ON last_result.list_id = desired_list.list_id AND last_result.version = desired_list.version
        AND last_result.ce_type = 'watchbuddy.trakt.sync_failed.v1'
    WHERE desired_list.list_id = $1 AND desired_list.user_id = $2
)
SELECT job.*, known.* FROM job LEFT JOIN LATERAL ({entries("$3")}
) AS known ON true"""  # noqa: S608 - our own text

ACCOUNT: Final = f"""
SELECT {STATE} AS state, trakt_user, trakt_slug, is_vip, timezone, limits, settings_read_at,
    nullif(next_write_at, '-infinity') AS next_write_at,
    (SELECT count(*) FROM work_queue WHERE work_queue.user_id = account.user_id) AS waiting
FROM account WHERE user_id = $1"""  # noqa: S608 - our own text

# What is on the account of our making.
USED: Final = """
SELECT count(DISTINCT mirror.mirror_id) AS lists,
    count(ledger.row_id) FILTER (WHERE ledger.state = 'mirrored') AS items
FROM account
JOIN desired_list ON desired_list.user_id = account.user_id
JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = coalesce(account.trakt_id, '')
LEFT JOIN ledger ON ledger.mirror_id = mirror.mirror_id
WHERE account.user_id = $1 AND mirror.trakt_list_id IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class AccountView:
    """A user's account, and what is on it.

    Args:
        limits: as Trakt said them: `lists`, `items` of a list; None: not read yet.
        waiting: lists that are to be looked at.
        lists: Trakt lists of our making. items: their titles.
    """

    state: str
    trakt_user: str | None
    trakt_slug: str | None
    is_vip: bool | None
    timezone: str | None
    limits: dict[str, Any] | None
    settings_read_at: datetime | None
    next_write_at: datetime | None
    waiting: int
    lists: int
    items: int


async def mirror(pool: Pool, user_id: str, list_id: int, now: datetime, policy: Policy) -> MirrorView | None:
    """Return how a user's list is on Trakt, as the worker would load it now; None: the user has no such list."""
    row = await pool.fetchrow(MIRROR, list_id, user_id, now - policy.not_found_retry)
    if row is None:
        return None
    job: Job = stored_job(row, row["mirror_id"] or 0, entries_of(row)).job.without_old_limit(now, policy)
    failure = row["failure"]
    return MirrorView(
        job=job,
        due_at=row["due_at"],
        waits_for=row["waits_for"],
        account_state=row["account_state"],
        blocked_until=row["blocked_until"],
        block_reason=row["block_reason"],
        trakt_slug=row["trakt_slug"],
        failure=None if failure is None else (failure["reason"], failure.get("detail")),
    )


async def account(pool: Pool, user_id: str) -> AccountView | None:
    """Return a user's account; None: nothing is known of the user."""
    row = await pool.fetchrow(ACCOUNT, user_id)
    if row is None:
        return None
    used = await pool.fetchrow(USED, user_id)
    return AccountView(**dict(row), **dict(used or {"lists": 0, "items": 0}))
