"""SQL of connecting an account: its tokens, and which Trakt account they are for.

Mirrors are keyed by list and Trakt account. Another Trakt account selects other mirrors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import structlog

from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.token_import import Import
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError, LeaseLostError
from trakt_sync.store import work_queue
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import FailureReason

log = structlog.get_logger()

TRAKT_ID: Final = "SELECT trakt_id FROM account WHERE user_id = $1 FOR UPDATE"

# The lease is taken from whoever holds it: they work with the old tokens, and may record nothing any more. What they
# had taken up is due again.
CONNECT: Final = """
INSERT INTO account (
    user_id, trakt_user, tokens, expires_at, state, connected_at, trakt_id, is_identified, redirect_uri,
    lists_at, imports_at
)
VALUES (
    $1, $2, $3, $4, 'connected', $5, $6::text, $6::text IS NOT NULL, $7, $5,
    (SELECT min(due_at) FROM list_import WHERE list_import.user_id = $1 AND done_at IS NULL)
)
ON CONFLICT (user_id) DO UPDATE SET
    trakt_user = coalesce(excluded.trakt_user, account.trakt_user),
    trakt_id = coalesce(excluded.trakt_id, account.trakt_id), is_identified = excluded.is_identified,
    tokens = excluded.tokens, expires_at = excluded.expires_at, state = 'connected',
    redirect_uri = excluded.redirect_uri, connected_at = excluded.connected_at, refreshed_at = NULL, refusals = 0,
    refresh_after = '-infinity', refresh_failures = 0,
    blocked_until = '-infinity', block_reason = NULL, lease_token = NULL, lease_until = '-infinity',
    lists_at = excluded.lists_at, imports_at = least(account.imports_at, excluded.imports_at)"""

# The lease is taken from whoever holds it, as at a connection, and what they had taken up is due again. Whose the
# account was stays: the mirrors of it are taken up when the user comes back to it.
DISCONNECT: Final = """
WITH before AS (SELECT tokens, expires_at FROM account WHERE user_id = $1 AND state <> 'disconnected' FOR UPDATE)
UPDATE account SET state = 'disconnected', tokens = NULL, expires_at = NULL, refreshed_at = NULL, refusals = 0,
    blocked_until = '-infinity', block_reason = NULL, lease_token = NULL, lease_until = '-infinity',
    lists_at = '-infinity', imports_at = NULL
FROM before WHERE user_id = $1
RETURNING before.tokens, before.expires_at"""

IDENTIFY: Final = """
UPDATE account SET trakt_id = coalesce($3, trakt_id), is_identified = true WHERE user_id = $1 AND lease_token = $2"""

# A new login may have other limits, and tries are counted anew.
RESET: Final = """
UPDATE mirror SET attempts = 0, account_limit = NULL
FROM desired_list, account
WHERE desired_list.user_id = $1 AND account.user_id = $1 AND mirror.list_id = desired_list.list_id
    AND mirror.trakt_account = coalesce(account.trakt_id, '') AND (attempts > 0 OR account_limit IS NOT NULL)"""

NAME: Final = """
UPDATE mirror SET trakt_account = $2 FROM desired_list
WHERE desired_list.user_id = $1 AND mirror.list_id = desired_list.list_id AND trakt_account = ''"""

# What is there may have changed while the user was away: it is read, and reported anew.
RETURN: Final = """
UPDATE mirror SET applied_version = 0, reread_after = $3, trakt_list = jsonb_set(trakt_list, '{details}', 'null'),
    account_limit = NULL, attempts = 0, notified = NULL, tally = NULL, recreated_version = NULL
FROM desired_list
WHERE desired_list.user_id = $1 AND mirror.list_id = desired_list.list_id AND trakt_account = $2"""

STATUS: Final = """
SELECT state, trakt_user, NULL::boolean AS is_vip, connected_at, nullif(blocked_until, '-infinity') AS blocked_until,
    block_reason
FROM account WHERE user_id = $1"""

ACCOUNT_LINES: Final = """
SELECT user_id, trakt_user, state, expires_at, nullif(blocked_until, '-infinity') AS blocked_until, block_reason,
    (SELECT count(*) FROM desired_list WHERE desired_list.user_id = account.user_id AND is_present) AS lists,
    (SELECT count(*) FROM work_queue WHERE work_queue.user_id = account.user_id) AS waiting
FROM account WHERE tokens IS NOT NULL ORDER BY user_id"""


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """An account as its user sees it. Args: blocked_until: may be past."""

    state: Literal["connected", "disconnected", "reauthorization_required"]
    trakt_user: str | None
    is_vip: bool | None
    connected_at: datetime | None
    blocked_until: datetime | None
    block_reason: FailureReason | None


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


async def connect_account(connection: Connection, vault: Vault, user_id: str, given: Import, now: datetime) -> None:
    """Save an account's tokens and make its lists due, in the caller's transaction."""
    before = await connection.fetchval(TRAKT_ID, user_id)
    sealed, expires_at = vault.seal(given.tokens), given.tokens.expires_at
    await connection.execute(
        CONNECT, user_id, given.trakt_user, sealed, expires_at, now, given.trakt_id, given.redirect_uri
    )
    await _select_mirrors(connection, user_id, before, given.trakt_id, now)
    await connection.execute(RESET, user_id)
    # Whose the tokens are is asked when there is work, and they may be of an account without the lists.
    await work_queue.enqueue_user(connection, user_id, now, is_all=given.trakt_id is None)


async def disconnect_account(connection: Connection, vault: Vault, user_id: str) -> tuple[bool, Tokens | None]:
    """Delete an account's tokens, in the caller's transaction.

    Returns: whether it had any; the tokens, unless no key opens them.
    """
    row = await connection.fetchrow(DISCONNECT, user_id)
    if row is None:
        return False, None
    try:
        return True, vault.open(row["tokens"], row["expires_at"])
    except BadTokensError:
        return True, None


async def identify_account(connection: Connection, account: Account, trakt_id: str | None, now: datetime) -> None:
    """Save whose a claimed account's tokens are, in the caller's transaction.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    before = await connection.fetchval(TRAKT_ID, account.user_id)
    if await connection.execute(IDENTIFY, account.user_id, account.lease, trakt_id) != "UPDATE 1":
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    if await _select_mirrors(connection, account.user_id, before, trakt_id, now):
        await work_queue.enqueue_user(connection, account.user_id, now, is_all=False)


async def _select_mirrors(
    connection: Connection, user_id: str, before: str | None, after: str | None, now: datetime
) -> bool:
    """Make the mirrors of the Trakt account the ones that count; return whether it is another account than before."""
    if after is None or before == after:
        return False
    if before is None:
        await connection.execute(NAME, user_id, after)
        return False
    log.warning("trakt_account_changed", user_id=user_id)
    await connection.execute(RETURN, user_id, after, now)
    return True


async def account_lines(pool: Pool) -> Sequence[AccountLine]:
    """Return all accounts, by user id."""
    return [AccountLine(**dict(row)) for row in await pool.fetch(ACCOUNT_LINES)]


async def read_status(pool: Pool, user_id: str) -> AccountStatus | None:
    """Return how a user's account is; None: nothing is known of the user."""
    row = await pool.fetchrow(STATUS, user_id)
    return None if row is None else AccountStatus(**dict(row))
