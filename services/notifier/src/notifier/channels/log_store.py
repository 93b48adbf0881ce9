"""The SQL of what a user sees of deliveries, and of the tests that they ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from chassis.postgres.database import Pool
from notifier.channels.attempts import Failure, State
from notifier.channels.channel import Told
from notifier.channels.content import TEST
from notifier.channels.store import LOCK_USER

ADD: Final = """
INSERT INTO deliveries (id, channel_id, messages, is_test, collected_until, due_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""
OWN: Final = "SELECT name FROM channels WHERE user_id = $1 AND id = $2 FOR KEY SHARE"
LAST_TEST: Final = """
SELECT max(deliveries.created_at)
FROM deliveries JOIN channels ON channels.id = channel_id
WHERE user_id = $1 AND is_test"""


async def add_test(
    pool: Pool, user_id: str, channel_id: int, now: datetime, *, every: timedelta
) -> UUID | timedelta | None:
    """Have a test sent; return its delivery's id.

    Args:
        every: how long a user waits between two tests.

    Returns:
        A timedelta: there is one to wait for. None: the user has no such channel.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK_USER, user_id)
        name = await connection.fetchval(OWN, user_id, channel_id)
        if name is None:
            return None
        last: datetime | None = await connection.fetchval(LAST_TEST, user_id)
        if last is not None and now - last < every:
            return every - (now - last)
        delivery_id = uuid7()
        text = {"kind": "channel_test", "text": TEST.format(name=name), "severity": "info"}
        messages = [text | {"id": 0, "list_id": None, "list_title": None, "created_at": now.isoformat()}]
        await connection.execute(ADD, delivery_id, channel_id, messages, True, None, now, now)
        return delivery_id


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery as its user sees it.

    Args:
        attempts: begun so far. attempted_at: when the last one was.
        due_at: when the next attempt is, while there is one.
        failure, failure_status: of the last attempt.
    """

    id: UUID
    messages: Sequence[Told]
    is_test: bool
    state: State
    attempts: int
    due_at: datetime
    created_at: datetime
    attempted_at: datetime | None
    failure: Failure | None
    failure_status: int | None


@dataclass(frozen=True, slots=True)
class Log:
    """A page of a channel's log, newest first. Args: total: on all pages."""

    entries: list[Entry]
    total: int


COUNT: Final = """
SELECT count(deliveries.id) AS total
FROM channels LEFT JOIN deliveries ON channel_id = channels.id
WHERE user_id = $1 AND channels.id = $2
GROUP BY channels.id"""
PAGE: Final = """
SELECT deliveries.id, messages, is_test, state, attempts, due_at, deliveries.created_at, attempted_at,
    deliveries.failure, deliveries.failure_status
FROM deliveries JOIN channels ON channels.id = channel_id
WHERE user_id = $1 AND channel_id = $2 AND ($3::uuid IS NULL OR deliveries.id = $3)
ORDER BY place DESC
LIMIT $4 OFFSET $5"""


async def page(pool: Pool, user_id: str, channel_id: int, *, limit: int, offset: int) -> Log | None:
    """Return a page of a channel's log; None: the user has no such channel."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        total = await connection.fetchval(COUNT, user_id, channel_id)
        rows = await connection.fetch(PAGE, user_id, channel_id, None, limit, offset)
    return None if total is None else Log([_entry(row) for row in rows], total)


async def read(pool: Pool, user_id: str, channel_id: int, delivery_id: UUID) -> Entry | None:
    """Return a delivery; None: the user's channel has no such one."""
    row = await pool.fetchrow(PAGE, user_id, channel_id, delivery_id, 1, 0)
    return None if row is None else _entry(row)


def told(one: dict[str, Any]) -> Told:
    """Return a message as it stands in a delivery."""
    return Told(**one | {"created_at": datetime.fromisoformat(one["created_at"])})


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(**dict(row) | {"messages": [told(one) for one in row["messages"]]})
