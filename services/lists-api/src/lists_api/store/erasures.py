"""SQL of erasures: how far they are. No row says whose they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.postgres.database import Connection, Pool, count_of

ADD: Final = "INSERT INTO erasure (erasure_id, keep_trakt_lists, requested_at) VALUES ($1, $2, $3)"
READ: Final = """
SELECT erasure_id, keep_trakt_lists, requested_at, trakt_at, trakt_lists_left, notifications_at
FROM erasure WHERE erasure_id = $1"""
END_TRAKT: Final = """
UPDATE erasure SET trakt_at = $2, trakt_lists_left = $3 WHERE erasure_id = $1 AND trakt_at IS NULL"""
END_NOTIFICATIONS: Final = """
UPDATE erasure SET notifications_at = $2 WHERE erasure_id = $1 AND notifications_at IS NULL"""
# One that is not complete stays, for an operator to see.
SWEEP: Final = """
DELETE FROM erasure WHERE requested_at < $1 AND trakt_at IS NOT NULL AND notifications_at IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Erasure:
    """How far the erasure of a user is.

    Args:
        requested_at: when lists-api had nothing of the user any more.
        trakt_at: when trakt-sync had nothing any more; None: not yet.
        trakt_lists_left: how many lists could not be deleted on Trakt; None while trakt_at is.
        notifications_at: when the notifier had nothing any more; None: not yet.
    """

    erasure_id: UUID
    keep_trakt_lists: bool
    requested_at: datetime
    trakt_at: datetime | None = None
    trakt_lists_left: int | None = None
    notifications_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        return self.trakt_at is not None and self.notifications_at is not None


async def add(connection: Connection, erasure: Erasure) -> None:
    """Save an erasure that has begun, in the caller's transaction."""
    await connection.execute(ADD, erasure.erasure_id, erasure.keep_trakt_lists, erasure.requested_at)


async def read(pool: Pool, erasure_id: UUID) -> Erasure | None:
    """Return an erasure; None: there is none of this id."""
    row = await pool.fetchrow(READ, erasure_id)
    return None if row is None else Erasure(**dict(row))


async def end_trakt(pool: Pool, erasure_id: UUID, at: datetime, lists_left: int) -> None:
    """Note that trakt-sync has nothing any more, once."""
    await pool.execute(END_TRAKT, erasure_id, at, lists_left)


async def end_notifications(pool: Pool, erasure_id: UUID, at: datetime) -> None:
    """Note that the notifier has nothing any more, once."""
    await pool.execute(END_NOTIFICATIONS, erasure_id, at)


async def sweep(pool: Pool, until: datetime) -> int:
    """Delete the erasures that were asked for before then and are complete; return how many."""
    return count_of(await pool.execute(SWEEP, until))
