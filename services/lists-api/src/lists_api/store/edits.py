"""Writing an edit of a list in one statement, if the list is still as it was read (decision 31).

The statement updates the list's row first: there it waits for others who write the list. Whatever else it writes, the
ids of the outbox too, depends on that. So the events of one list are sent in the order of their versions.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chassis.outbox import outbox
from chassis.postgres.database import Connection
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.rows import RowEdit
from lists_api.lists.domain.schedule import Schedule
from lists_api.lists.domain.versions import Version
from lists_api.store import items, properties, versions
from lists_api.store.states import NewestEvent, StoredList

_EDITED: Final = "EXISTS (SELECT FROM edited)"
_PROPERTIES: Final = 14
_VERSION: Final = _PROPERTIES + len(properties.COLUMNS.split(","))
_EVENTS: Final = _VERSION + versions.COUNT
_ITEMS: Final = _EVENTS + outbox.COUNT
_EXCLUSIONS: Final = _ITEMS + items.EDIT_COUNT


def _writing(*parts: str) -> str:
    """Return the statement, with parts of its `WITH` beside those that every edit has."""
    others = "".join(f", {part}" for part in parts)
    return f"""
WITH edited AS (
    UPDATE list
    SET version = $3, item_count = $4, last_event_id = $5, last_event_type = $6, updated_at = $7,
        deleted_at = CASE WHEN $8::boolean THEN $7::timestamptz END,
        status = $9, next_sync_at = $10, last_sync_at = $11, last_full_sync_at = $12, configuration = $13,
        ({properties.COLUMNS}) = ROW({properties.parameters(_PROPERTIES)})
    WHERE list_id = $1 AND list.xmin = $2::xid
    RETURNING list_id
), {versions.inserting(_VERSION, where=_EDITED)}, events AS ({outbox.appending(_EVENTS, where=_EDITED)}
){others}
SELECT {_EDITED}"""  # noqa: S608 - constants


_NEW_ITEMS: Final = items.editing(_ITEMS, now=7, where=_EDITED)
UPDATE_LIST: Final = _writing()
UPDATE_ITEMS: Final = _writing(_NEW_ITEMS)
UPDATE_EXCLUSIONS: Final = _writing(_NEW_ITEMS, items.excluding(_EXCLUSIONS, where=_EDITED))


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit makes of a list.

    Args:
        rows: what becomes of the rows of its items.
        configuration: see `store.lists.insert_list`.
        version: what changed; None: the list is deleted.
    """

    after: MediaList
    rows: RowEdit
    schedule: Schedule
    configuration: bytes | None
    version: Version | None


async def write_edit(
    connection: Connection,
    before: StoredList,
    edit: Edit,
    *,
    newest: NewestEvent,
    events: tuple[Any, ...],
    now: datetime,
) -> bool:
    """Store an edit of a list and its events. False: somebody has written the list since it was read; nothing is done.

    Args:
        before: the list as it was read.
        events: see `outbox.to_parameters`.
    """
    after, rows, schedule = edit.after, edit.rows, edit.schedule
    statement: str = UPDATE_LIST
    parameters: tuple[Any, ...] = ()
    if after.exclusions != before.state.exclusions:
        statement, parameters = UPDATE_EXCLUSIONS, (*items.to_parameters(rows), *items.title_columns(after.exclusions))
    elif rows.delete or rows.insert:
        statement, parameters = UPDATE_ITEMS, items.to_parameters(rows)
    is_written: bool = await connection.fetchval(
        statement,
        after.list_id,
        before.revision,
        after.version,
        len(after.items),
        *newest,
        now,
        after.is_deleted,
        schedule.status,
        schedule.next_sync_at,
        schedule.last_sync_at,
        schedule.last_full_sync_at,
        edit.configuration,
        *properties.to_columns(after.properties),
        *versions.to_parameters(edit.version),
        *events,
        *parameters,
    )
    return is_written
