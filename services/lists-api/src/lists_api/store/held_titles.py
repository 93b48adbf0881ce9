"""The titles that a run which waits for its owner would take off its list, and would put on it."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.items import Differences
from lists_api.store.items import title_columns
from watchbuddy_contracts import Title

HeldChange = Literal["leaves", "comes"]

INSERT_HELD_TITLES: Final = """
INSERT INTO held_title (run_id, change, place, media_type, trakt, tmdb, imdb)
SELECT $1, $2, place, media_type, trakt, tmdb, imdb
FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[])
    WITH ORDINALITY AS title (media_type, trakt, tmdb, imdb, place)"""


async def insert_held_titles(connection: Connection, run_id: UUID, would: Differences) -> None:
    """Keep what a run would do. They go with the run."""
    changes: dict[HeldChange, Sequence[Title]] = {"leaves": would.leaves, "comes": would.comes}
    for change, titles in changes.items():
        await connection.execute(INSERT_HELD_TITLES, run_id, change, *title_columns(titles))


READ_HELD_TITLES: Final = """
WITH own AS (
    SELECT run_id AS own_id, sync_run.state = 'held' AS is_held FROM sync_run JOIN list USING (list_id)
    WHERE list_id = $1 AND run_id = $2 AND user_id = $3 AND deleted_at IS NULL
)
SELECT (SELECT count(*) FROM held_title WHERE run_id = own_id AND change = $4 AND is_held) AS count, title.*
FROM own LEFT JOIN LATERAL (
    SELECT media_type, trakt, tmdb, imdb FROM held_title
    WHERE run_id = own_id AND change = $4 AND is_held ORDER BY place LIMIT $5 OFFSET $6
) AS title ON true"""


async def read_held_titles(
    pool: Pool, list_id: int, run_id: UUID, change: HeldChange, *, user_id: str, limit: int, offset: int
) -> tuple[list[Title], int] | None:
    """Return a page of the titles that a run of the user's list would change so, and how many there are.

    None: there is no such run. One that does not wait for its owner has none.
    """
    rows = await pool.fetch(READ_HELD_TITLES, list_id, run_id, user_id, change, limit, offset)
    if not rows:
        return None
    titles = [Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"]) for row in rows if row["media_type"]]
    return titles, rows[0]["count"]
