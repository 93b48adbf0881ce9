"""The SQL of deliveries: how messages become part of one, who sends it, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg
from uuid_utils.compat import uuid7

from chassis.postgres.database import Connection, Pool, count_of
from notifier.channels.addresses import Kind
from notifier.channels.attempts import Failed
from notifier.channels.channel import Plan, Told
from notifier.channels.log_store import ADD, told
from notifier.channels.schedule import due_at
from notifier.channels.store import plan_of
from notifier.links import Link

MOST_MESSAGES: Final = 200
"""Of one delivery."""
AT_ONCE: Final = 100
"""Channels that are looked at in one transaction."""

# Whoever hands messages over holds the channel's row to the end of the transaction. Ids of one user become visible in
# their order (notifier.store), so that no message is passed over.
WITH_NEWS: Final = """
SELECT id, user_id, handed_over, severities, time_zone, quiet_from, quiet_until, digest_every_hours, digest_at, enabled
FROM channels
WHERE ($1::text[] IS NULL OR user_id = ANY ($1))
    AND EXISTS (SELECT FROM messages WHERE messages.user_id = channels.user_id AND messages.id > channels.handed_over)
ORDER BY id
LIMIT $2
FOR NO KEY UPDATE"""
NEWS: Final = """
SELECT id, kind, text, severity, list_id, list_title, created_at
FROM messages
WHERE user_id = $1 AND id > $2
ORDER BY id
LIMIT $3"""
JOIN: Final = """
UPDATE deliveries SET messages = messages || $3
WHERE id = (
    SELECT id FROM deliveries
    WHERE channel_id = $1 AND collected_until = $2 AND state = 'pending' AND attempts = 0
        AND jsonb_array_length(messages) + jsonb_array_length($3) <= $4
    ORDER BY place DESC
    LIMIT 1
)"""
MOVE_ON: Final = "UPDATE channels SET handed_over = $2 WHERE id = $1"


async def hand_over(pool: Pool, user_ids: Sequence[str] | None, now: datetime) -> bool:
    """Make new messages part of deliveries, each once; return whether there may be more. Args: user_ids: None: of all.

    What waits for a channel goes together.
    """
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(WITH_NEWS, user_ids, AT_ONCE)
        is_whole = [await _hand_over(connection, row, now) for row in rows]
    return len(rows) == AT_ONCE or not all(is_whole)


async def _hand_over(connection: Connection, channel: asyncpg.Record, now: datetime) -> bool:
    news = await connection.fetch(NEWS, channel["user_id"], channel["handed_over"], MOST_MESSAGES)
    plan = plan_of(channel)
    wanted = [_written(row) for row in news if channel["enabled"] and row["severity"] in plan.severities]
    if wanted:
        at = due_at(plan, now)
        collected_until = at if at > now else None
        joined = await connection.execute(JOIN, channel["id"], collected_until, wanted, MOST_MESSAGES)
        if not count_of(joined):
            await connection.execute(ADD, uuid7(), channel["id"], wanted, False, collected_until, at, now)
    await connection.execute(MOVE_ON, channel["id"], news[-1]["id"])
    return len(news) < MOST_MESSAGES


ALL_HANDED_OVER: Final = """
UPDATE channels SET handed_over = newest.id
FROM (SELECT coalesce(max(id), 0) AS id FROM messages) AS newest
WHERE handed_over <> newest.id"""


async def pass_over(pool: Pool) -> int:
    """Have all messages that are there count as sent; return of how many channels. What is to be sent yet stays."""
    return count_of(await pool.execute(ALL_HANDED_OVER))


# --- Sending. One channel has one holder, so its messages go one after the other.

CLAIM: Final = """
UPDATE channels SET lease = $2, leased_until = $3
WHERE id IN (
    SELECT id FROM channels
    WHERE enabled AND (leased_until IS NULL OR leased_until <= $1) AND id = ANY (
        ARRAY(SELECT DISTINCT channel_id FROM deliveries WHERE state IN ('pending', 'failed') AND due_at <= $1)
    )
    LIMIT $4
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id"""


async def claim(pool: Pool, now: datetime, lease: UUID, *, until: datetime, limit: int) -> list[int]:
    """Take up to `limit` channels that have something to send; nobody else has them before `until`."""
    return [row["id"] for row in await pool.fetch(CLAIM, now, lease, until, limit)]


# A statement of its own: what the claim saw of deliveries may be older than its lease.
TAKE: Final = """
SELECT deliveries.id, channel_id, user_id, name, kind, address, secret,
    CASE WHEN old_secret_until > $3 THEN old_secret END AS old_secret,
    severities, time_zone, quiet_from, quiet_until, digest_every_hours, digest_at,
    messages, is_test, attempts, deliveries.created_at
FROM deliveries JOIN channels ON channels.id = channel_id
WHERE channel_id = $1 AND lease = $2 AND state IN ('pending', 'failed') AND due_at <= $3
ORDER BY due_at, place
LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery, with what its channel is now.

    Args:
        attempts: begun before.
        secret, old_secret: of a webhook, encrypted; the old one while it signs too.
    """

    id: UUID
    channel_id: int
    user_id: str
    name: str
    kind: Kind
    address: bytes
    secret: bytes | None
    old_secret: bytes | None
    plan: Plan
    messages: Sequence[Told]
    is_test: bool
    attempts: int
    created_at: datetime


async def take(pool: Pool, channel_id: int, lease: UUID, now: datetime) -> Delivery | None:
    """Return the next delivery of a channel that one holds; None: nothing is due."""
    row = await pool.fetchrow(TAKE, channel_id, lease, now)
    if row is None:
        return None
    same = ("id", "channel_id", "user_id", "name", "kind", "address", "secret", "old_secret", "is_test", "attempts")
    messages = [told(one) for one in row["messages"]]
    values = {name: row[name] for name in (*same, "created_at")}
    return Delivery(**values, plan=plan_of(row), messages=messages)


BEGIN: Final = "UPDATE deliveries SET attempts = attempts + 1, attempted_at = $2 WHERE id = $1"


async def begin(pool: Pool, delivery: Delivery, now: datetime) -> None:
    """Note that an attempt begins."""
    await pool.execute(BEGIN, delivery.id, now)


PUT_OFF: Final = "UPDATE deliveries SET due_at = $2 WHERE id = $1"


async def put_off(pool: Pool, delivery: Delivery, until: datetime) -> None:
    """Have a delivery wait: it is quiet."""
    await pool.execute(PUT_OFF, delivery.id, until)


GIVE_BACK: Final = "UPDATE channels SET lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $2"


async def give_back(pool: Pool, channel_id: int, lease: UUID) -> None:
    await pool.execute(GIVE_BACK, channel_id, lease)


SENT: Final = """
WITH held AS (
    UPDATE channels SET last_sent_at = $3, failing_since = NULL, failure = NULL, failure_status = NULL, told_at = NULL
    WHERE lease = $2 AND id = (SELECT channel_id FROM deliveries WHERE id = $1)
    RETURNING id
)
UPDATE deliveries SET state = 'sent', failure = NULL, failure_status = NULL
FROM held WHERE deliveries.id = $1"""


async def sent(pool: Pool, delivery: Delivery, lease: UUID, now: datetime) -> None:
    """Record that it was sent. Who has lost the lease records nothing."""
    await pool.execute(SENT, delivery.id, lease, now)


FAILED: Final = """
WITH held AS (
    UPDATE channels SET failing_since = coalesce(failing_since, $3), failure = $4, failure_status = $5
    WHERE lease = $2 AND id = (SELECT channel_id FROM deliveries WHERE id = $1)
    RETURNING id
)
UPDATE deliveries SET state = CASE WHEN $6::timestamptz IS NULL THEN 'exhausted' ELSE 'failed' END,
    failure = $4, failure_status = $5, due_at = coalesce($6, due_at)
FROM held WHERE deliveries.id = $1"""
# The user's lock, as in notifier.store.
TELL: Final = """
WITH news AS (
    UPDATE channels SET told_at = $2
    WHERE id = $1 AND told_at IS NULL
    RETURNING user_id
),
locked AS MATERIALIZED (
    SELECT user_id, pg_advisory_xact_lock(hashtextextended('messages of ' || user_id, 0)) FROM news
)
INSERT INTO messages (event_id, user_id, kind, text, severity, link, created_at)
SELECT $3, user_id, 'channel_given_up', $4, 'error', $5, $2 FROM locked
ON CONFLICT (event_id) DO NOTHING
RETURNING id"""


async def failed(
    pool: Pool, delivery: Delivery, lease: UUID, failed: Failed, now: datetime, *, next_at: datetime | None, told: str
) -> bool:
    """Record that an attempt was in vain. Who has lost the lease records nothing.

    Args:
        next_at: when the next attempt is; None: there is none.
        told: what the user is told then, once until something is sent again.

    Returns:
        Whether there is such a message.
    """
    async with pool.acquire() as connection, connection.transaction():
        status = await connection.execute(FAILED, delivery.id, lease, now, failed.failure, failed.status, next_at)
        if not count_of(status) or next_at is not None or delivery.is_test:
            return False
        link = Link(to="channel", channel_id=delivery.channel_id).model_dump_json(exclude_defaults=True)
        event_id = uuid5(delivery.id, "exhausted")
        return await connection.fetchval(TELL, delivery.channel_id, now, event_id, told, link) is not None


# The first hundred: what comes after them is due later, or is looked for again when a lease ends.
NEXT_DUE: Final = """
SELECT min(at) FROM (
    SELECT greatest(due_at, leased_until) AS at
    FROM deliveries JOIN channels ON channels.id = channel_id
    WHERE state IN ('pending', 'failed') AND enabled
    ORDER BY due_at
    LIMIT 100
) AS first"""


async def next_due(pool: Pool) -> datetime | None:
    """Return when something is to be sent; None: nothing is."""
    at: datetime | None = await pool.fetchval(NEXT_DUE)
    return at


SWEEP: Final = "DELETE FROM deliveries WHERE created_at < $1 AND state IN ('sent', 'exhausted')"


async def sweep(pool: Pool, before: datetime) -> int:
    """Delete what was sent or given up of the deliveries that were made before this time; return how many."""
    return count_of(await pool.execute(SWEEP, before))


def _written(row: asyncpg.Record) -> dict[str, Any]:
    return dict(row) | {"created_at": row["created_at"].isoformat()}
