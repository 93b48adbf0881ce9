"""SQL of `account` for its holder: leases, the write budget, tokens."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import stamina
import structlog

from chassis.postgres.database import Pool, is_away
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError, LeaseLostError
from trakt_sync.store.due import given_back
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import PSEUDONYM

log = structlog.get_logger()

MAX_SAVE_WAIT: Final = timedelta(minutes=1)

# SKIP LOCKED is right here: accounts are independent of one another. Imports come first: a user waits for each, once.
# Then whoever has been ready longest. A claim takes up what was due, and empties both times (`due`).
# Nobody waits or leases for ten minutes: such times are left by a worker whose clock was ahead.
# A list that has a use for what its user watched is due when it begins to: so is the history then.
# The claim need not wait for the disk: a lease that is lost in a crash of Postgres is nobody's any more.
CLAIM: Final = """
WITH for_imports AS (
    SELECT user_id, lease_token, true AS has_import FROM account
    WHERE claim_imports_at <= $1 ORDER BY claim_imports_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
for_lists AS (
    SELECT user_id, lease_token, false AS has_import FROM account
    WHERE claim_lists_at <= $1 ORDER BY claim_lists_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
held_by_a_wrong_time AS (
    SELECT user_id, lease_token, coalesce(imports_at <= $1, false) AS has_import FROM account
    WHERE (free_at = claim_lists_at OR free_at = claim_imports_at)
        AND free_at > $1::timestamptz + interval '10 minutes' LIMIT $2 FOR UPDATE SKIP LOCKED
),
ready AS (
    SELECT * FROM for_imports
    UNION ALL
    SELECT * FROM for_lists WHERE user_id NOT IN (SELECT user_id FROM for_imports)
    UNION ALL
    SELECT * FROM held_by_a_wrong_time
),
chosen AS (SELECT user_id, lease_token IS NOT NULL AS is_taken_over, has_import FROM ready LIMIT $2),
lax AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE account SET lease_token = gen_random_uuid(), lease_until = $3, last_served_at = $1,
    next_write_at = least(next_write_at, $1), lists_at = NULL, imports_at = NULL
FROM chosen, lax WHERE account.user_id = chosen.user_id
RETURNING account.user_id, tokens, expires_at, refreshed_at, account.lease_token,
    coalesce(trakt_id, '') AS trakt_account, is_identified, is_taken_over, refusals, has_import,
    redirect_uri, nullif(refresh_after, '-infinity') AS refresh_after, refresh_failures,
    checked_list_id IS NOT NULL AS has_unchecked, settings_due_at, has_limited OR EXISTS (
        SELECT FROM account AS other WHERE other.trakt_id = account.trakt_id AND other.has_limited
    ) AS has_limited,
    coalesce(audit_at <= $1, false) AS is_audit_due, leaving_at IS NOT NULL AS is_leaving,
    leaving_at IS NULL AND coalesce(history_at <= $1, EXISTS (
        SELECT FROM desired_list WHERE desired_list.user_id = account.user_id AND is_present AND uses_watched
    )) AS is_history_due"""

# The ends of two indexes: this is asked after each step, and there may be a million accounts.
NEXT_DUE: Final = "SELECT least((SELECT min(claim_lists_at) FROM account), (SELECT min(claim_imports_at) FROM account))"

RENEW: Final = "UPDATE account SET lease_until = $3 WHERE user_id = $1 AND lease_token = $2"

RELEASE: Final = f"""
UPDATE account SET {given_back("$1")}
WHERE user_id = $1 AND lease_token = $2
RETURNING least(claim_lists_at, claim_imports_at) AS claim_at"""  # noqa: S608 - our own text

# Compare-and-set on the pair that was exchanged, whoever has the lease now: to them, too, it is dead. Whoever found it
# dead before this was saved may have given the account up. ($3: an attempt whose response was lost is done again.)
SAVE_TOKENS: Final = """
UPDATE account SET tokens = $3, expires_at = $4, refreshed_at = $5, state = 'connected',
    refresh_after = '-infinity', refresh_failures = 0
WHERE user_id = $1 AND tokens IN ($2, $3)"""

# The user was erased while the pair was renewed: the account has a pseudonym. It is rare, and reads the whole table.
SAVE_TOKENS_OF_ERASED: Final = SAVE_TOKENS.replace("user_id = $1", f"user_id LIKE '{PSEUDONYM}%' AND user_id <> $1")

STORED_TOKENS: Final = "SELECT tokens, expires_at FROM account WHERE user_id = $1 AND tokens IS NOT NULL"

NEWEST_TOKENS: Final = """
SELECT tokens, expires_at, refreshed_at FROM account WHERE user_id = $1 AND lease_token = $2"""

POSTPONE_REFRESH: Final = """
UPDATE account SET refresh_after = $3, refresh_failures = refresh_failures + 1
WHERE user_id = $1 AND lease_token = $2"""

# Of some pages of the table, whatever its size. They may have nobody who is connected: then all are asked.
_CHOSEN: Final = """
WHERE state = 'connected'
ORDER BY user_id IS NOT DISTINCT FROM $1, random() LIMIT 5"""
SAMPLED_TOKENS: Final = f"""
SELECT tokens, expires_at FROM account
TABLESAMPLE SYSTEM ((SELECT least(100, 6400.0 / greatest(relpages, 1)) FROM pg_class WHERE oid = 'account'::regclass))
{_CHOSEN}"""  # noqa: S608 - our own text
ANY_TOKENS: Final = f"SELECT tokens, expires_at FROM account {_CHOSEN}"  # noqa: S608


def _is_away(error: Exception) -> bool:
    return is_away(error)


class AccountStore:
    """The accounts of a database.

    Args:
        lease_for: how long a claim holds without being renewed. A worker that was killed delays its accounts by it.
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
            except BadTokensError as exc:  # the account keeps the lease, and is looked at again when that ends
                log.error("account_tokens_unreadable", user_id=row["user_id"], error=exc.detail)  # noqa: TRY400
                continue
            accounts.append(
                Account(
                    user_id=row["user_id"],
                    tokens=tokens,
                    sealed=row["tokens"],
                    lease=row["lease_token"],
                    trakt_account=row["trakt_account"],
                    refreshed_at=row["refreshed_at"],
                    is_identified=row["is_identified"],
                    is_taken_over=row["is_taken_over"],
                    refusals=row["refusals"],
                    has_import=row["has_import"],
                    redirect_uri=row["redirect_uri"],
                    refresh_after=row["refresh_after"],
                    refresh_failures=row["refresh_failures"],
                    has_unchecked=row["has_unchecked"],
                    has_limited=row["has_limited"],
                    settings_due_at=row["settings_due_at"],
                    is_audit_due=row["is_audit_due"],
                    is_leaving=row["is_leaving"],
                    is_history_due=row["is_history_due"],
                )
            )
        return accounts

    async def next_due(self) -> datetime | None:
        """Return when there will be work for somebody; None: none is in sight."""
        due: datetime | None = await self._pool.fetchval(NEXT_DUE)
        return due

    async def renew(self, account: Account, now: datetime) -> None:
        """Keep the lease. A lost one shows at the record, not here."""
        await self._pool.execute(RENEW, account.user_id, account.lease, now + self.lease_for)

    async def release(self, account: Account) -> datetime | None:
        """Give the account back with nothing recorded; return when it can be claimed again, None: nothing is due."""
        claim_at: datetime | None = await self._pool.fetchval(RELEASE, account.user_id, account.lease)
        return claim_at

    async def save_tokens(self, account: Account, tokens: Tokens, now: datetime) -> Account:
        """Save a renewed pair, before it is used, and return the account with it.

        The pair exists nowhere else. A Postgres that is away is waited for, and a lease that ran out meanwhile is no
        obstacle.

        Raises:
            LeaseLostError: the account has got newer tokens.
        """
        sealed = self._vault.seal(tokens)
        is_saved = False
        async for attempt in stamina.retry_context(on=_is_away, attempts=None, timeout=MAX_SAVE_WAIT, wait_max=1.0):
            with attempt:
                is_saved = await self._replace_tokens(account, sealed, tokens.expires_at, now)
        if not is_saved:
            raise LeaseLostError(f"the account of {account.user_id} has newer tokens")
        return replace(account, tokens=tokens, sealed=sealed, refreshed_at=now)

    async def _replace_tokens(self, account: Account, sealed: bytes, expires_at: datetime, now: datetime) -> bool:
        """Save the pair in the place of the account's; the key of that may have been rotated meanwhile."""
        values = (sealed, expires_at, now)
        if await self._pool.execute(SAVE_TOKENS, account.user_id, account.sealed, *values) == "UPDATE 1":
            return True
        if await self._pool.execute(SAVE_TOKENS_OF_ERASED, account.user_id, account.sealed, *values) == "UPDATE 1":
            return True
        row = await self._pool.fetchrow(STORED_TOKENS, account.user_id)
        if row is None or self._vault.open(row["tokens"], row["expires_at"]).refresh != account.tokens.refresh:
            return False
        return await self._pool.execute(SAVE_TOKENS, account.user_id, row["tokens"], *values) == "UPDATE 1"

    async def newest(self, account: Account) -> Account:
        """Return the claimed account with the pair that is stored now.

        Raises:
            LeaseLostError: the account has another holder: they look after its tokens.
        """
        row = await self._pool.fetchrow(NEWEST_TOKENS, account.user_id, account.lease)
        if row is None:
            raise LeaseLostError(f"the lease of {account.user_id} is another's")
        tokens = self._vault.open(row["tokens"], row["expires_at"])
        return replace(account, tokens=tokens, sealed=row["tokens"], refreshed_at=row["refreshed_at"])

    async def postpone_refresh(self, account: Account, until: datetime) -> Account:
        """Save that a renewal failed and is not tried again before then; return the account with it."""
        await self._pool.execute(POSTPONE_REFRESH, account.user_id, account.lease, until)
        return replace(account, refresh_after=until, refresh_failures=account.refresh_failures + 1)

    async def any_tokens(self, besides: str | None = None) -> Tokens | None:
        """Return tokens to ask Trakt with how it is, another user's than `besides` if there is one; None: nobody's.

        They are not always the same: no single account decides whether Trakt is there.
        """
        for statement in (SAMPLED_TOKENS, ANY_TOKENS):
            for row in await self._pool.fetch(statement, besides):
                with suppress(BadTokensError):
                    return self._vault.open(row["tokens"], row["expires_at"])
        return None
