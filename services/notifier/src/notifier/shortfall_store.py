"""The notifier's SQL for what lists lack on Trakt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.postgres.database import Pool, count_of


@dataclass(frozen=True, slots=True)
class NewShortfall:
    """What a list lacks after a sync.

    Args:
        message_id: the event id under which the message is stored.
        counts: empty: nothing is lacking. text: of the message.
        at: when the sync happened.
    """

    message_id: UUID
    user_id: str
    list_id: int
    counts: str
    text: str
    at: datetime


# The row of a list decides: whoever changes its counts tells it, in the same statement. A second delivery and another
# replica find the counts as they are, and an older sync changes nothing. A list that never lacked anything has no row.
# The users are locked for the order of the messages' ids, as in store.ADD.
TELL: Final = """
WITH users AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended('messages of ' || user_id, 0))
    FROM (SELECT DISTINCT user_id FROM unnest($2::text[]) AS told (user_id) ORDER BY user_id) AS told
),
told AS MATERIALIZED (
    SELECT told.*
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[])
        AS told (event_id, user_id, list_id, counts, text, at),
        (SELECT count(*) FROM users) AS locked
),
over AS (
    UPDATE shortfall SET counts = '', at = told.at
    FROM told
    WHERE told.counts = '' AND (shortfall.user_id, shortfall.list_id) = (told.user_id, told.list_id)
        AND shortfall.at <= told.at
),
news AS (
    INSERT INTO shortfall (user_id, list_id, counts, at)
    SELECT user_id, list_id, counts, at FROM told WHERE counts <> '' ORDER BY user_id, list_id
    ON CONFLICT (user_id, list_id) DO UPDATE SET counts = excluded.counts, at = excluded.at
    WHERE shortfall.counts <> excluded.counts AND shortfall.at <= excluded.at
    RETURNING user_id, list_id
)
INSERT INTO messages (event_id, user_id, list_id, text, severity, created_at)
SELECT event_id, user_id, list_id, text, 'warning', at
FROM told JOIN news USING (user_id, list_id)
ON CONFLICT (event_id) DO NOTHING
RETURNING user_id"""


async def tell(pool: Pool, found: Sequence[NewShortfall]) -> list[str]:
    """Store a message of each list that lacks other items than was told last; return the users that have new ones.

    Args:
        found: of each list the last sync alone.
    """
    rows = await pool.fetch(
        TELL,
        [one.message_id for one in found],
        [one.user_id for one in found],
        [one.list_id for one in found],
        [one.counts for one in found],
        [one.text for one in found],
        [one.at for one in found],
    )
    return [row["user_id"] for row in rows]


SWEEP: Final = "DELETE FROM shortfall WHERE at < $1"


async def sweep(pool: Pool, before: datetime) -> int:
    """Forget what was told before this time, as its message is; return how many rows."""
    return count_of(await pool.execute(SWEEP, before))
