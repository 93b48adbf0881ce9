"""The last versions of each list."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.versions import KEPT, Row, Version
from watchbuddy_contracts import Title

COUNT: Final = 9
"""How many parameters a version is."""


def inserting(first: int, *, where: str) -> str:
    """Return the parts of a `WITH` that store a version of list $1, and delete the one that is too old by now.

    Args:
        first: its parameters are `to_parameters`, from $first on.
        where: a condition; without it nothing is done.
    """
    version, *others = (f"${first + place}" for place in range(COUNT))
    return f"""
outdated AS (
    DELETE FROM list_version WHERE list_id = $1 AND version <= {version}::bigint - {KEPT} AND {where}
), new_version AS (
    INSERT INTO list_version (list_id, version, cause, changed, title, item_count, inserted, deleted, run_id, at)
    SELECT $1, {version}, {", ".join(others)} WHERE {version} IS NOT NULL AND {where}
)"""  # noqa: S608 - numbers of parameters and a constant


def to_parameters(new: Version | None) -> tuple[Any, ...]:
    """Return the parameters of `inserting`; None: nothing is stored."""
    if new is None:
        return (None,) * COUNT
    return (
        new.version,
        new.cause,
        new.changed,
        new.title,
        new.item_count,
        [_value(row) for row in new.inserted],
        [_value(row) for row in new.deleted],
        new.run_id,
        new.at,
    )


READ_VERSIONS: Final = """
SELECT list_version.version, cause, changed, list_version.title, list_version.item_count, inserted, deleted, run_id, at
FROM list_version JOIN list USING (list_id)
WHERE list_id = $1 AND user_id = $2 AND deleted_at IS NULL
ORDER BY list_version.version DESC"""


async def read_versions(connection: "Connection | Pool", list_id: int, *, user_id: str) -> list[Version]:
    """Return what is known of the versions of the user's list, the newest first."""
    return [_version(row) for row in await connection.fetch(READ_VERSIONS, list_id, user_id)]


HAS_LIST: Final = "SELECT EXISTS (SELECT FROM list WHERE list_id = $1 AND user_id = $2 AND deleted_at IS NULL)"


async def has_list(pool: Pool, list_id: int, *, user_id: str) -> bool:
    """Return whether the user has the list. One that was made before versions were kept has none until it changes."""
    has: bool = await pool.fetchval(HAS_LIST, list_id, user_id)
    return has


def _value(row: Row) -> list[Any]:
    return [row.position, *row.title, row.is_pinned]


def _rows(values: Sequence[Sequence[Any]]) -> tuple[Row, ...]:
    return tuple(Row(position, Title(*title), is_pinned) for position, *title, is_pinned in values)


def _version(row: asyncpg.Record) -> Version:
    return Version(
        version=row["version"],
        cause=row["cause"],
        changed=tuple(row["changed"]),
        title=row["title"],
        item_count=row["item_count"],
        inserted=_rows(row["inserted"]),
        deleted=_rows(row["deleted"]),
        run_id=row["run_id"],
        at=row["at"],
    )
