"""SQL of `ledger`: what each Trakt list holds, in its order (row_id ascending)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection
from trakt_sync.mirroring.ledger import Entry, LedgerChange
from watchbuddy_contracts import Title

# Titles that Trakt did not know are forgotten after a while, and so tried again. They come last: an id that a title on
# the list has too means that one.
LOAD: Final = """
WITH expired AS (DELETE FROM ledger WHERE mirror_id = $1 AND state = 'not_found' AND noted_at < $2)
SELECT row_id, media_type, trakt, tmdb, imdb, state, list_item_id FROM ledger
WHERE mirror_id = $1 AND (state <> 'not_found' OR noted_at >= $2)
ORDER BY state = 'not_found', row_id"""
DROP: Final = "DELETE FROM ledger WHERE mirror_id = $1 AND row_id = ANY($2::bigint[])"
DROP_OTHERS: Final = "DELETE FROM ledger WHERE mirror_id = $1 AND row_id <> ALL($2::bigint[])"
UNCONFIRM: Final = "UPDATE ledger SET state = 'unconfirmed' WHERE mirror_id = $1 AND row_id = ANY($2::bigint[])"
LEARN: Final = """
UPDATE ledger SET trakt = learned.trakt, tmdb = learned.tmdb, imdb = learned.imdb
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) AS learned (row_id, trakt, tmdb, imdb)
WHERE ledger.mirror_id = $1 AND ledger.row_id = learned.row_id"""
APPEND: Final = """
INSERT INTO ledger (mirror_id, media_type, trakt, tmdb, imdb, state, list_item_id, noted_at)
SELECT $1, media_type, trakt, tmdb, imdb, state, list_item_id, $8
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
    WITH ORDINALITY AS entry (media_type, trakt, tmdb, imdb, state, list_item_id, position)
ORDER BY position"""


async def load(connection: Connection, mirror_id: int, known_since: datetime) -> tuple[Entry, ...]:
    """Return a mirror's ledger. Titles that Trakt did not know before `known_since` are forgotten."""
    rows = await connection.fetch(LOAD, mirror_id, known_since)
    return tuple(
        Entry(
            Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"]),
            row["state"],
            row["row_id"],
            row["list_item_id"],
        )
        for row in rows
    )


async def save(connection: Connection, mirror_id: int, change: LedgerChange, now: datetime) -> None:
    """Save a step's change of a ledger, in the caller's transaction."""
    if change.is_empty:
        return
    if change.replace is not None:
        # Titles that Trakt does not know keep their time. Their position among the others means nothing.
        unknown = {entry.row_id for entry in change.replace if entry.state == "not_found"} - {None}
        await connection.execute(DROP_OTHERS, mirror_id, list(unknown))
        await _append(connection, mirror_id, [entry for entry in change.replace if entry.row_id not in unknown], now)
        return
    if change.drop:
        await connection.execute(DROP, mirror_id, change.drop)
    if change.unconfirm:
        await connection.execute(UNCONFIRM, mirror_id, change.unconfirm)
    if change.learn:
        titles = [title for _, title in change.learn]
        await connection.execute(LEARN, mirror_id, [row_id for row_id, _ in change.learn], *_ids(titles))
    await _append(connection, mirror_id, change.append, now)


async def _append(connection: Connection, mirror_id: int, entries: Sequence[Entry], now: datetime) -> None:
    if not entries:
        return
    titles = [entry.title for entry in entries]
    await connection.execute(
        APPEND,
        mirror_id,
        [title.media_type for title in titles],
        *_ids(titles),
        [entry.state for entry in entries],
        [entry.list_item_id for entry in entries],
        now,
    )


def _ids(titles: Sequence[Title]) -> tuple[list[int | None], list[int | None], list[str | None]]:
    return (
        [title.trakt for title in titles],
        [title.tmdb for title in titles],
        [title.imdb for title in titles],
    )
