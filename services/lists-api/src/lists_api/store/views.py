"""Reading lists. Each function runs one statement, so that no reader sees half an edit."""

from operator import itemgetter
from typing import Final

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.source import ListSource
from lists_api.lists.domain.summary import ListSummary
from lists_api.mirror_state.domain.mirror import MirrorRecord, TraktAccount
from lists_api.store import properties
from lists_api.store.accounts import account_of
from watchbuddy_contracts import Title

SUMMARY: Final = f"""
    list.list_id, {properties.READ}, list.version, item_count, created_at, updated_at,
    CASE run_state WHEN 'running' THEN 'syncing' WHEN 'queued' THEN 'queued' ELSE status END AS status,
    next_sync_at, last_sync_at,
    run_revision + coalesce((run_state = 'running')::integer, 0) AS run_revision,
    trakt_list_id, mirror.state, mirror.version AS mirror_version, reason, retry_at, mirror.at,
    not_found, left_out, rejected, not_removed, mirror.revision,
    trakt_account.state AS account_state, trakt_account.revision AS account_revision, is_vip, source"""
# The status is that of the last run, unless another one is on its way.
REST: Final = """
    LEFT JOIN mirror USING (list_id) LEFT JOIN trakt_account USING (user_id)
    LEFT JOIN (SELECT list_id, state AS run_state FROM sync_run WHERE state IN ('queued', 'running')) AS unfinished
    USING (list_id)"""

READ_LIST: Final = f"""
SELECT {SUMMARY}
FROM list {REST}
WHERE list.list_id = $1 AND user_id = $2 AND deleted_at IS NULL"""  # noqa: S608 - a constant of this module


async def read_list(pool: Pool, list_id: int, *, user_id: str) -> ListSummary | None:
    """Return the user's list; None: the user has no such list."""
    row = await pool.fetchrow(READ_LIST, list_id, user_id)
    return None if row is None else summary_of(row)


READ_LISTS: Final = f"""
WITH own AS (
    SELECT list_id FROM list LEFT JOIN mirror USING (list_id)
    WHERE user_id = $1 AND deleted_at IS NULL
      AND ($2::boolean IS NULL OR coalesce(trakt_list_id IS NOT NULL OR mirror.state = 'in_sync', false) = $2)
), page AS (
    SELECT list_id FROM own ORDER BY list_id DESC LIMIT $3 OFFSET $4
)
SELECT (SELECT count(*) FROM own) AS total, {SUMMARY}
FROM (SELECT) AS always LEFT JOIN (page JOIN list USING (list_id) {REST}) ON true
ORDER BY list.list_id DESC"""  # noqa: S608 - a constant of this module


async def read_lists(
    pool: Pool, *, user_id: str, mirrored: bool | None, limit: int, offset: int
) -> tuple[list[ListSummary], int]:
    """Return a page of the user's lists, newest first, and how many lists there are.

    `mirrored` selects lists that are on Trakt (True) or not (False); None: all.
    """
    rows = await pool.fetch(READ_LISTS, user_id, mirrored, limit, offset)
    account = account_of(rows[0])  # one user's: it is the same in all rows
    return [summary_of(row, account) for row in rows if row["list_id"] is not None], rows[0]["total"]


COUNT_LISTS: Final = """
SELECT (SELECT count(*) FROM list WHERE list.user_id = $1 AND deleted_at IS NULL) AS count,
       state AS account_state, revision AS account_revision, is_vip
FROM (SELECT) AS always LEFT JOIN trakt_account ON trakt_account.user_id = $1"""


async def count_lists(connection: Connection, user_id: str) -> tuple[int, TraktAccount]:
    """Return how many lists the user has, and the user's account."""
    row = await connection.fetchrow(COUNT_LISTS, user_id)
    assert row is not None, "there is always a row"  # noqa: S101
    return row["count"], account_of(row)


READ_EXCLUSIONS_PAGE: Final = """
SELECT (SELECT count(*) FROM list_exclusion WHERE list_id = $1) AS total, media_type, trakt, tmdb, imdb
FROM list
LEFT JOIN LATERAL (
    SELECT position, media_type, trakt, tmdb, imdb FROM list_exclusion
    WHERE list_id = list.list_id ORDER BY position LIMIT $3 OFFSET $4
) AS item ON true
WHERE list.list_id = $1 AND list.user_id = $2 AND list.deleted_at IS NULL
ORDER BY item.position"""


async def read_exclusions(
    pool: Pool, list_id: int, *, user_id: str, limit: int, offset: int
) -> tuple[list[Title], int] | None:
    """Return a page of the titles that are kept out of the user's list, and how many there are; None: no such list."""
    rows = await pool.fetch(READ_EXCLUSIONS_PAGE, list_id, user_id, limit, offset)
    if not rows:
        return None
    return [Title(row[1], row[2], row[3], row[4]) for row in rows if row[1] is not None], rows[0]["total"]


_MADE: Final = ("mirror", "filters", "source", "mirrored", "account")
_columns: Final = itemgetter(*(name for name in ListSummary._fields if name not in _MADE))
"""Returns the fields that are columns as they are. They come first in the summary."""


def source_of(row: asyncpg.Record) -> ListSource | None:
    """Return where the list in a row came from; None: it was made here."""
    return None if row["source"] is None else ListSource(**row["source"])


def summary_of(row: asyncpg.Record, account: TraktAccount | None = None) -> ListSummary:
    """Return the list in a row of `SUMMARY`. Args: account: its owner's, where it is known already."""
    account = account_of(row) if account is None else account
    mirrored = _UNREPORTED if row["state"] is None else _mirror_record(row)
    made = properties.mirror_of(row), properties.filters_of(row), source_of(row), mirrored, account
    return ListSummary._make((*_columns(row), *made))


_UNREPORTED: Final = MirrorRecord()


def _mirror_record(row: asyncpg.Record) -> MirrorRecord:
    return MirrorRecord(
        trakt_list_id=row["trakt_list_id"],
        state=row["state"],
        version=row["mirror_version"],
        reason=row["reason"],
        retry_at=row["retry_at"],
        at=row["at"],
        not_found=row["not_found"],
        left_out=row["left_out"],
        rejected=row["rejected"],
        not_removed=row["not_removed"],
        revision=row["revision"],
    )
