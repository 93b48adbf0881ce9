"""The notifier's SQL for pages of a user's messages."""

from typing import Final

from chassis.postgres.database import Pool
from notifier.catalogue import SEVERITIES
from notifier.store import READ, stored
from notifier.stored import Counts, Filter, MessagePage

# A user's messages are few (MESSAGES_PER_USER): they are counted through the index of the user.
_MATCHES: Final = """
(NOT $2::boolean OR read_at IS NULL)
    AND ($3::text[] = '{}' OR severity = ANY($3)) AND ($4::bigint IS NULL OR list_id = $4)"""

COUNT: Final = f"""
SELECT severity, count(*) AS all, count(*) FILTER (WHERE read_at IS NULL) AS unread,
    count(*) FILTER (WHERE {_MATCHES}) AS matching
FROM messages
WHERE user_id = $1
GROUP BY severity"""  # noqa: S608 - our own text

PAGE: Final = f"""
SELECT {READ}
FROM messages
WHERE user_id = $1 AND {_MATCHES} AND ($5::bigint IS NULL OR id < $5)
ORDER BY id DESC
LIMIT $6 OFFSET $7"""  # noqa: S608 - our own text


async def page(
    pool: Pool, user_id: str, only: Filter, *, limit: int, offset: int = 0, before: int | None = None
) -> MessagePage:
    """Return a page of the user's messages. Args: before: those that came before this id; None: all."""
    parameters = user_id, only.unread, list(only.severities), only.list_id
    # Repeatable read: the counts and the rows are of one moment.
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        counted = {row["severity"]: row for row in await connection.fetch(COUNT, *parameters)}
        rows = await connection.fetch(PAGE, *parameters, before, limit + 1, offset)
    return MessagePage(
        [stored(row) for row in rows[:limit]],
        sum(row["matching"] for row in counted.values()),
        {severity: Counts(0, 0) for severity in SEVERITIES}
        | {severity: Counts(row["all"], row["unread"]) for severity, row in counted.items()},
        len(rows) > limit,
    )
