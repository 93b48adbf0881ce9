"""The items of a locked list, and the titles that are kept out of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

from chassis.postgres.database import Connection
from lists_api.lists.domain.rows import RowEdit
from lists_api.lists.domain.versions import Row
from watchbuddy_contracts import Title

READ_ITEMS: Final = """
SELECT position, media_type, trakt, tmdb, imdb, is_pinned FROM list_item WHERE list_id = $1 ORDER BY position"""


async def read_rows(connection: Connection, list_id: int) -> tuple[Row, ...]:
    """Return the rows of a list's items, in order."""
    rows = await connection.fetch(READ_ITEMS, list_id)
    return tuple(
        Row(position, Title(media_type, trakt, tmdb, imdb), is_pinned)
        for position, media_type, trakt, tmdb, imdb, is_pinned in rows
    )


DELETE_ITEMS: Final = """
DELETE FROM list_item WHERE list_id = $1 AND position = ANY($2::integer[])
RETURNING media_type, trakt, tmdb, imdb, added_at, score, explanation"""

INSERT_ITEMS: Final = """
INSERT INTO list_item (list_id, position, media_type, trakt, tmdb, imdb, is_pinned, added_at, score, explanation)
SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[],
                         $8::timestamptz[], $9::integer[], $10::text[])"""


class _Kept(NamedTuple):
    """What a row knows beside its title. A title that moves keeps it."""

    added_at: datetime
    score: int | None = None
    explanation: str | None = None


async def edit_items(connection: Connection, list_id: int, edit: RowEdit, *, now: datetime) -> None:
    """Delete and insert items of a locked list."""
    gone: dict[Title, _Kept] = {}
    if edit.delete:
        rows = await connection.fetch(DELETE_ITEMS, list_id, [row.position for row in edit.delete])
        gone = {_title(row): _Kept(row["added_at"], row["score"], row["explanation"]) for row in rows}
    if edit.insert:
        new = _Kept(now)
        kept = [gone.get(row.title, new) for row in edit.insert]
        await connection.execute(
            INSERT_ITEMS,
            list_id,
            [row.position for row in edit.insert],
            *title_columns(row.title for row in edit.insert),
            [row.is_pinned for row in edit.insert],
            *([getattr(one, name) for one in kept] for name in _Kept._fields),
        )


EXPLAIN_ITEMS: Final = """
UPDATE list_item AS item SET score = said.score, explanation = said.explanation
FROM unnest($2::integer[], $3::integer[], $4::text[]) AS said (position, score, explanation)
WHERE item.list_id = $1 AND item.position = said.position
  AND (item.score, item.explanation) IS DISTINCT FROM (said.score, said.explanation)"""


async def explain_items(
    connection: Connection, list_id: int, said: Sequence[tuple[int, int | None, str | None]]
) -> None:
    """Store (position, score, explanation) of items, where they are not as they were."""
    if said:
        await connection.execute(EXPLAIN_ITEMS, list_id, *map(list, zip(*said, strict=True)))


READ_EXCLUSIONS: Final = """
SELECT media_type, trakt, tmdb, imdb FROM list_exclusion WHERE list_id = $1 ORDER BY position"""


async def read_exclusions(connection: Connection, list_id: int) -> tuple[Title, ...]:
    """Return the titles that are kept out, in the order in which they were taken off."""
    return tuple(map(_title, await connection.fetch(READ_EXCLUSIONS, list_id)))


REPLACE_EXCLUSIONS: Final = """
INSERT INTO list_exclusion (list_id, position, media_type, trakt, tmdb, imdb)
SELECT $1, place, media_type, trakt, tmdb, imdb
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[])
    WITH ORDINALITY AS item (media_type, trakt, tmdb, imdb, place)"""
DELETE_EXCLUSIONS: Final = "DELETE FROM list_exclusion WHERE list_id = $1"


async def replace_exclusions(connection: Connection, list_id: int, exclusions: Sequence[Title]) -> None:
    """Store the titles that are kept out."""
    await connection.execute(DELETE_EXCLUSIONS, list_id)
    if exclusions:
        await connection.execute(REPLACE_EXCLUSIONS, list_id, *title_columns(exclusions))


def title_columns(titles: Iterable[Title]) -> tuple[list[str], list[int | None], list[int | None], list[str | None]]:
    """Return media types, Trakt, TMDB and IMDb ids, as `unnest` takes them."""
    all_titles = list(titles)
    return (
        [title.media_type for title in all_titles],
        [title.trakt for title in all_titles],
        [title.tmdb for title in all_titles],
        [title.imdb for title in all_titles],
    )


def _title(row: asyncpg.Record) -> Title:
    return Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"])
