"""The inbox: an event has its effect once, however often it is delivered."""

from datetime import datetime
from uuid import UUID

from chassis.postgres.database import Connection, Pool, count_of


async def is_first_delivery(connection: Connection, group: str, event_id: UUID, now: datetime) -> bool:
    """Record the event for the consumer group in the caller's transaction. Return False when it was recorded before.

    A second delivery at the same time waits until the first one's transaction has ended.
    """
    status = await connection.execute(
        "INSERT INTO inbox (consumer_group, event_id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        group,
        event_id,
        now,
    )
    return status == "INSERT 0 1"


async def sweep(pool: Pool, *, until: datetime) -> int:
    """Delete the ids of events received before `until`; return how many.

    Keep them for longer than Kafka's retention plus the time within which an operator may replay.
    """
    return count_of(await pool.execute("DELETE FROM inbox WHERE received_at < $1", until))
