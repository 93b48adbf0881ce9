"""What the tables have of a user, in the order in which it is deleted: what a list has goes with the list."""

from typing import Final

from chassis.personal import PersonalTable
from chassis.postgres.database import Connection, count_of

_OF_LIST: Final = "list_id IN (SELECT list.list_id FROM list WHERE list.user_id = $1)"
_OF_RUN: Final = f"run_id IN (SELECT run_id FROM sync_run WHERE {_OF_LIST})"  # noqa: S608 - our own text

TABLES: Final = (
    PersonalTable("trakt_import"),
    PersonalTable("list"),
    PersonalTable("list_item", _OF_LIST),
    PersonalTable("list_exclusion", _OF_LIST),
    PersonalTable("list_version", _OF_LIST),
    PersonalTable("mirror", _OF_LIST),
    PersonalTable("sync_run", _OF_LIST),
    PersonalTable("held_title", _OF_RUN),
    PersonalTable("feed", _OF_LIST, secrets=("token_hash",)),
    PersonalTable("rating"),
    PersonalTable("watched"),
    PersonalTable("unwatched"),
    PersonalTable("history_report"),
    PersonalTable("trakt_account"),
    PersonalTable("use_count"),
    PersonalTable("idempotency_key", is_exported=False),
    PersonalTable("login_link", secrets=("code_hash", "sealed_token")),
    PersonalTable("session", secrets=("key_hash", "sealed_token", "sealed_refresh_token")),
    PersonalTable("outbox_rejected", "key = convert_to($1, 'UTF8')", is_exported=False),
)
OF_EVENTS: Final = frozenset({"watched", "unwatched", "history_report", "trakt_account"})
"""What trakt-sync's events alone write."""

# A list is made under the first lock, and changed under its row's, so that a change comes before the deletion or after.
LOCK_USER: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
LOCK_LISTS: Final = "SELECT list_id FROM list WHERE user_id = $1 ORDER BY list_id FOR UPDATE"


async def delete_all(connection: Connection, user_id: str) -> bool:
    """Delete everything of a user, in the caller's transaction; return whether there was anything."""
    await connection.execute(LOCK_USER, user_id)
    await connection.fetch(LOCK_LISTS, user_id)
    deleted = [count_of(await connection.execute(table.delete, user_id)) for table in TABLES]
    return any(deleted)


async def delete_reported(connection: Connection, user_id: str) -> None:
    """Delete what trakt-sync has told of a user, in the caller's transaction."""
    for table in TABLES:
        if table.name in OF_EVENTS:
            await connection.execute(table.delete, user_id)
