"""What users have watched, as trakt-sync reports it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection
from lists_api.store.items import title_columns
from lists_api.taste.domain.history import HistoryChange, Unwatched, Watched
from watchbuddy_contracts import Title

# The row is locked: events of a user are recorded one after the other.
BEGIN_REPORT: Final = """
INSERT INTO history_report (user_id, full_at) VALUES ($1, CASE WHEN $3 THEN $2::timestamptz END)
ON CONFLICT (user_id) DO UPDATE SET full_at = greatest(history_report.full_at, excluded.full_at)
RETURNING full_at IS NULL OR full_at <= $2"""


async def begin_report(connection: Connection, user_id: str, *, at: datetime, is_full: bool) -> bool:
    """Note an event of that time; return whether it still counts: no later one had the whole history."""
    counts: bool = await connection.fetchval(BEGIN_REPORT, user_id, at, is_full)
    return counts


READ_WATCHED: Final = """
SELECT watched_id, media_type, trakt, tmdb, imdb, last_watched_at, plays, reported_at FROM watched WHERE user_id = $1"""

READ_WATCHED_AMONG: Final = f"""
{READ_WATCHED} AND (trakt = ANY($2::bigint[]) OR tmdb = ANY($3::bigint[]) OR imdb = ANY($4::text[]))"""


async def read_watched(connection: Connection, user_id: str, among: Sequence[Title] | None) -> list[Watched]:
    """Return what the user has watched: all of it, or what shares an id with one of the titles."""
    if among is None:
        rows = await connection.fetch(READ_WATCHED, user_id)
    else:
        _, *ids = title_columns(among)
        rows = await connection.fetch(READ_WATCHED_AMONG, user_id, *ids)
    return [
        Watched(Title(row[1], row[2], row[3], row[4]), row["last_watched_at"], row["plays"], row["reported_at"], row[0])
        for row in rows
    ]


READ_UNWATCHED: Final = """
SELECT unwatched_id, media_type, trakt, tmdb, imdb, reported_at FROM unwatched WHERE user_id = $1"""


async def read_unwatched(connection: Connection, user_id: str) -> list[Unwatched]:
    """Return what events took out of the user's history."""
    rows = await connection.fetch(READ_UNWATCHED, user_id)
    return [Unwatched(Title(row[1], row[2], row[3], row[4]), row["reported_at"], row[0]) for row in rows]


DELETE_WATCHED: Final = "DELETE FROM watched WHERE watched_id = ANY($1::bigint[])"
DELETE_UNWATCHED: Final = "DELETE FROM unwatched WHERE unwatched_id = ANY($1::bigint[])"

INSERT_WATCHED: Final = """
INSERT INTO watched (user_id, media_type, trakt, tmdb, imdb, last_watched_at, plays, reported_at)
SELECT $1, media_type, trakt, tmdb, imdb, last_watched_at, plays, reported_at
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[], $7::integer[], $8::timestamptz[])
    AS title (media_type, trakt, tmdb, imdb, last_watched_at, plays, reported_at)"""

INSERT_UNWATCHED: Final = """
INSERT INTO unwatched (user_id, media_type, trakt, tmdb, imdb, reported_at)
SELECT $1, media_type, trakt, tmdb, imdb, $6
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS title (media_type, trakt, tmdb, imdb)"""


async def record_watched(connection: Connection, user_id: str, change: HistoryChange, *, at: datetime) -> None:
    """Store what an event of that time changes in the user's history."""
    await connection.execute(DELETE_WATCHED, change.deleted)
    await connection.execute(DELETE_UNWATCHED, change.forgotten)
    watched = change.inserted
    await connection.execute(
        INSERT_WATCHED,
        user_id,
        *title_columns([one.title for one in watched]),
        [one.last_watched_at for one in watched],
        [one.plays for one in watched],
        [one.reported_at for one in watched],
    )
    titles = [one.title for one in change.remembered]
    await connection.execute(INSERT_UNWATCHED, user_id, *title_columns(titles), at)
