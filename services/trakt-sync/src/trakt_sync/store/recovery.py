"""SQL of `recover`: after a restore, what was done since the backup is not known."""

from datetime import datetime
from typing import Final, NamedTuple

from chassis.postgres.database import Pool
from trakt_sync.store.due import LEASE_TAKEN

# The account's lists are looked at as after a connection to an account that may be another one: what is on Trakt is
# read and reported anew (`connections.CHECK_LISTS`).
VERIFY: Final = f"""
WITH chosen AS MATERIALIZED (
    SELECT user_id FROM account WHERE $1::text IS NULL OR user_id = $1 ORDER BY user_id FOR UPDATE
)
UPDATE account SET checked_list_id = 0, is_verifying = true, {LEASE_TAKEN},
    lists_at = CASE WHEN state = 'connected' THEN $2 ELSE lists_at END
FROM chosen WHERE account.user_id = chosen.user_id"""  # noqa: S608 - our own text

# As a creation without an answer (decision 3): the list is looked for before it is made. `unanswered_since`: what was
# begun last may come until then.
LOOK_FOR: Final = """
INSERT INTO mirror (list_id, trakt_account, intent)
SELECT list_id, coalesce(account.trakt_id, ''), jsonb_build_object(
    'at', $3::timestamptz, 'name', title, 'description', description, 'unanswered_since', $2::timestamptz
)
FROM desired_list LEFT JOIN account USING (user_id)
WHERE is_present AND coalesce(policies ->> 'target', 'list') = 'list' AND ($1::text IS NULL OR user_id = $1)
ORDER BY list_id
ON CONFLICT (list_id, trakt_account) DO UPDATE SET intent = excluded.intent
WHERE mirror.trakt_list IS NULL AND mirror.intent IS NULL
    AND NOT coalesce((mirror.drift ->> 'is_detached')::boolean, false)"""

# Else what we took off and put on again since the backup would be taken for its user's own edit on Trakt.
UNCONFIRM: Final = """
UPDATE ledger SET state = 'unconfirmed' FROM mirror JOIN desired_list USING (list_id)
WHERE ledger.mirror_id = mirror.mirror_id AND ledger.state = 'mirrored' AND policies ->> 'when_removed' = 'take_over'
    AND ($1::text IS NULL OR user_id = $1)"""


class Doubted(NamedTuple):
    """What is looked at. Args: lists: that are looked for on Trakt before they are made."""

    accounts: int
    lists: int


async def doubt(pool: Pool, user_id: str | None, *, since: datetime, now: datetime) -> Doubted:
    """Have everything that we know of Trakt looked at before it is believed, of one user or of all.

    Args:
        since: when the backup was made. A Trakt list that is older is no list's that the database does not know.
    """
    async with pool.acquire() as connection, connection.transaction():
        accounts = await connection.execute(VERIFY, user_id, now)
        lists = await connection.execute(LOOK_FOR, user_id, now, since)
        await connection.execute(UNCONFIRM, user_id)
    return Doubted(int(accounts.split()[-1]), int(lists.split()[-1]))
