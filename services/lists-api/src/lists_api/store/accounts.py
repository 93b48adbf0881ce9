"""The state of each user's Trakt account."""

from typing import Final

import asyncpg

from lists_api.mirror_state.domain.mirror import TraktAccount

_UNKNOWN: Final = TraktAccount()


def account_of(row: asyncpg.Record) -> TraktAccount:
    """Return the account in a row's columns `account_state`, `account_revision` and `is_vip`."""
    if row["account_state"] is None:
        return _UNKNOWN
    return TraktAccount(row["account_state"], revision=row["account_revision"], is_vip=bool(row["is_vip"]))
