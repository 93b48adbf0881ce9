"""SQL of `desired_list`: what is wanted of each list. The subscriber alone writes it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool, count_of
from trakt_sync.mirroring.desired import Policies
from trakt_sync.mirroring.newest import State, Trace
from trakt_sync.mirroring.texts import description_of
from trakt_sync.store.due import lowered
from trakt_sync.store.rows import dumped_policies
from watchbuddy_contracts import ListDeleted, ListState, MirrorSettings, Title

# `is_present` in the guard: nothing brings a deleted list back, whatever version it claims. `user_id`: an event of one
# user never changes another's list.
# `told` comes first: see `due`. Accounts and lists are locked in the order of their ids: two such statements never wait
# for each other in a circle.
WANT_PRESENT: Final = f"""
WITH told AS ({lowered("SELECT DISTINCT u, 'disconnected', $12::timestamptz FROM unnest($2::text[]) AS u ORDER BY u")}
),
wanted AS (
    INSERT INTO desired_list (
        list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments,
        is_ordered, items, policies, uses_watched, trace_context
    )
    SELECT list_id, user_id, version, true, title, description, privacy, display_numbers, allow_comments, is_ordered,
        items::jsonb, policies::jsonb, uses_watched, trace_context
    FROM unnest(
        $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::boolean[],
        $9::boolean[], $10::text[], $11::text[], $13::text[], $14::boolean[]
    ) AS event (
        list_id, user_id, version, title, description, privacy, display_numbers, allow_comments, is_ordered,
        items, trace_context, policies, uses_watched
    ), (SELECT count(*) FROM told) AS locked
    ORDER BY list_id
    ON CONFLICT (list_id) DO UPDATE SET
        version = excluded.version, title = excluded.title, description = excluded.description,
        privacy = excluded.privacy, display_numbers = excluded.display_numbers,
        allow_comments = excluded.allow_comments, is_ordered = excluded.is_ordered, items = excluded.items,
        policies = excluded.policies, uses_watched = excluded.uses_watched, trace_context = excluded.trace_context
    WHERE desired_list.version < excluded.version AND desired_list.is_present
        AND desired_list.user_id = excluded.user_id
    RETURNING list_id, user_id
)
INSERT INTO work_queue (list_id, user_id, due_at) SELECT list_id, user_id, $12 FROM wanted
ON CONFLICT (list_id) DO UPDATE SET
    due_at = excluded.due_at, remaining = NULL, waits_for = NULL, revision = excluded.revision
RETURNING list_id"""  # noqa: S608 - our own text

WANT_ABSENT: Final = f"""
WITH told AS ({lowered("VALUES ($2, 'disconnected', $6)")}
)
INSERT INTO desired_list (
    list_id, user_id, version, is_present, title, description, privacy, display_numbers, allow_comments,
    is_ordered, items, trace_context, deleted_at
)
SELECT $1, $2, $3, false, $4, '', 'private', true, false, false, '[]', $5, $6
FROM (SELECT count(*) FROM told) AS locked
ON CONFLICT (list_id) DO UPDATE SET
    version = excluded.version, is_present = false, title = excluded.title, description = excluded.description,
    items = excluded.items, trace_context = excluded.trace_context, deleted_at = excluded.deleted_at
WHERE desired_list.version < excluded.version AND desired_list.is_present AND desired_list.user_id = excluded.user_id
RETURNING list_id"""  # noqa: S608 - our own text

FOREIGN: Final = """
SELECT DISTINCT list_id
FROM unnest($1::bigint[], $2::text[]) AS event (list_id, user_id) JOIN desired_list USING (list_id)
WHERE desired_list.user_id <> event.user_id"""

# Not where Trakt still has something of it: on the user's account, or on one that they left and may come back to.
SWEEP: Final = """
DELETE FROM desired_list
WHERE deleted_at < $1
    AND NOT EXISTS (SELECT FROM work_queue WHERE work_queue.list_id = desired_list.list_id)
    AND NOT EXISTS (
        SELECT FROM mirror
        WHERE mirror.list_id = desired_list.list_id AND (trakt_list IS NOT NULL OR intent IS NOT NULL)
    )"""


async def want(pool: Pool, states: Sequence[State], now: datetime) -> set[int]:
    """Record the desired states of different lists and make the lists due; return the lists of which it was news.

    Of the others, the state that we have is as new, or they were deleted.
    """
    events = [event for event, _ in states]
    rows = await pool.fetch(
        WANT_PRESENT,
        [event.list_id for event in events],
        [event.user_id for event in events],
        [event.version for event in events],
        [event.title for event in events],
        [description_of(event.list_type, event.list_id, event.description) for event in events],
        [event.privacy for event in events],
        [event.mirror.display_numbers for event in events],
        [event.mirror.allow_comments for event in events],
        [event.mirror.order for event in events],
        # As text: of an array of arrays, asyncpg makes one array of more dimensions.
        [json.dumps([Title.of(item) for item in event.items]) for event in events],
        [trace for _, trace in states],
        now,
        [dumped_policies(_policies_of(event.mirror)) for event in events],
        [event.uses_watched for event in events],
    )
    return {row["list_id"] for row in rows}


def _policies_of(mirror: MirrorSettings) -> Policies:
    return Policies(mirror.mode, mirror.when_deleted, mirror.when_changed, mirror.when_removed, mirror.target)


async def want_absent(connection: Connection, event: ListDeleted, now: datetime, trace_context: Trace) -> bool:
    """Record that nothing of the list may be left, and lock its row; return False when this is no news."""
    row = await connection.fetchrow(
        WANT_ABSENT, event.list_id, event.user_id, event.version, event.title, trace_context, now
    )
    return row is not None


async def foreign(connection: Connection, events: Sequence[ListState | ListDeleted]) -> set[int]:
    """Return the lists of which these events, of different lists, name another user than their owner."""
    lists, users = [event.list_id for event in events], [event.user_id for event in events]
    return {row["list_id"] for row in await connection.fetch(FOREIGN, lists, users)}


async def delete_tombstones(pool: Pool, *, until: datetime) -> int:
    """Delete lists that were deleted before `until` and of which nothing is left; return how many."""
    return count_of(await pool.execute(SWEEP, until))
