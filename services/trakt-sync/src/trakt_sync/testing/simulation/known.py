"""What the engine knows of a list, as its database says."""

from collections.abc import Sequence
from typing import Final

from chassis.postgres.database import Pool
from trakt_simulator.state.lists import MediaList

IS_AT_REST: Final = """
SELECT applied_version = $2 AND pending IS NULL AND intent IS NULL AND staleness IS NULL AND reread_after IS NULL
    AND trakt_list ->> 'is_doubted' = 'false'
FROM mirror JOIN desired_list USING (list_id) JOIN account USING (user_id)
WHERE list_id = $1 AND trakt_account = coalesce(account.trakt_id, '')"""
MIRRORS: Final = "SELECT trakt_list_id FROM mirror WHERE list_id = $1"


async def is_at_rest(pool: Pool, list_id: int, version: int) -> bool:
    """Return whether the version is mirrored, and nothing of the list is under way."""
    return bool(await pool.fetchval(IS_AT_REST, list_id, version))


async def ours_of(pool: Pool, list_id: int | None, shown: Sequence[MediaList]) -> Sequence[MediaList]:
    """Return that of a list's Trakt lists which is its mirror; before any is, the first.

    A second one is deleted while it is as it was made: nobody puts anything there.
    """
    mirrors = {row["trakt_list_id"] for row in await pool.fetch(MIRRORS, list_id)}
    return [one for one in shown if one.trakt in mirrors] or shown[:1]
