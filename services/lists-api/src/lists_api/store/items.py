"""The items of a list, and the titles that are kept out of it, as parts of the statements that read and edit lists."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import asyncpg

from chassis.postgres.database import Connection
from lists_api.lists.domain.rows import RowEdit
from lists_api.lists.domain.versions import Row
from watchbuddy_contracts import Title

COLUMNS: Final = """
    item.positions, item.media_types, item.trakt_ids, item.tmdb_ids, item.imdb_ids, item.are_pinned,
    exclusion.media_types AS out_media_types, exclusion.trakt_ids AS out_trakt_ids,
    exclusion.tmdb_ids AS out_tmdb_ids, exclusion.imdb_ids AS out_imdb_ids"""
"""What `JOINS` adds to a row of `list`: an array for each column."""
JOINS: Final = """
    CROSS JOIN LATERAL (
        SELECT array_agg(position) AS positions, array_agg(media_type) AS media_types, array_agg(trakt) AS trakt_ids,
               array_agg(tmdb) AS tmdb_ids, array_agg(imdb) AS imdb_ids, array_agg(is_pinned) AS are_pinned
        FROM (SELECT * FROM list_item WHERE list_item.list_id = list.list_id ORDER BY position) AS one
    ) AS item
    CROSS JOIN LATERAL (
        SELECT array_agg(media_type) AS media_types, array_agg(trakt) AS trakt_ids,
               array_agg(tmdb) AS tmdb_ids, array_agg(imdb) AS imdb_ids
        FROM (SELECT * FROM list_exclusion
              WHERE list_exclusion.list_id = list.list_id AND list.list_type = 'custom' ORDER BY position) AS one
    ) AS exclusion"""


def rows_of(row: asyncpg.Record) -> tuple[Row, ...]:
    """Return the rows of a list's items, in order."""
    if row["positions"] is None:
        return ()
    titles = map(Title, row["media_types"], row["trakt_ids"], row["tmdb_ids"], row["imdb_ids"])
    return tuple(map(Row, row["positions"], titles, row["are_pinned"]))


def exclusions_of(row: asyncpg.Record) -> tuple[Title, ...]:
    """Return the titles that are kept out, in the order in which they were taken off."""
    if row["out_media_types"] is None:
        return ()
    columns = row["out_media_types"], row["out_trakt_ids"], row["out_tmdb_ids"], row["out_imdb_ids"]
    return tuple(map(Title, *columns))


EDIT_COUNT: Final = 8
"""How many parameters an edit of the items is."""


def editing(first: int, *, now: int, where: str) -> str:
    """Return the parts of a `WITH` that delete and insert items of list $1.

    A row that moves keeps what it knows beside its title. It is read as it was before the statement.

    Args:
        first: its parameters are `to_parameters`, from $first on.
        now: number of the parameter with the time.
        where: a condition; without it nothing is done.
    """
    gone, *new = (f"${first + place}" for place in range(EDIT_COUNT))
    kinds = ("integer", "text", "bigint", "bigint", "text", "boolean", "integer")
    columns = ", ".join(f"{one}::{kind}[]" for one, kind in zip(new, kinds, strict=True))
    return f"""
gone AS (
    DELETE FROM list_item WHERE list_id = $1 AND position = ANY({gone}::integer[]) AND {where} RETURNING position
), new_items AS (
    INSERT INTO list_item (list_id, position, media_type, trakt, tmdb, imdb, is_pinned, added_at, score, explanation)
    SELECT $1, new.position, new.media_type, new.trakt, new.tmdb, new.imdb, new.is_pinned,
           coalesce(old.added_at, ${now}), old.score, old.explanation
    FROM unnest({columns}) AS new (position, media_type, trakt, tmdb, imdb, is_pinned, was)
    LEFT JOIN list_item AS old ON old.list_id = $1 AND old.position = new.was
    WHERE {where} AND (SELECT count(*) FROM gone) >= 0  -- the places are free only after all deletions
)"""  # noqa: S608 - numbers of parameters and a constant


def to_parameters(edit: RowEdit) -> tuple[Any, ...]:
    """Return the parameters of `editing`."""
    was = {row.title: row.position for row in edit.delete}
    return (
        [row.position for row in edit.delete],
        [row.position for row in edit.insert],
        *title_columns(row.title for row in edit.insert),
        [row.is_pinned for row in edit.insert],
        [was.get(row.title) for row in edit.insert],
    )


def excluding(first: int, *, where: str) -> str:
    """Return the parts of a `WITH` that make the titles that are kept out of list $1 others.

    Args:
        first: its parameters are those of `title_columns`, from $first on.
        where: a condition; without it nothing is done.
    """
    return f"""
let_in AS (
    DELETE FROM list_exclusion WHERE list_id = $1 AND {where} RETURNING position
), kept_out AS (
    INSERT INTO list_exclusion (list_id, position, media_type, trakt, tmdb, imdb)
    SELECT $1, place, media_type, trakt, tmdb, imdb
    FROM unnest(${first}::text[], ${first + 1}::bigint[], ${first + 2}::bigint[], ${first + 3}::text[])
        WITH ORDINALITY AS one (media_type, trakt, tmdb, imdb, place)
    WHERE {where} AND (SELECT count(*) FROM let_in) >= 0  -- the places are free only after all deletions
)"""  # noqa: S608 - numbers of parameters and a constant


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


def title_columns(titles: Iterable[Title]) -> tuple[list[str], list[int | None], list[int | None], list[str | None]]:
    """Return media types, Trakt, TMDB and IMDb ids, as `unnest` takes them."""
    all_titles = list(titles)
    return (
        [title.media_type for title in all_titles],
        [title.trakt for title in all_titles],
        [title.tmdb for title in all_titles],
        [title.imdb for title in all_titles],
    )
