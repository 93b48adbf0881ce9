"""The state of each user's Trakt account."""

from datetime import datetime
from typing import Final

import asyncpg

from chassis.postgres.database import Connection
from lists_api.mirror_state.domain.mirror import AccountState, TraktAccount

# What happened later wins, in whatever order the events come. Of events of one moment the later delivery wins.
RECORD_ACCOUNT: Final = """
INSERT INTO trakt_account (user_id, state, at, revision, is_vip) VALUES ($1, $2, $3, 1, $4)
ON CONFLICT (user_id) DO UPDATE
SET state = excluded.state, at = excluded.at, is_vip = coalesce(excluded.is_vip, trakt_account.is_vip),
    revision = trakt_account.revision + (trakt_account.state <> excluded.state)::integer
WHERE trakt_account.at <= excluded.at"""


async def record_account(
    connection: Connection, user_id: str, state: AccountState, *, at: datetime, is_vip: bool | None = None
) -> None:
    """Store the state that the account had then, unless a later state is stored.

    Args:
        is_vip: None: the event does not say; what is known stays.
    """
    await connection.execute(RECORD_ACCOUNT, user_id, state, at, is_vip)


_UNKNOWN: Final = TraktAccount()


def account_of(row: asyncpg.Record) -> TraktAccount:
    """Return the account in a row's columns `account_state`, `account_revision` and `is_vip`."""
    if row["account_state"] is None:
        return _UNKNOWN
    return TraktAccount(row["account_state"], revision=row["account_revision"], is_vip=bool(row["is_vip"]))
