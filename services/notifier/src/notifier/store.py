"""The notifier's SQL. Every statement of a request names the user: no user reads or changes another's messages."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg
from pydantic import ValidationError

from chassis.outbox.inbox import first_deliveries
from chassis.postgres.database import Connection, Pool, count_of
from notifier import condition_store
from notifier.links import Link
from notifier.messages import NewMessage, Told, news
from notifier.stored import StoredMessage

# A user's ids become visible in their order: whoever adds messages for a user holds the user's lock to the end of the
# transaction. Else message 8 could be committed before message 7, and a stream that has sent 8 would never send 7. The
# locks are taken in one order: two sets of messages for the same users never wait for each other in a circle.
LOCK: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('messages of ' || user_id, 0))
FROM (SELECT DISTINCT user_id FROM unnest($1::text[]) AS told (user_id) ORDER BY user_id) AS told"""
FIRST: Final = first_deliveries("$1", "$2", "unnest($3::uuid[]) AS told (event_id)")
COLUMNS: Final = "event_id, user_id, kind, text, severity, list_id, list_title, link, created_at"
TYPES: Final = "uuid", "text", "text", "text", "text", "bigint", "text", "jsonb", "timestamptz"


def _inserting(first: int, only: str = "") -> str:
    """Return the statement that inserts messages, whose columns are the parameters from $first on, in their order."""
    parameters = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(TYPES, first))
    return f"""
INSERT INTO messages ({COLUMNS})
SELECT {COLUMNS}
FROM unnest({parameters}) WITH ORDINALITY AS told ({COLUMNS}, place) {only}
ORDER BY place
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id"""  # noqa: S608 - our own text


ADD: Final = f"""
WITH users AS MATERIALIZED ({LOCK.replace("$1", "$4")}
),
first AS ({
    first_deliveries("$1", "$2", "unnest($3::uuid[]) AS told (event_id), (SELECT count(*) FROM users) AS locked")
}
),
stored AS ({_inserting(5, "JOIN first USING (event_id)")}
)
SELECT first.event_id, stored.event_id IS NOT NULL AS is_told FROM first LEFT JOIN stored USING (event_id)"""  # noqa: S608 - our own text
INSERT: Final = _inserting(1)


class Stored(NamedTuple):
    """What was stored. Args: repeated: how many of the events the inbox of the consumer group knows."""

    messages: list[NewMessage]
    repeated: int


async def add(pool: Pool, told: Sequence[Told], *, group: str, now: datetime) -> Stored:
    """Store what events have for their users, in this order, in one transaction.

    Nothing is stored for an event that the inbox of the consumer group knows, and no message that is there already.
    """
    event_ids, user_ids = [one.event_id for one in told], [one.user_id for one in told]
    if await _is_simple(pool, told):  # one statement: almost always
        new = [one.message for one in told if one.message is not None]
        rows = await pool.fetch(ADD, group, now, event_ids, user_ids, *_columns(new))
        first, ids = len(rows), {row["event_id"] for row in rows if row["is_told"]}
    else:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK, user_ids)  # alone: what comes after it sees what the last holder has stored
            events = {row["event_id"] for row in await connection.fetch(FIRST, group, now, event_ids)}
            before = await condition_store.states(connection, set(user_ids))
            after = dict(before)
            each_once = {one.event_id: one for one in told if one.event_id in events}
            new = list(news(after, each_once.values()))
            changed = {key: state for key, state in after.items() if before.get(key, "") != state}
            await condition_store.save(connection, changed, now)
            first, ids = len(events), {row["event_id"] for row in await connection.fetch(INSERT, *_columns(new))}
    return Stored([one for one in {one.id: one for one in new}.values() if one.id in ids], len(told) - first)


async def _is_simple(pool: Pool, told: Sequence[Told]) -> bool:
    """Whether no condition changes. An event that finds nothing wrong is no change when nothing was wrong."""
    changes = [change for one in told for change in one.changes]
    if any(change.state for change in changes):
        return False
    return not changes or not await condition_store.states(pool, {change.key.user_id for change in changes})


def _columns(new: Sequence[NewMessage]) -> list[list[object]]:
    rows = [
        (
            one.id,
            one.user_id,
            (said := one.message).kind,
            said.text,
            said.severity,
            said.list_id,
            said.list_title,
            said.link and said.link.model_dump_json(exclude_defaults=True),
            one.created_at,
        )
        for one in new
    ]
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in TYPES]


READ: Final = "id, kind, text, severity, list_id, list_title, link, created_at, read_at IS NOT NULL AS read"

AFTER: Final = f"""
SELECT of.user_id, {READ}
FROM unnest($1::text[], $2::bigint[]) AS of (user_id, last)
CROSS JOIN LATERAL (
    SELECT * FROM messages WHERE messages.user_id = of.user_id AND id > of.last ORDER BY id LIMIT $3
) AS message
ORDER BY of.user_id, id"""  # noqa: S608 - our own text


async def after(pool: Pool, last: Mapping[str, int], *, limit: int) -> Mapping[str, list[StoredMessage]]:
    """Return the messages of each user that came after the id that is theirs, oldest first, `limit` of each at most."""
    found: dict[str, list[StoredMessage]] = {user_id: [] for user_id in last}
    for row in await pool.fetch(AFTER, list(last), list(last.values()), limit):
        found[row["user_id"]].append(stored(row))
    return found


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


async def lock(connection: Connection, user_id: str) -> None:
    """Keep everybody from storing a message of the user until the caller's transaction ends."""
    await connection.execute(LOCK, [user_id])


FORGET: Final = "DELETE FROM messages WHERE user_id = $1 AND created_at <= coalesce($2::timestamptz, 'infinity')"


async def forget(connection: Connection, user_id: str, until: datetime | None) -> None:
    """Delete the user's messages of causes up to then; None: all."""
    await connection.execute(FORGET, user_id, until)


SWEEP: Final = "DELETE FROM messages WHERE created_at < $1"


async def sweep(pool: Pool, before: datetime) -> int:
    """Delete the messages of all users whose cause happened before this time; return how many."""
    return count_of(await pool.execute(SWEEP, before))


# Only users with messages since the last time are looked at. Of each, the index is read as far as messages are kept.
TRIM: Final = """
WITH former AS (
    SELECT up_to FROM trimmed FOR UPDATE
),
newest AS (
    SELECT max(id) AS id FROM messages
),
moved AS (
    UPDATE trimmed SET up_to = newest.id FROM newest WHERE newest.id > trimmed.up_to
),
users AS (
    SELECT DISTINCT user_id FROM messages, former WHERE id > former.up_to
),
surplus AS (
    SELECT user_id, oldest.id
    FROM users
    CROSS JOIN LATERAL (
        SELECT id FROM messages WHERE messages.user_id = users.user_id ORDER BY id DESC OFFSET $1 LIMIT 1
    ) AS oldest
)
DELETE FROM messages USING surplus WHERE messages.user_id = surplus.user_id AND messages.id <= surplus.id"""


async def trim(pool: Pool, keep: int) -> int:
    """Delete all but the newest messages of each user who got some since the last time; return how many."""
    return count_of(await pool.execute(TRIM, keep))


def stored(row: asyncpg.Record) -> StoredMessage:
    """Return the message of a row with the columns of `READ`. A link of a later version is left out."""
    link = None
    if row["link"] is not None:
        with suppress(ValidationError):
            link = Link.model_validate_json(row["link"])
    return StoredMessage(**{name: row[name] for name in StoredMessage.__slots__} | {"link": link})
