"""The notifier's SQL. Every statement of a request names the user: no user reads or changes another's messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from chassis.outbox.inbox import first_deliveries
from chassis.postgres.database import Pool, count_of
from notifier.messages import Message, Severity


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as its user sees it; `created_at` is when the cause happened."""

    id: int
    text: str
    severity: Severity
    list_id: int | None
    created_at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, newest first, with the user's counts at the same moment.

    Args:
        total: messages that the filter lets through, on all pages.
        unread: unread messages, whatever the filter.
    """

    messages: list[StoredMessage]
    total: int
    unread: int


# A user's ids become visible in their order: whoever adds messages for a user holds the user's lock to the end of the
# transaction. Else message 8 could be committed before message 7, and a stream that has sent 8 would never send 7. The
# locks are taken in one order: two sets of messages for the same users never wait for each other in a circle.
ADD: Final = f"""
WITH users AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended('messages of ' || user_id, 0))
    FROM (SELECT DISTINCT user_id FROM unnest($4::text[]) AS told (user_id) ORDER BY user_id) AS told
),
first AS ({
    first_deliveries("$1", "$2", "unnest($3::uuid[]) AS told (event_id), (SELECT count(*) FROM users) AS locked")
}
)
INSERT INTO messages (event_id, user_id, list_id, text, severity, created_at)
SELECT event_id, user_id, list_id, text, severity, created_at
FROM unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::timestamptz[]) WITH ORDINALITY
    AS told (event_id, user_id, list_id, text, severity, created_at, place)
JOIN first USING (event_id)
ORDER BY place
ON CONFLICT (event_id) DO NOTHING
RETURNING id, event_id"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is to be stored.

    Args:
        event_id: of the event that it tells of; an event has one message.
        created_at: when that happened.
    """

    message: Message
    event_id: UUID
    user_id: str
    created_at: datetime


async def add(pool: Pool, new: Sequence[NewMessage], *, group: str, now: datetime) -> dict[UUID, int]:
    """Store the messages, in this order, in one transaction; return the ids of those that are stored now, by event.

    Missing are those of events that the inbox of the consumer group knows, or that have a message already.
    """
    rows = await pool.fetch(
        ADD,
        group,
        now,
        [one.event_id for one in new],
        [one.user_id for one in new],
        [one.message.list_id for one in new],
        [one.message.text for one in new],
        [one.message.severity for one in new],
        [one.created_at for one in new],
    )
    return {row["event_id"]: row["id"] for row in rows}


COUNT: Final = """
SELECT count(*) AS total, count(*) FILTER (WHERE read_at IS NULL) AS unread
FROM messages
WHERE user_id = $1"""

PAGE: Final = """
SELECT id, text, severity, list_id, created_at, read_at IS NOT NULL AS read
FROM messages
WHERE user_id = $1
ORDER BY id DESC
LIMIT $2 OFFSET $3"""

PAGE_OF_UNREAD: Final = """
SELECT id, text, severity, list_id, created_at, false AS read
FROM messages
WHERE user_id = $1 AND read_at IS NULL
ORDER BY id DESC
LIMIT $2 OFFSET $3"""


async def page(pool: Pool, user_id: str, *, unread_only: bool, limit: int, offset: int) -> MessagePage:
    """Return a page of the user's messages."""
    # Repeatable read: the counts and the rows are of one moment.
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        counts = await connection.fetchrow(COUNT, user_id)
        rows = await connection.fetch(PAGE_OF_UNREAD if unread_only else PAGE, user_id, limit, offset)
    assert counts is not None  # noqa: S101 - an aggregate has always one row
    total = counts["unread"] if unread_only else counts["total"]
    return MessagePage([_stored(row) for row in rows], total, counts["unread"])


AFTER: Final = """
SELECT id, text, severity, list_id, created_at, read_at IS NOT NULL AS read
FROM messages
WHERE user_id = $1 AND id > $2
ORDER BY id
LIMIT $3"""


async def after(pool: Pool, user_id: str, message_id: int, *, limit: int) -> list[StoredMessage]:
    """Return the user's messages that came after `message_id`, oldest first."""
    return [_stored(row) for row in await pool.fetch(AFTER, user_id, message_id, limit)]


NEWEST_OF_USER: Final = "SELECT coalesce(max(id), 0) FROM messages WHERE user_id = $1"


async def newest_of(pool: Pool, user_id: str) -> int:
    """Return the id of the user's newest message; 0 when there is none."""
    newest: int = await pool.fetchval(NEWEST_OF_USER, user_id)
    return newest


NEWEST: Final = "SELECT coalesce(max(id), 0) FROM messages"


async def newest(pool: Pool) -> int:
    """Return the id of the newest message of all; 0 when there is none."""
    newest_id: int = await pool.fetchval(NEWEST)
    return newest_id


READ_ONE: Final = """
UPDATE messages SET read_at = coalesce(read_at, now())
WHERE user_id = $1 AND id = $2"""


async def mark_read(pool: Pool, user_id: str, message_id: int) -> bool:
    """Mark the message as read, also a second time; return False when the user has no such message."""
    status = await pool.execute(READ_ONE, user_id, message_id)
    return status == "UPDATE 1"


READ_ALL: Final = """
UPDATE messages SET read_at = now()
WHERE user_id = $1 AND read_at IS NULL AND ($2::bigint IS NULL OR id <= $2)"""


async def mark_all_read(pool: Pool, user_id: str, *, up_to: int | None) -> None:
    """Mark the user's messages up to `up_to` as read; None: all that exist now."""
    await pool.execute(READ_ALL, user_id, up_to)


CLEAR: Final = """
DELETE FROM messages
WHERE user_id = $1 AND ($2::bigint IS NULL OR id <= $2)"""


async def clear(pool: Pool, user_id: str, *, up_to: int | None) -> None:
    """Delete the user's messages up to `up_to`; None: all that exist now. The inbox still knows their events."""
    await pool.execute(CLEAR, user_id, up_to)


SWEEP: Final = "DELETE FROM messages WHERE created_at < $1"


async def sweep(pool: Pool, before: datetime) -> int:
    """Delete the messages of all users whose cause happened before this time; return how many."""
    return count_of(await pool.execute(SWEEP, before))


def _stored(row: asyncpg.Record) -> StoredMessage:
    return StoredMessage(**row)
