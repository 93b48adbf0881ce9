"""SQL of erasing a user: what is of them goes, or bears a pseudonym until their lists are gone from Trakt."""

from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool
from trakt_sync.store.leaving import ON_TRAKT
from watchbuddy_contracts import PSEUDONYM

STATE: Final = "SELECT state FROM account WHERE user_id = $1 FOR UPDATE"
LEFT: Final = f"""
SELECT count(*) FROM mirror JOIN desired_list USING (list_id) WHERE desired_list.user_id = $1 AND {ON_TRAKT}"""  # noqa: S608
DELETE_IMPORTS: Final = "DELETE FROM list_import WHERE user_id = $1"
DELETE_REJECTED: Final = "DELETE FROM outbox_rejected WHERE key = convert_to($1, 'UTF8')"
DELETE_LISTS: Final = "DELETE FROM desired_list WHERE user_id = $1"
DELETE_ACCOUNT: Final = "DELETE FROM account WHERE user_id = $1"

# Whoever has the account's lease holds it under the other id: they record nothing any more.
RENAME_ACCOUNT: Final = "UPDATE account SET user_id = $2 WHERE user_id = $1"
RENAME_LISTS: Final = "UPDATE desired_list SET user_id = $2 WHERE user_id = $1"
RENAME_QUEUE: Final = "UPDATE work_queue SET user_id = $2 WHERE user_id = $1"
# They are events of the user's.
DELETE_RESULTS: Final = """
DELETE FROM last_result USING desired_list
WHERE last_result.list_id = desired_list.list_id AND desired_list.user_id = $1"""

OVERDUE: Final = f"SELECT user_id FROM account WHERE user_id LIKE '{PSEUDONYM}%' AND leaving_at < $1"  # noqa: S608


async def state(connection: Connection, user_id: str) -> str | None:
    """Lock a user's account and return its state; None: nothing is known of the user."""
    found: str | None = await connection.fetchval(STATE, user_id)
    return found


async def left(connection: Connection, user_id: str) -> int:
    """Return how many mirrors of the user's lists are on Trakt, on whatever account."""
    count: int = await connection.fetchval(LEFT, user_id)
    return count


async def delete_imports(connection: Connection, user_id: str) -> None:
    """Delete what lists of Trakt the user had read, and events of theirs that Kafka refused."""
    await connection.execute(DELETE_IMPORTS, user_id)
    await connection.execute(DELETE_REJECTED, user_id)


async def delete_lists(connection: Connection, user_id: str) -> None:
    """Delete what is known of the user's lists."""
    await connection.execute(DELETE_LISTS, user_id)


async def delete_account(connection: Connection, user_id: str) -> None:
    """Delete the user's account, tokens and all."""
    await connection.execute(DELETE_ACCOUNT, user_id)


async def rename(connection: Connection, user_id: str, pseudonym: str) -> None:
    """Give the pseudonym all that the user has."""
    await connection.execute(RENAME_ACCOUNT, user_id, pseudonym)
    await connection.execute(DELETE_RESULTS, user_id)
    await connection.execute(RENAME_LISTS, user_id, pseudonym)
    await connection.execute(RENAME_QUEUE, user_id, pseudonym)


async def overdue(pool: Pool, until: datetime) -> list[str]:
    """Return the pseudonyms whose lists should have gone from Trakt since then."""
    return [row["user_id"] for row in await pool.fetch(OVERDUE, until)]
