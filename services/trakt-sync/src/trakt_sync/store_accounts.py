"""SQL of the accounts: leases, the write budget, tokens."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import stamina
import structlog

from chassis.postgres import Connection, Pool, is_away
from trakt_sync.accounts import Account, Import, Tokens, Vault
from trakt_sync.errors import BadTokensError, LeaseLostError

log = structlog.get_logger()

SAVE_PATIENCE: Final = timedelta(minutes=1)

# SKIP LOCKED is right here: accounts are independent of one another. Who was served longest ago goes first.
# Nobody waits or leases for ten minutes: such times are left by a worker whose clock was ahead.
# The claim need not wait for the disk: a lease that is lost in a crash of Postgres is nobody's any more.
CLAIM = """
WITH chosen AS (
    SELECT user_id, lease_token IS NOT NULL AS is_taken_over FROM account
    WHERE state = 'connected' AND blocked_until <= $1
        AND EXISTS (SELECT FROM mirror WHERE mirror.user_id = account.user_id AND due_at <= $1)
        AND (next_write_at <= $1 OR next_write_at > $1 + interval '10 minutes')
        AND (lease_until <= $1 OR lease_until > $1 + interval '10 minutes')
    ORDER BY last_served_at LIMIT $2 FOR UPDATE OF account SKIP LOCKED
),
lax AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE account SET lease_token = gen_random_uuid(), lease_until = $3, last_served_at = $1
FROM chosen, lax WHERE account.user_id = chosen.user_id
RETURNING account.user_id, tokens, expires_at, refreshed_at, lease_token, is_identified, is_taken_over, refusals"""

# One look into the index for each account: this is asked after each step, and there may be 100,000 lists.
NEXT_DUE = """
SELECT min(greatest(soonest.due_at, next_write_at, blocked_until, lease_until))
FROM account CROSS JOIN LATERAL (
    SELECT due_at FROM mirror WHERE mirror.user_id = account.user_id AND due_at IS NOT NULL ORDER BY due_at LIMIT 1
) AS soonest
WHERE state = 'connected'"""

RENEW = "UPDATE account SET lease_until = $3 WHERE user_id = $1 AND lease_token = $2"

RELEASE = """
UPDATE account SET lease_token = NULL, lease_until = '-infinity', next_write_at = coalesce($3, next_write_at)
WHERE user_id = $1 AND lease_token = $2"""

# Compare-and-set on the pair that was exchanged, whoever has the lease now: to him, too, it is dead. Whoever found it
# dead before this was saved may have given the account up. ($3: an attempt whose answer was lost is done again.)
SAVE_TOKENS = """
UPDATE account SET tokens = $3, expires_at = $4, refreshed_at = $5, state = 'connected'
WHERE user_id = $1 AND tokens IN ($2, $3)"""

TRAKT_ID = "SELECT trakt_id FROM account WHERE user_id = $1 FOR UPDATE"

IDENTIFY = """
UPDATE account SET trakt_id = coalesce($3, trakt_id), is_identified = true WHERE user_id = $1 AND lease_token = $2"""

# The lease is taken from whoever holds it: he works with the old tokens, and may record nothing any more.
CONNECT = """
INSERT INTO account (user_id, trakt_user, tokens, expires_at, state, connected_at, trakt_id, is_identified)
VALUES ($1, $2, $3, $4, 'connected', $5, $6::text, $6::text IS NOT NULL)
ON CONFLICT (user_id) DO UPDATE SET
    trakt_user = coalesce(excluded.trakt_user, account.trakt_user),
    trakt_id = coalesce(excluded.trakt_id, account.trakt_id), is_identified = excluded.is_identified,
    tokens = excluded.tokens, expires_at = excluded.expires_at, state = 'connected', connected_at = excluded.connected_at,
    refreshed_at = NULL, refusals = 0,
    blocked_until = '-infinity', block_reason = NULL, lease_token = NULL, lease_until = '-infinity'"""

# $3: all that are wanted. Whose the tokens are is asked when there is work, and they may be of an account without them.
WAKE_LISTS = """
UPDATE mirror SET due_at = $2, attempts = 0, capacity = NULL, is_probing = false, limited_at = NULL
WHERE user_id = $1 AND (applied_version < version OR due_at IS NOT NULL OR (is_wanted AND $3))"""

LIST_ACCOUNTS = """
SELECT user_id, trakt_user, state, expires_at, nullif(blocked_until, '-infinity') AS blocked_until, block_reason,
    (SELECT count(*) FROM mirror WHERE mirror.user_id = account.user_id AND is_wanted) AS lists,
    (SELECT count(*) FROM mirror WHERE mirror.user_id = account.user_id AND due_at IS NOT NULL) AS waiting
FROM account ORDER BY user_id"""

ANY_ACCOUNT = """
SELECT tokens, expires_at FROM account WHERE state = 'connected'
ORDER BY user_id IS NOT DISTINCT FROM $1, random() LIMIT 5"""


def _is_away(error: Exception) -> bool:
    return is_away(error)


@dataclass(frozen=True, slots=True)
class Switch:
    """From one Trakt account to another, by their ids."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as operators see it: no secrets."""

    user_id: str
    trakt_user: str | None
    state: str
    expires_at: datetime
    blocked_until: datetime | None
    block_reason: str | None
    lists: int
    waiting: int


class AccountStore:
    """The accounts of a database.

    Args:
        lease_for: how long a claim holds without being renewed; a worker that was killed delays its accounts by it.
    """

    def __init__(self, pool: Pool, vault: Vault, lease_for: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self.lease_for = lease_for

    async def claim(self, now: datetime, limit: int) -> list[Account]:
        """Lease up to `limit` accounts that have due work and may be written to now."""
        accounts = []
        for row in await self._pool.fetch(CLAIM, now, limit, now + self.lease_for):
            try:
                tokens = self._vault.open(row["tokens"], row["expires_at"])
            except BadTokensError as exc:  # it keeps the lease, and is looked at again when that ends
                log.error("account_tokens_unreadable", user_id=row["user_id"], error=exc.detail)  # noqa: TRY400
                continue
            accounts.append(
                Account(
                    user_id=row["user_id"],
                    tokens=tokens,
                    sealed=row["tokens"],
                    lease=row["lease_token"],
                    refreshed_at=row["refreshed_at"],
                    is_identified=row["is_identified"],
                    is_taken_over=row["is_taken_over"],
                    refusals=row["refusals"],
                )
            )
        return accounts

    async def next_due(self) -> datetime | None:
        """Return when there will be work for somebody; None: none is in sight."""
        due: datetime | None = await self._pool.fetchval(NEXT_DUE)
        return due

    async def renew(self, account: Account, now: datetime) -> None:
        """Keep the lease. A lost one is not told here: it shows at the record."""
        await self._pool.execute(RENEW, account.user_id, account.lease, now + self.lease_for)

    async def release(self, account: Account, next_write_at: datetime | None = None) -> None:
        """Give the account back with nothing recorded."""
        await self._pool.execute(RELEASE, account.user_id, account.lease, next_write_at)

    async def save_tokens(self, account: Account, tokens: Tokens, now: datetime) -> Account:
        """Save a renewed pair, before it is used, and return the account with it.

        It exists nowhere else: a Postgres that is away is waited for, and a lease that ran out meanwhile is no
        obstacle.

        Raises:
            LeaseLostError: the account has got newer tokens.
        """
        sealed = self._vault.seal(tokens)
        values = (account.user_id, account.sealed, sealed, tokens.expires_at, now)
        status = ""
        async for attempt in stamina.retry_context(on=_is_away, attempts=None, timeout=SAVE_PATIENCE, wait_max=1.0):
            with attempt:
                status = await self._pool.execute(SAVE_TOKENS, *values)
        if status != "UPDATE 1":
            raise LeaseLostError(f"the account of {account.user_id} has newer tokens")
        return replace(account, tokens=tokens, sealed=sealed, refreshed_at=now)

    async def any_tokens(self, besides: str | None = None) -> Tokens | None:
        """Return tokens to ask Trakt with how it is, another user's than `besides` if there is one; None: nobody's.

        They are not always the same: no single account decides whether Trakt is there.
        """
        for row in await self._pool.fetch(ANY_ACCOUNT, besides):
            with suppress(BadTokensError):
                return self._vault.open(row["tokens"], row["expires_at"])
        return None


async def account_lines(pool: Pool) -> Sequence[AccountLine]:
    """Return all accounts, by user id."""
    return [AccountLine(**dict(row)) for row in await pool.fetch(LIST_ACCOUNTS)]


async def connect_account(
    connection: Connection, vault: Vault, user_id: str, given: Import, now: datetime
) -> Switch | None:
    """Save an account's tokens and make its lists due; return what changed if they are another Trakt account's."""
    switch = await _switch(connection, user_id, given.trakt_id)
    sealed, expires_at = vault.seal(given.tokens), given.tokens.expires_at
    await connection.execute(CONNECT, user_id, given.trakt_user, sealed, expires_at, now, given.trakt_id)
    await connection.execute(WAKE_LISTS, user_id, now, given.trakt_id is None)
    return switch


async def identify_account(connection: Connection, account: Account, trakt_id: str | None) -> Switch | None:
    """Save whose tokens they are; return what changed if that is another Trakt account than the one before.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    switch = await _switch(connection, account.user_id, trakt_id)
    if await connection.execute(IDENTIFY, account.user_id, account.lease, trakt_id) != "UPDATE 1":
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    return switch


async def _switch(connection: Connection, user_id: str, trakt_id: str | None) -> Switch | None:
    before = await connection.fetchval(TRAKT_ID, user_id)
    if before is None or trakt_id is None or before == trakt_id:
        return None
    return Switch(before, trakt_id)
