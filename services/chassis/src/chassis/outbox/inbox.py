"""The inbox: an event has its effect once, however often it is delivered."""

from datetime import datetime
from uuid import UUID

from chassis.postgres.database import Connection, Pool, count_of


def first_deliveries(group: str, now: str, events: str) -> str:
    """Return the statement that records events and returns those that were not recorded before, for a longer one.

    A second delivery at the same time waits until the first one's transaction has ended.

    Args:
        group: the parameter of the consumer group.
        now: that of the time.
        events: what is behind FROM; it has `event_id`.
    """
    return f"""
INSERT INTO inbox (consumer_group, event_id, received_at) SELECT {group}, event_id, {now} FROM {events}
ORDER BY event_id
ON CONFLICT DO NOTHING
RETURNING event_id"""  # noqa: S608 - our own text


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
