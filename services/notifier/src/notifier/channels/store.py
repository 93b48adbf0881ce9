"""The SQL of a user's channels. Every statement names the user."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

import asyncpg

from chassis.postgres.database import Connection, Pool
from notifier.channels.addresses import Kind
from notifier.channels.channel import Channel, Digest, Failing, Given, Plan

# A user's channels are made one after the other, so that they are counted right.
LOCK_USER: Final = "SELECT pg_advisory_xact_lock(hashtextextended('channels of ' || $1, 0))"
COUNT: Final = "SELECT count(*) FROM channels WHERE user_id = $1"
ADD: Final = """
INSERT INTO channels (
    user_id, kind, address, shown, secret, created_at, handed_over,
    name, severities, time_zone, quiet_from, quiet_until, digest_every_hours, digest_at, enabled
)
VALUES (
    $1, $2, $3, $4, $5, $6, (SELECT coalesce(max(id), 0) FROM messages WHERE user_id = $1),
    $7, $8, $9, $10, $11, $12, $13, $14
)
RETURNING id"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An address, encrypted, with what may be shown of it."""

    address: bytes
    shown: str


async def add(
    pool: Pool,
    user_id: str,
    kind: Kind,
    given: Given,
    sealed: Sealed,
    *,
    secret: bytes | None,
    now: datetime,
    most: int,
) -> int | None:
    """Make a channel, which sends what comes from now on; return its id. None: the user has `most` already."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK_USER, user_id)
        if await connection.fetchval(COUNT, user_id) >= most:
            return None
        columns = _columns(given)
        channel_id: int = await connection.fetchval(
            ADD, user_id, kind, sealed.address, sealed.shown, secret, now, *columns
        )
        return channel_id


READ: Final = """
SELECT id, name, kind, shown, severities, time_zone, quiet_from, quiet_until, digest_every_hours, digest_at, enabled,
    created_at, last_sent_at, failing_since, failure, failure_status, old_secret_until,
    (
        SELECT coalesce(sum(jsonb_array_length(messages)), 0) FROM deliveries
        WHERE channel_id = channels.id AND state IN ('pending', 'failed')
    ) AS waiting
FROM channels
WHERE user_id = $1 AND ($2::bigint IS NULL OR id = $2)
ORDER BY id"""


async def read_all(pool: Pool, user_id: str) -> list[Channel]:
    """Return the user's channels, oldest first."""
    return [_channel(row) for row in await pool.fetch(READ, user_id, None)]


async def read(pool: Pool, user_id: str, channel_id: int) -> Channel | None:
    """Return a channel; None: the user has no such one."""
    row = await pool.fetchrow(READ, user_id, channel_id)
    return None if row is None else _channel(row)


LOCK: Final = """
SELECT name, severities, time_zone, quiet_from, quiet_until, digest_every_hours, digest_at, enabled
FROM channels
WHERE user_id = $1 AND id = $2
FOR NO KEY UPDATE"""
# Another address is another receiver: what the last one did says nothing of it.
CHANGE: Final = """
UPDATE channels SET
    address = coalesce($3, address), shown = coalesce($4, shown),
    failing_since = CASE WHEN $3::bytea IS NULL THEN failing_since END,
    failure = CASE WHEN $3::bytea IS NULL THEN failure END,
    failure_status = CASE WHEN $3::bytea IS NULL THEN failure_status END,
    told_at = CASE WHEN $3::bytea IS NULL THEN told_at END,
    name = $5, severities = $6, time_zone = $7, quiet_from = $8, quiet_until = $9,
    digest_every_hours = $10, digest_at = $11, enabled = $12
WHERE user_id = $1 AND id = $2"""


async def change(
    pool: Pool, user_id: str, channel_id: int, changed: Callable[[Given], Given], sealed: Sealed | None
) -> None:
    """Change a channel, if the user has it still.

    Args:
        changed: returns what it is to be, of what it is.
        sealed: its new address; None: the address stays.
    """
    address, shown = (None, None) if sealed is None else (sealed.address, sealed.shown)
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(LOCK, user_id, channel_id)
        if row is not None:
            given = changed(_given(row))
            await connection.execute(CHANGE, user_id, channel_id, address, shown, *_columns(given))


DELETE: Final = "DELETE FROM channels WHERE user_id = $1 AND id = $2"


async def delete(pool: Pool, user_id: str, channel_id: int) -> bool:
    """Delete a channel with its log; return False when the user has no such one."""
    return await pool.execute(DELETE, user_id, channel_id) == "DELETE 1"


DELETE_ALL: Final = "DELETE FROM channels WHERE user_id = $1"


async def forget(connection: Connection, user_id: str) -> None:
    """Delete a user's channels with their logs."""
    await connection.execute(DELETE_ALL, user_id)


REPLACE: Final = """
UPDATE channels SET old_secret = secret, old_secret_until = $4, secret = $3
WHERE user_id = $1 AND id = $2 AND kind = 'webhook'"""


async def replace_secret(pool: Pool, user_id: str, channel_id: int, secret: bytes, *, old_until: datetime) -> bool:
    """Give a webhook a new secret; return False when the user has no such webhook."""
    return await pool.execute(REPLACE, user_id, channel_id, secret, old_until) == "UPDATE 1"


def plan_of(row: asyncpg.Record) -> Plan:
    """Return the plan that stands in a channel's columns."""
    return Plan(row["severities"], row["time_zone"], _quiet(row), Digest(row["digest_every_hours"], row["digest_at"]))


def _quiet(row: asyncpg.Record) -> tuple[time, time] | None:
    return None if row["quiet_from"] is None else (row["quiet_from"], row["quiet_until"])


def _given(row: asyncpg.Record) -> Given:
    return Given(row["name"], plan_of(row), row["enabled"])


def _columns(given: Given) -> tuple[Any, ...]:
    plan = given.plan
    begins, ends = plan.quiet or (None, None)
    digest = (plan.digest.every_hours, plan.digest.at)
    return (given.name, plan.severities, plan.time_zone, begins, ends, *digest, given.enabled)


def _channel(row: asyncpg.Record) -> Channel:
    since = row["failing_since"]
    same = ("id", "kind", "shown", "created_at", "last_sent_at", "waiting", "old_secret_until")
    return Channel(
        **{name: row[name] for name in same},
        given=_given(row),
        failing=None if since is None else Failing(since, row["failure"], row["failure_status"]),
    )
