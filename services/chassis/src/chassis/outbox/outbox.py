"""The transactional outbox: an event is written in the transaction of its cause. So it cannot get lost."""

from collections.abc import Sequence
from datetime import datetime
from itertools import compress
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.kafka.envelope import REPLAY_GROUP
from chassis.postgres.database import Connection
from chassis.telemetry.trace_context import TraceContext
from watchbuddy_contracts import ErasureEvent, Event, EventHeaders, is_pseudonym, partition_key

CHANNEL: Final = "outbox"
"""The channel of the relay. Wake it after the commit."""


def appending(first: int, *, where: str = "true") -> str:
    """Return the statement that appends events, for a longer statement that writes their cause too.

    Args:
        first: its parameters are `to_parameters`, from $first on.
        where: a condition; without it nothing is appended.
    """
    ids, topics, keys, values, headers, traceparent, tracestate, now = (f"${first + place}" for place in range(COUNT))
    return f"""
INSERT INTO outbox (event_id, topic, key, value, headers, traceparent, tracestate, created_at)
SELECT event_id, topic, key, value, headers, {traceparent}, {tracestate}, {now}
FROM unnest({ids}::uuid[], {topics}::text[], {keys}::bytea[], {values}::bytea[], {headers}::jsonb[])
    WITH ORDINALITY AS event (event_id, topic, key, value, headers, place)
WHERE {where}
ORDER BY place
ON CONFLICT (event_id) DO NOTHING"""  # noqa: S608 - numbers of parameters and a constant


COUNT: Final = 8
"""How many parameters events are."""
_APPEND: Final = appending(1)


async def append(
    connection: Connection,
    *events: Event,
    source: str,
    now: datetime,
    event_ids: Sequence[UUID] | None = None,
    traceparent: TraceContext | str | None = None,
    group: str | None = None,
) -> list[UUID]:
    """Write the events to the outbox in the caller's transaction, in this order; return their ids.

    The caller holds a lock on the row that the events describe, so that the outbox has them in the order of versions.

    Args:
        connection: it is inside a transaction.
        events: in the order in which they happened.
        source: the producing service, e.g. "/lists-api".
        now: the time of the cause.
        event_ids: for events that are sent again under their first ids. An id that still waits is not written twice.
        traceparent: the trace to continue, as a value or as its text. None: the current span's.
        group: the consumer group that they are sent again for; others pass them over. None: they are for all.
    """
    ids = list(event_ids) if event_ids is not None else [uuid7() for _ in events]
    parameters = to_parameters(events, ids, source=source, now=now, traceparent=traceparent, group=group)
    await connection.execute(_APPEND, *parameters)
    return ids


def to_parameters(
    events: Sequence[Event],
    ids: Sequence[UUID],
    *,
    source: str,
    now: datetime,
    traceparent: TraceContext | str | None = None,
    group: str | None = None,
) -> tuple[Any, ...]:
    """Return the parameters of `appending`. Arguments as those of `append`.

    Of what happens to an erased user nobody is told, but that the erasure has ended.
    """
    told = [not is_pseudonym(event.user_id) or isinstance(event, ErasureEvent) for event in events]
    events, ids = list(compress(events, told)), list(compress(ids, told))
    own = {} if group is None else {REPLAY_GROUP: group}
    headers = [
        EventHeaders.of(event, event_id=event_id, source=source, time=now).to_headers() | own
        for event, event_id in zip(events, ids, strict=True)
    ]
    trace = traceparent if isinstance(traceparent, TraceContext) else TraceContext.of_text(traceparent)
    if trace.traceparent is None:
        trace = TraceContext.current()
    return (
        ids,
        [event.topic for event in events],
        [partition_key(event) for event in events],
        [event.to_json() for event in events],
        headers,
        trace.traceparent,
        trace.tracestate,
        now,
    )
