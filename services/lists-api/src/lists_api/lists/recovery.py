"""Lists of a database that was restored, brought up to what the topic knows of them."""

from datetime import UTC, datetime
from typing import Final, Literal

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from lists_api.lists.domain.changes import Change
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.recovered import new_list, recovered
from lists_api.lists.domain.rows import row_edit
from lists_api.lists.domain.schedule import Schedule, after_edit
from lists_api.lists.domain.versioning import version_of
from lists_api.store import edits, states
from lists_api.store import lists as store
from lists_api.store.edits import Edit
from lists_api.store.states import NewestEvent, StoredList
from watchbuddy_contracts import EventHeaders, ListDeleted, ListState, ListSynced, ListUpdated

NO_EVENTS: Final = outbox.to_parameters((), (), source="", now=datetime.min.replace(tzinfo=UTC))
Outcome = Literal["made", "changed", "deleted", "known"]


async def recover(pool: Pool, headers: EventHeaders, event: ListState | ListDeleted) -> Outcome:
    """Make the list what the event says, if that is news, as if it had been done here; nothing is sent.

    Events of a list may come in any order, and again.
    """
    # Of a run there is no row, and without it its event cannot be made once more: the state is sent as an edit's.
    ce_type = ListUpdated.ce_type if headers.ce_type == ListSynced.ce_type else headers.ce_type
    newest = headers.event_id, ce_type
    async with pool.acquire() as connection, connection.transaction():
        await store.lock_user(connection, event.user_id)
        await store.skip_list_ids(connection, event.list_id)
        before = await states.lock_list(connection, event.list_id, user_id=None)
        if before is None:
            await _make(connection, new_list(event), newest, headers.time)
            if isinstance(event, ListState):
                return "made"
            before = await states.lock_list(connection, event.list_id, user_id=None)
            assert before is not None, "it was just made"  # noqa: S101
        after = recovered(before.state, event)
        if after is None:
            return "known"
        await _change(connection, before, after, newest, headers.time)
        return "deleted" if after.is_deleted else "changed"


async def _make(connection: Connection, new: MediaList, newest: NewestEvent, at: datetime) -> None:
    await store.insert_list(
        connection, new, Schedule(), newest=newest, configuration=None, most=None, events=NO_EVENTS, now=at
    )


async def _change(
    connection: Connection, before: StoredList, after: MediaList, newest: NewestEvent, at: datetime
) -> None:
    rows = row_edit(before.rows, after.items, after.pins)
    version = None if after.is_deleted else version_of(before.state, Change(after), rows, at=at)
    schedule = after_edit(before.state, after, before.schedule, now=at)
    configuration = None if after.is_deleted else before.configuration
    edit = Edit(after, rows, schedule, configuration, version)
    await edits.write_edit(connection, before, edit, newest=newest, events=NO_EVENTS, now=at)
