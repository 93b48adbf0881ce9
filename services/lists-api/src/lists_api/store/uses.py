"""How often users have done what has a quota a minute."""

from datetime import datetime
from typing import Final

import asyncpg

from chassis.postgres.database import Pool
from lists_api.lists.domain.quota import Use

_COUNTED: Final = """
    ON CONFLICT (user_id, use) DO UPDATE SET
        uses = CASE WHEN use_count.minute = excluded.minute THEN use_count.uses + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING user_id, uses
)
SELECT uses, coalesce((SELECT is_vip FROM trakt_account WHERE user_id = counted.user_id), false) AS is_vip
FROM counted"""

COUNT_USE: Final = f"""
WITH counted AS (
    INSERT INTO use_count (user_id, use, minute, uses) VALUES ($1, $2, date_trunc('minute', $3::timestamptz), 1)
{_COUNTED}"""  # noqa: S608 - a constant of this module


async def count_use(pool: Pool, user_id: str, use: Use, *, now: datetime) -> tuple[int, bool]:
    """Return how often the user has done it within this minute, this time included, and whether they are a VIP."""
    row = await pool.fetchrow(COUNT_USE, user_id, use, now)
    assert row is not None, "an upsert always returns its row"  # noqa: S101
    return _count(row)


# Of one owner's feeds together: a reader has no name of its own.
COUNT_FEED_READ: Final = f"""
WITH owner AS (
    SELECT user_id FROM feed JOIN list USING (list_id) WHERE token_hash = $1 AND deleted_at IS NULL
), counted AS (
    INSERT INTO use_count (user_id, use, minute, uses)
    SELECT user_id, $2, date_trunc('minute', $3::timestamptz), 1 FROM owner
{_COUNTED}"""  # noqa: S608 - a constant of this module


async def count_feed_read(pool: Pool, token_hash: bytes, use: Use, *, now: datetime) -> tuple[int, bool] | None:
    """Count a use by the owner of the feed, as `count_use` does; None: there is no such feed."""
    row = await pool.fetchrow(COUNT_FEED_READ, token_hash, use, now)
    return None if row is None else _count(row)


def _count(row: asyncpg.Record) -> tuple[int, bool]:
    return row["uses"], row["is_vip"]
