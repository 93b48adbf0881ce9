"""SQL of `outbox_rejected`: events that the broker refused for their size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chassis.postgres.database import Pool, count_of
from watchbuddy_contracts import DEAD_LETTER_RETENTION, EVENTS, ListEvent

_LIST_TYPES: Final = [ce_type for ce_type, model in EVENTS.items() if issubclass(model, ListEvent)]
_SELECTED: Final = """
(cardinality($1::bigint[]) = 0 OR id = ANY($1)) AND ($2::bytea IS NULL OR key = $2)
    AND ($3::text IS NULL OR (headers->>'ce_subject' = $3 AND headers->>'ce_type' = ANY($4::text[])))"""

READ: Final = f"""
SELECT id, event_id, topic, key, value, headers, created_at, rejected_at, error FROM outbox_rejected
WHERE {_SELECTED} ORDER BY id"""  # noqa: S608 - our own text

RETRY: Final = f"""
WITH gone AS (
    DELETE FROM outbox_rejected WHERE {_SELECTED}
    RETURNING id, event_id, topic, key, value, headers, traceparent, tracestate
)
INSERT INTO outbox (event_id, topic, key, value, headers, traceparent, tracestate, created_at)
SELECT event_id, topic, key, value, headers, traceparent, tracestate, now() FROM gone ORDER BY id
ON CONFLICT (event_id) DO NOTHING"""  # noqa: S608 - our own text

DROP: Final = f"DELETE FROM outbox_rejected WHERE {_SELECTED}"  # noqa: S608 - our own text

WAITING: Final = "SELECT count(*) AS count, min(created_at) AS since FROM outbox"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rejected events are meant: those that satisfy all that is named; nothing named: all."""

    ids: Sequence[int] = field(default=())
    user: str | None = None
    list_id: int | None = None

    def to_parameters(self) -> tuple[Any, ...]:
        user = None if self.user is None else self.user.encode()
        return (list(self.ids), user, None if self.list_id is None else str(self.list_id), _LIST_TYPES)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that was refused. Args: created_at: when it was written."""

    id: int
    event_id: UUID
    topic: str
    key: bytes
    value: bytes
    headers: dict[str, str]
    created_at: datetime
    rejected_at: datetime
    error: str


async def read(pool: Pool, selection: Selection) -> list[Rejected]:
    """Return the events, oldest first, each with its whole value: there are few."""
    rows = await pool.fetch(READ, *selection.to_parameters())
    return [Rejected(**dict(row)) for row in rows]


async def retry(pool: Pool, selection: Selection) -> None:
    """Put the events into the outbox once more, behind what waits there; not one that waits there already."""
    await pool.execute(RETRY, *selection.to_parameters())


async def drop(pool: Pool, selection: Selection) -> None:
    """Delete the events."""
    await pool.execute(DROP, *selection.to_parameters())


async def waiting(pool: Pool) -> tuple[int, datetime | None]:
    """Return how many events wait in the outbox, and since when the first one does."""
    row = await pool.fetchrow(WAITING)
    return (0, None) if row is None else (row["count"], row["since"])


SWEEP: Final = "DELETE FROM outbox_rejected WHERE rejected_at < $1"


async def sweep(pool: Pool, *, now: datetime) -> int:
    """Delete the events that were refused so long ago that a dead letter would be gone, too; return how many."""
    return count_of(await pool.execute(SWEEP, now - DEAD_LETTER_RETENTION))
