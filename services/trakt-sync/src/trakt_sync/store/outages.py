"""SQL of an outage: whose lists wait for Trakt and were not notified. It loads no whole lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from chassis.postgres.database import Connection

# Lists whose account is being served are left to their worker; the locked accounts are claimed by nobody meanwhile. A
# version that was reported as done is no failure while only a repair waits (`failures`).
NOTIFY_OUTAGE: Final = """
WITH waiting AS (
    SELECT desired_list.list_id, desired_list.user_id, desired_list.version, desired_list.title,
        desired_list.is_present, desired_list.trace_context, coalesce(account.trakt_id, '') AS trakt_account,
        mirror.trakt_list IS NOT NULL AS is_on_trakt
    FROM work_queue
    JOIN account ON account.user_id = work_queue.user_id
    JOIN desired_list ON desired_list.list_id = work_queue.list_id
    LEFT JOIN mirror
        ON mirror.list_id = work_queue.list_id AND mirror.trakt_account = coalesce(account.trakt_id, '')
    WHERE work_queue.due_at <= $1 AND account.state = 'connected' AND account.leaving_at IS NULL
        AND account.lease_until <= $1 AND (account.blocked_until <= $1 OR account.block_reason = 'network')
        AND (mirror.notified IS NULL OR (mirror.notified = 'rejected' AND mirror.failed_version < desired_list.version))
        AND (coalesce(mirror.applied_version, 0) < desired_list.version OR mirror.tally IS NOT NULL)
    ORDER BY work_queue.due_at LIMIT $2 FOR UPDATE OF account SKIP LOCKED
),
notified AS (
    INSERT INTO mirror (list_id, trakt_account, notified, failed_version)
    SELECT list_id, trakt_account, 'network', version FROM waiting
    ON CONFLICT (list_id, trakt_account) DO UPDATE SET
        notified = excluded.notified, failed_version = excluded.failed_version
),
parked AS (
    UPDATE work_queue SET waits_for = 'network' FROM waiting WHERE work_queue.list_id = waiting.list_id
)
SELECT list_id, user_id, version, title, is_present, is_on_trakt, trace_context FROM waiting"""


class WaitingList(NamedTuple):
    """A list that waits for Trakt, without its items."""

    list_id: int
    user_id: str
    version: int
    title: str
    is_present: bool
    is_on_trakt: bool
    trace_context: str | None


async def notify_outage(connection: Connection, now: datetime, limit: int) -> Sequence[WaitingList]:
    """Return due lists whose users know of no failure, and note that they do, in the caller's transaction."""
    return [WaitingList(**dict(row)) for row in await connection.fetch(NOTIFY_OUTAGE, now, limit)]
