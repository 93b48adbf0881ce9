"""What trakt-sync reports of lists and Trakt accounts, stored by one statement for many reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.outbox.inbox import first_deliveries
from chassis.postgres.database import Pool
from lists_api.mirror_state.domain.mirror import MirrorRecord
from lists_api.mirror_state.domain.reports import Report

# Of an account, what happened later wins, in whatever order the events come; of one moment, the later delivery.
#
# Trakt's ids are unique, so another list that still has one has lost it: Trakt's list was made anew, or a simulator was
# restarted without its state. A report that is too old to be recorded takes nothing away. What is taken away is free
# before it is recorded: that is why `freed` is read.
#
# Lists whose Trakt lists are gone with the account are mirrored anew when one is connected: they are pending.
# What is in sync without one is in the watchlist.
#
# An older report never overwrites a newer one, and nothing overwrites "deleted". Reports of one version (failed, then
# in_sync) come in Kafka's order, and the inbox drops the second delivery of each.
RECORD: Final = f"""
WITH report AS MATERIALIZED (
    SELECT * FROM unnest(
        $3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::boolean[], $8::bigint[], $9::bigint[], $10::text[],
        $11::bigint[], $12::text[], $13::timestamptz[], $14::integer[], $15::integer[],
        $16::integer[], $17::integer[]
    ) WITH ORDINALITY AS report (
        event_id, user_id, at, account_state, is_vip, list_id, trakt_list_id, state,
        version, reason, retry_at, not_found, left_out, rejected, not_removed, place
    )
),
first AS ({first_deliveries("$1", "$2", "report")}
),
news AS (SELECT report.* FROM report JOIN first USING (event_id)),
told AS (
    INSERT INTO trakt_account (user_id, state, at, revision, is_vip)
    SELECT DISTINCT ON (user_id) user_id, account_state, news.at, 1, (
        SELECT vip.is_vip FROM news AS vip
        WHERE vip.user_id = news.user_id AND vip.is_vip IS NOT NULL AND vip.at >= coalesce(known.at, '-infinity')
        ORDER BY vip.at DESC, vip.place DESC LIMIT 1
    )
    FROM news LEFT JOIN trakt_account AS known USING (user_id)
    WHERE account_state IS NOT NULL
    ORDER BY user_id, news.at DESC, place DESC
    ON CONFLICT (user_id) DO UPDATE
    SET state = excluded.state, at = excluded.at, is_vip = coalesce(excluded.is_vip, trakt_account.is_vip),
        revision = trakt_account.revision + (trakt_account.state <> excluded.state)::integer
    WHERE trakt_account.at <= excluded.at
),
freed AS (
    UPDATE mirror SET trakt_list_id = NULL, revision = mirror.revision + 1
    FROM news
    WHERE mirror.trakt_list_id = news.trakt_list_id AND mirror.list_id <> news.list_id
        AND NOT EXISTS (
            SELECT FROM mirror AS own
            WHERE own.list_id = news.list_id AND (own.version > news.version OR own.state = 'deleted')
        )
    RETURNING mirror.list_id, news.list_id AS taker, news.trakt_list_id
),
taken_down AS (
    UPDATE mirror SET trakt_list_id = NULL, state = 'pending', reason = NULL, retry_at = NULL, at = news.at,
        revision = mirror.revision + 1
    FROM unnest($18::uuid[], $19::bigint[]) AS gone (event_id, list_id)
    JOIN news USING (event_id)
    JOIN list ON list.list_id = gone.list_id AND list.user_id = news.user_id
    WHERE mirror.list_id = gone.list_id AND mirror.at <= news.at AND mirror.state NOT IN ('deleted', 'detached')
    RETURNING mirror.list_id
),
recorded AS (
    INSERT INTO mirror (
        list_id, trakt_list_id, state, version, reason, retry_at, at, not_found, left_out, rejected, not_removed,
        revision
    )
    SELECT list_id, trakt_list_id, state, news.version, reason, retry_at, at, not_found, left_out,
        rejected, not_removed, 1
    FROM news JOIN list USING (list_id, user_id), (SELECT count(*) FROM freed) AS freed
    WHERE state IS NOT NULL
    ORDER BY list_id
    ON CONFLICT (list_id) DO UPDATE
    SET trakt_list_id = CASE WHEN excluded.state IN ('pending', 'failed')
                             THEN coalesce(excluded.trakt_list_id, mirror.trakt_list_id)
                             WHEN excluded.state = 'in_sync' THEN excluded.trakt_list_id END,
        state = excluded.state, version = excluded.version, reason = excluded.reason, retry_at = excluded.retry_at,
        at = excluded.at, not_found = excluded.not_found, left_out = excluded.left_out,
        rejected = excluded.rejected, not_removed = excluded.not_removed, revision = mirror.revision + 1
    WHERE mirror.version <= excluded.version AND mirror.state <> 'deleted'
    RETURNING list_id
)
SELECT ARRAY(SELECT list_id FROM recorded UNION ALL SELECT list_id FROM taken_down) AS recorded,
    ARRAY(SELECT jsonb_build_array(list_id, taker, trakt_list_id) FROM freed) AS moved,
    ARRAY(
        SELECT extract(epoch FROM news.at - list_version.at)::double precision
        FROM news JOIN recorded USING (list_id)
        JOIN list_version ON list_version.list_id = news.list_id AND list_version.version = news.version
        WHERE news.state = 'in_sync' AND NOT EXISTS (
            SELECT FROM mirror AS before
            WHERE before.list_id = news.list_id AND before.version = news.version AND before.state = 'in_sync'
        )
    ) AS delays"""  # noqa: S608 - our own text

_NOTHING: Final = MirrorRecord()


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of reports.

    Args:
        recorded: lists whose mirror is as reported now. A list is missing when a newer report was stored before, or
            when the user has no such list.
        moved: lists that had a Trakt list which is another's now, with that other list and the Trakt list.
        delays: of each list whose newest edit is on Trakt now: seconds from the one to the other.
    """

    recorded: list[int]
    moved: list[tuple[int, int, int]]
    delays: list[float]


async def record(pool: Pool, reports: Sequence[Report], *, group: str, now: datetime) -> Stored:
    """Store the reports whose events the inbox does not know, in one transaction.

    Args:
        reports: of different events, lists and Trakt lists, in their order.
        group: the consumer group, under which the inbox knows the events.

    Raises:
        asyncpg.CardinalityViolationError: a report takes a Trakt list from a list of which another one reports. Nothing
            is stored; one by one they can be.
    """
    records = [report.record or _NOTHING for report in reports]
    taken_down = [(report.event_id, list_id) for report in reports for list_id in report.taken_down]
    row = await pool.fetchrow(
        RECORD,
        group,
        now,
        [report.event_id for report in reports],
        [report.user_id for report in reports],
        [report.at for report in reports],
        [report.account_state for report in reports],
        [report.is_vip for report in reports],
        [report.list_id for report in reports],
        [record.trakt_list_id for record in records],
        [None if report.record is None else report.record.state for report in reports],
        [record.version for record in records],
        [record.reason for record in records],
        [record.retry_at for record in records],
        [record.not_found for record in records],
        [record.left_out for record in records],
        [record.rejected for record in records],
        [record.not_removed for record in records],
        [event_id for event_id, _ in taken_down],
        [list_id for _, list_id in taken_down],
    )
    assert row is not None  # noqa: S101 - the statement returns one row
    return Stored(row["recorded"], [tuple(one) for one in row["moved"]], row["delays"])
