"""Lists that come from Trakt."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from chassis.postgres.database import Connection, Pool
from lists_api.imports.domain.trakt import ImportReason, TraktImport, TraktReference

_FORGOTTEN_AFTER: Final = timedelta(days=2)
"""An import without an answer for so long is not waited for: trakt-sync gives it up after a day."""

_COLUMNS: Final = (
    "import_id, owner, trakt_list, trakt_import.list_type, state, requested_at, finished_at, reason, detail, retry_at,"
    " CASE WHEN deleted_at IS NULL THEN trakt_import.list_id END AS list_id, left_out"
)

# An import whose list was deleted is none any more: the list can be imported again.
FIND_IMPORT: Final = f"""
SELECT {_COLUMNS}
FROM trakt_import LEFT JOIN list USING (list_id)
WHERE trakt_import.user_id = $1 AND owner = $2 AND trakt_list = $3
  AND ((state = 'pending' AND requested_at > $4) OR (state = 'succeeded' AND list.list_id IS NOT NULL
       AND deleted_at IS NULL))
ORDER BY requested_at DESC, import_id LIMIT 1"""  # noqa: S608 - a constant


async def find_import(
    connection: Connection, user_id: str, reference: TraktReference, *, now: datetime
) -> TraktImport | None:
    """Return the user's import of that list which goes on, or whose list is still there; None: there is none."""
    since = now - _FORGOTTEN_AFTER
    row = await connection.fetchrow(FIND_IMPORT, user_id, reference.owner, reference.trakt_list, since)
    return None if row is None else _import(row)


COUNT_PENDING: Final = """
SELECT count(*) FROM trakt_import WHERE user_id = $1 AND state = 'pending' AND requested_at > $2"""


async def count_pending(connection: Connection, user_id: str, *, now: datetime) -> int:
    """Return how many of the user's imports go on."""
    count: int = await connection.fetchval(COUNT_PENDING, user_id, now - _FORGOTTEN_AFTER)
    return count


READ_PENDING: Final = f"""
SELECT trakt_import.user_id, {_COLUMNS} FROM trakt_import LEFT JOIN list USING (list_id)
WHERE state = 'pending' AND requested_at > $1 ORDER BY requested_at, import_id FOR UPDATE OF trakt_import
"""  # noqa: S608 - a constant


async def read_pending(connection: Connection, *, now: datetime) -> list[tuple[str, TraktImport]]:
    """Return all users' imports that go on, each with its user, locked until the transaction ends."""
    rows = [dict(row) for row in await connection.fetch(READ_PENDING, now - _FORGOTTEN_AFTER)]
    return [(row.pop("user_id"), _import(row)) for row in rows]


FIND_MIRRORED: Final = """
SELECT list_id FROM mirror JOIN list USING (list_id)
WHERE trakt_list_id = $2 AND user_id = $1 AND deleted_at IS NULL"""


async def find_mirrored(connection: Connection, user_id: str, trakt_list_id: int) -> int | None:
    """Return the user's list whose mirror this Trakt list is; None: it is none's."""
    list_id: int | None = await connection.fetchval(FIND_MIRRORED, user_id, trakt_list_id)
    return list_id


INSERT_IMPORT: Final = """
INSERT INTO trakt_import (import_id, user_id, owner, trakt_list, list_type, state, requested_at)
VALUES ($1, $2, $3, $4, $5, 'pending', $6)"""


async def insert_import(connection: Connection, new: TraktImport, *, user_id: str) -> None:
    """Store an import that begins."""
    reference = new.reference
    await connection.execute(
        INSERT_IMPORT,
        new.import_id,
        user_id,
        reference.owner,
        reference.trakt_list,
        new.list_type,
        new.requested_at,
    )


READ_IMPORT: Final = f"""
SELECT {_COLUMNS} FROM trakt_import LEFT JOIN list USING (list_id)
WHERE import_id = $1 AND trakt_import.user_id = $2"""  # noqa: S608 - a constant


async def read_import(pool: Pool, import_id: UUID, *, user_id: str) -> TraktImport | None:
    """Return the user's import; None: the user has no such import."""
    row = await pool.fetchrow(READ_IMPORT, import_id, user_id)
    return None if row is None else _import(row)


LOCK_IMPORT: Final = """
SELECT import_id, owner, trakt_list, list_type, state, requested_at, finished_at, reason, detail, retry_at, list_id,
       left_out
FROM trakt_import WHERE import_id = $1 AND user_id = $2 FOR UPDATE"""


async def lock_import(connection: Connection, import_id: UUID, *, user_id: str) -> TraktImport | None:
    """Lock the user's import and return it; None: the user has no such import."""
    row = await connection.fetchrow(LOCK_IMPORT, import_id, user_id)
    return None if row is None else _import(row)


FIND_IMPORTED: Final = """
SELECT list_id FROM trakt_import JOIN list USING (list_id)
WHERE trakt_import.user_id = $1 AND trakt_list_id = $2 AND state = 'succeeded' AND deleted_at IS NULL
ORDER BY requested_at LIMIT 1"""


async def find_imported(connection: Connection, user_id: str, trakt_list_id: int) -> int | None:
    """Return the user's list that was made of this Trakt list; None: there is none any more."""
    list_id: int | None = await connection.fetchval(FIND_IMPORTED, user_id, trakt_list_id)
    return list_id


SUCCEED: Final = """
UPDATE trakt_import
SET state = 'succeeded', list_id = $2, trakt_list_id = $3, left_out = $4, finished_at = $5,
    reason = NULL, detail = NULL, retry_at = NULL
WHERE import_id = $1"""


async def succeed(
    connection: Connection,
    import_id: UUID,
    *,
    list_id: int,
    trakt_list_id: int,
    left_out: dict[str, int],
    now: datetime,
) -> None:
    """Store which list came of an import."""
    await connection.execute(SUCCEED, import_id, list_id, trakt_list_id, left_out, now)


FAIL: Final = """
UPDATE trakt_import
SET state = CASE WHEN $4::timestamptz IS NULL THEN 'failed' ELSE 'pending' END, reason = $2, detail = $3,
    retry_at = $4, finished_at = CASE WHEN $4::timestamptz IS NULL THEN $5::timestamptz END
WHERE import_id = $1"""


async def fail(
    connection: Connection,
    import_id: UUID,
    reason: ImportReason,
    *,
    detail: str | None,
    retry_at: datetime | None,
    now: datetime,
) -> None:
    """Store why an import failed, or what it waits for until `retry_at`."""
    await connection.execute(FAIL, import_id, reason, detail, retry_at, now)


def _import(row: asyncpg.Record | dict[str, Any]) -> TraktImport:
    values = dict(row)
    reference = TraktReference(values.pop("owner"), values.pop("trakt_list"))
    return TraktImport(reference=reference, **values)
