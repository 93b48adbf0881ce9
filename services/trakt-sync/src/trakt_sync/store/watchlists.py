"""SQL of the watchlist that several lists want: of one user, from list to list, or of users of one Trakt account.

From one list of a user to another goes what is known of it. So a title of both lists stays where it is, and what the
first put there is the second's to take off. All of it is done by the holder of the account's lease.
"""

from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.store.due import lowered
from trakt_sync.store.work_queue import enqueue

_LISTS: Final = """
FROM account
JOIN desired_list ON desired_list.user_id = account.user_id
LEFT JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = $3
WHERE account.user_id = $1 AND lease_token = $2"""
_HAS_IT: Final = "coalesce(trakt_list ->> 'trakt_list_id' = 'watchlist', false)"
_WANTS_IT: Final = "(is_present AND coalesce(policies ->> 'target' = 'watchlist', false))"
_COLUMNS: Final = "trakt_list, staleness, pending, reread_after, account_limit"
_KNOWN: Final = _COLUMNS.split(", ")

# The former list is as one without a Trakt list.
HAND_OVER: Final = f"""
WITH former AS MATERIALIZED (
    SELECT mirror_id, desired_list.list_id, {_COLUMNS} {_LISTS} AND {_HAS_IT} AND NOT {_WANTS_IT} LIMIT 1
),
heir AS MATERIALIZED (
    SELECT desired_list.list_id {_LISTS} AND {_WANTS_IT} AND trakt_list IS NULL AND intent IS NULL LIMIT 1
),
left_behind AS (
    UPDATE mirror SET applied_version = 0, tally = NULL, {", ".join(f"{name} = NULL" for name in _KNOWN)}
    FROM former, heir WHERE mirror.mirror_id = former.mirror_id
),
taken AS (
    INSERT INTO mirror (list_id, trakt_account, {_COLUMNS})
    SELECT heir.list_id, $3, {_COLUMNS} FROM former, heir
    ON CONFLICT (list_id, trakt_account) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _KNOWN)}
    RETURNING mirror_id
),
entries AS (
    UPDATE ledger SET mirror_id = taken.mirror_id FROM former, taken WHERE ledger.mirror_id = former.mirror_id
)
SELECT former.list_id AS former_id, heir.list_id AS heir_id FROM former, heir"""  # noqa: S608 - our own text

HEIR_DUE: Final = f"""
SELECT (SELECT due_at FROM work_queue WHERE work_queue.list_id = desired_list.list_id)
{_LISTS} AND {_WANTS_IT} AND NOT {_HAS_IT} LIMIT 1"""  # noqa: S608 - our own text

# Users of ours who have connected the same Trakt account, and their lists that have its watchlist.
_SHARING: Final = """
SELECT desired_list.list_id, desired_list.user_id, mirror_id FROM account
JOIN desired_list ON desired_list.user_id = account.user_id
JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = account.trakt_id
WHERE account.trakt_id = nullif($2, '') AND account.user_id <> $1 AND is_present AND trakt_list_id IS NULL
    AND trakt_list ->> 'trakt_list_id' = 'watchlist'"""
# The locks are taken in the order account, mirror, work_queue.
HAVE_READ: Final = f"""
WITH others AS MATERIALIZED ({_SHARING}
),
told AS ({lowered("SELECT user_id, 'disconnected', $3::timestamptz FROM others ORDER BY user_id")}
),
marked AS (
    UPDATE mirror SET reread_after = $3 FROM others, (SELECT count(*) FROM told) AS locked
    WHERE mirror.mirror_id = others.mirror_id
    RETURNING others.list_id, others.user_id
)
INSERT INTO work_queue (list_id, user_id, due_at) SELECT list_id, user_id, $3 FROM marked
ON CONFLICT (list_id) DO UPDATE SET due_at = least(work_queue.due_at, excluded.due_at), revision = excluded.revision"""  # noqa: S608


async def have_read_by_others(pool: Pool, account: Account, read_after: datetime) -> None:
    """Have the lists of others that share a claimed account's watchlist read it then: what they want may leave it."""
    await pool.execute(HAVE_READ, account.user_id, account.trakt_account, read_after)


async def hand_over(pool: Pool, account: Account, now: datetime) -> bool:
    """Give the watchlist of a claimed account from the list that is to leave it to the one that is to have it.

    Returns: False when there are no two such lists, or the second is still on its way from elsewhere.
    """
    async with pool.acquire() as connection, connection.transaction():
        return await _handed_over(connection, account, now)


async def _handed_over(connection: Connection, account: Account, now: datetime) -> bool:
    row = await connection.fetchrow(HAND_OVER, account.user_id, account.lease, account.trakt_account)
    for list_id in () if row is None else sorted(row):
        await enqueue(connection, list_id, now)
    return row is not None


async def heir_due_at(pool: Pool, account: Account) -> datetime | None:
    """Return when the list is looked at that is to have the watchlist next; None: there is none, or it rests."""
    due: datetime | None = await pool.fetchval(HEIR_DUE, account.user_id, account.lease, account.trakt_account)
    return due
