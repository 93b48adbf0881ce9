"""SQL of the watched history: how far each account's was read, and whether some list has a use for it."""

from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from chassis.postgres.database import Connection, Executor, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.mirroring.history import HistoryState

_STATE: Final = TypeAdapter(HistoryState)

STATE: Final = """
SELECT watched FROM account
WHERE user_id = $1 AND leaving_at IS NULL
    AND EXISTS (SELECT FROM desired_list WHERE desired_list.user_id = $1 AND is_present AND uses_watched)"""

SAVE: Final = "UPDATE account SET watched = $3 WHERE user_id = $1 AND lease_token = $2"

PUT_OFF: Final = "UPDATE account SET history_at = $3 WHERE user_id = $1 AND lease_token = $2"


async def wanted(pool: Pool, user_id: str) -> tuple[bool, HistoryState | None]:
    """Return whether some list of the user has a use for what they watched, and how far it was read."""
    row = await pool.fetchrow(STATE, user_id)
    if row is None:
        return False, None
    return True, None if row["watched"] is None else _STATE.validate_python(row["watched"])


async def save(connection: Connection, account: Account, state: HistoryState) -> None:
    """Save how far a claimed account's history was read, in the caller's transaction.

    Raises:
        LeaseLostError: the account has another holder.
    """
    status = await connection.execute(SAVE, account.user_id, account.lease, _STATE.dump_python(state, mode="json"))
    if status != "UPDATE 1":
        raise LeaseLostError(f"the lease of {account.user_id} is another's")


async def put_off(connection: Executor, account: Account, until: datetime | None) -> None:
    """Save when a claimed account's history is looked at next; None: when a list begins to have a use for it.

    Raises:
        LeaseLostError: the account has another holder.
    """
    if await connection.execute(PUT_OFF, account.user_id, account.lease, until) != "UPDATE 1":
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
