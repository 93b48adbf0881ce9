"""SQL of leaving an account: its lists are deleted on Trakt first, and then it ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.store.due import LEASE_TAKEN

STATE: Final = "CASE WHEN leaving_at IS NULL THEN account.state ELSE 'disconnecting' END"
"""The state of an account as its user sees it."""
ON_TRAKT: Final = """(
    trakt_list IS NOT NULL OR intent IS NOT NULL OR jsonb_array_length(drift -> 'twins') > 0
    OR drift @? '$.lost_creations[*] ? (!(@.is_settled == true))'
)"""
"""The condition under which something of a mirror is, or may be, on Trakt."""

_MIRRORS: Final = """
FROM mirror JOIN desired_list USING (list_id)
WHERE desired_list.user_id = account.user_id AND mirror.trakt_account = coalesce(account.trakt_id, '')"""

LEFT: Final = f"(SELECT count(*) {_MIRRORS} AND {ON_TRAKT})"
"""How many mirrors are on the row's account."""

# Who holds the lease may begin no write for a list that is to go. A second wish changes nothing. What `lists_at` says
# is for the lists that are to be looked at.
BEGIN: Final = f"""
UPDATE account SET leaving_at = $2, checked_list_id = 0, lists_at = $2, imports_at = NULL,
    audit_at = NULL, history_at = NULL, {LEASE_TAKEN}
WHERE user_id = $1 AND state = 'connected' AND leaving_at IS NULL"""  # noqa: S608 - our own text

# A login that nobody knows the account of may be for one with other mirrors: its lists are due, and it is asked.
IS_EMPTY: Final = f"""
SELECT {LEFT} = 0
    AND (is_identified OR NOT EXISTS (SELECT FROM work_queue WHERE work_queue.user_id = account.user_id))
FROM account WHERE user_id = $1"""  # noqa: S608

HELD: Final = "SELECT FROM account WHERE user_id = $1 AND lease_token = $2 FOR UPDATE"

# Before the account's row is emptied.
SUMMARY: Final = f"""
SELECT {STATE} AS state, {LEFT} AS lists_left, CASE WHEN leaving_at IS NULL THEN '{{}}' ELSE ARRAY(
    SELECT list_id {_MIRRORS} AND is_present AND trakt_list IS NULL AND drift @> '{{"is_taken_down": true}}'
    ORDER BY list_id
) END AS removed
FROM account WHERE user_id = $1 FOR UPDATE"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Summary:
    """What is on an account of our making. Args: removed: lists whose Trakt lists were deleted, for its user leaves."""

    state: str
    lists_left: int
    removed: tuple[int, ...]


async def begin(connection: Connection, user_id: str, now: datetime) -> bool:
    """Have the lists of a connected account deleted on Trakt; return False when none is connected, or that is begun."""
    return await connection.execute(BEGIN, user_id, now) == "UPDATE 1"


async def is_empty(pool: Pool, account: Account) -> bool:
    """Return whether nothing of our making is left on the account."""
    return bool(await pool.fetchval(IS_EMPTY, account.user_id))


async def hold(connection: Connection, account: Account) -> None:
    """Lock a claimed account's row, in the caller's transaction.

    Raises:
        LeaseLostError: the account has another holder.
    """
    if await connection.fetchrow(HELD, account.user_id, account.lease) is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")


async def summary(connection: Connection, user_id: str) -> Summary | None:
    """Lock an account's row and return what is on it; None: nothing is known of the user."""
    row = await connection.fetchrow(SUMMARY, user_id)
    return None if row is None else Summary(row["state"], row["lists_left"], tuple(row["removed"]))
