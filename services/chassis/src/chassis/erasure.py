"""Erased users: what still comes of the life that was erased changes nothing (decision 62).

A user may come back under the same id. Of each topic it is kept until when its events are of the life before. The user
is known by a hash, whose key is in the same database.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog

from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Connection, Pool, count_of
from watchbuddy_contracts import ErasureEvent, Topic

log = structlog.get_logger()

Handler = Callable[[Sequence[Delivered]], Awaitable[None]]

KEPT_FOR: Final = timedelta(days=90)
"""Longer than Kafka keeps events and dead letters (30 days), and an operator's replay."""

_HASH: Final = "sha256(erasure_key.key || convert_to({user}, 'UTF8'))"

# What has an end keeps it: the end may be heard before the request.
END: Final = f"""
INSERT INTO erased_user (user_key, topic, erasure_id, until, erased_at)
SELECT {_HASH.format(user="$1::text")}, $2, $3, coalesce($4::timestamptz, 'infinity'), $5 FROM erasure_key
ON CONFLICT (user_key, topic, erasure_id) DO UPDATE SET until = excluded.until
WHERE erased_user.until > excluded.until
RETURNING erasure_id"""  # noqa: S608 - our own text

LATE: Final = f"""
SELECT place
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS event (user_id, topic, at, place), erasure_key
WHERE EXISTS (
    SELECT FROM erased_user
    WHERE user_key = {_HASH.format(user="event.user_id")} AND erased_user.topic = event.topic AND until >= at
)"""  # noqa: S608 - our own text

SWEEP: Final = "DELETE FROM erased_user WHERE erased_at < $1 AND until < 'infinity'"


@dataclass(frozen=True, slots=True)
class Life:
    """What a user had on a topic before an erasure."""

    user_id: str
    erasure_id: UUID
    topic: Topic


async def end(connection: Connection, life: Life, *, until: datetime | None, now: datetime) -> bool:
    """Record, in the caller's transaction, until when the topic's events of the user are of the life that is erased.

    Args:
        until: the time of the event that ends it; None: it is still to come.

    Returns: False when this was known.
    """
    row = await connection.fetchrow(END, life.user_id, life.topic.name, life.erasure_id, until, now)
    return row is not None


async def of_the_living(pool: Pool, delivered: Sequence[Delivered]) -> list[Delivered]:
    """Return the events but those of lives that were erased."""
    rows = await pool.fetch(
        LATE,
        [one.event.user_id for one in delivered],
        [one.event.topic for one in delivered],
        [one.headers.time for one in delivered],
    )
    late = {row["place"] - 1 for row in rows}
    if late:
        log.info("events_of_erased_users_dropped", count=len(late))
    return [one for place, one in enumerate(delivered) if place not in late]


def erasing(pool: Pool, handle: Handler, erase: Callable[[Delivered], Awaitable[None]]) -> Handler:
    """Return a handler of sets that gives erasures to `erase`, one by one, and what the living did to `handle`.

    What stands before an erasure in the set is handled before it.
    """

    async def handle_both(delivered: Sequence[Delivered]) -> None:
        for is_erasure, group in groupby(delivered, lambda one: isinstance(one.event, ErasureEvent)):
            together = list(group)
            if is_erasure:
                for one in together:
                    await erase(one)
            elif living := await of_the_living(pool, together):
                await handle(living)

    return handle_both


async def sweep(pool: Pool, *, now: datetime) -> int:
    """Forget the users who were erased long ago; return how many rows of theirs."""
    return count_of(await pool.execute(SWEEP, now - KEPT_FOR))
