"""The notifier's SQL for what is wrong and was told."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool, count_of
from notifier.messages import Key

STATES: Final = "SELECT user_id, list_id, about, state FROM condition WHERE user_id = ANY($1::text[])"


async def states(connection: "Connection | Pool", user_ids: Collection[str]) -> dict[Key, str]:
    """Return the conditions of the users in which something is wrong."""
    rows = await connection.fetch(STATES, list(user_ids))
    return {Key(row["user_id"], row["list_id"], row["about"]): row["state"] for row in rows}


SAVE: Final = """
INSERT INTO condition (user_id, list_id, about, state, at)
SELECT user_id, list_id, about, state, $5
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS new (user_id, list_id, about, state)
ON CONFLICT (user_id, list_id, about) DO UPDATE SET state = excluded.state, at = excluded.at"""

END: Final = """
DELETE FROM condition
USING unnest($1::text[], $2::bigint[], $3::text[]) AS over (user_id, list_id, about)
WHERE (condition.user_id, condition.list_id, condition.about) = (over.user_id, over.list_id, over.about)"""


async def save(connection: Connection, changed: Mapping[Key, str], now: datetime) -> None:
    """Store the states; an empty one means that nothing is wrong any more."""
    if over := [key for key, state in changed.items() if not state]:
        await connection.execute(END, *map(list, zip(*over, strict=True)))
    if wrong := [(*key, state) for key, state in changed.items() if state]:
        await connection.execute(SAVE, *map(list, zip(*wrong, strict=True)), now)


FORGET: Final = "DELETE FROM condition WHERE user_id = $1 AND at <= coalesce($2::timestamptz, 'infinity')"


async def forget(connection: Connection, user_id: str, until: datetime | None) -> None:
    """Forget what was told to be wrong for the user up to then; None: all."""
    await connection.execute(FORGET, user_id, until)


SWEEP: Final = "DELETE FROM condition WHERE at < $1"


async def sweep(pool: Pool, before: datetime) -> int:
    """Forget what was told before this time, as its message is; return how many rows."""
    return count_of(await pool.execute(SWEEP, before))
