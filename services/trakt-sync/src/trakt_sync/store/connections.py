"""SQL of connecting an account: its tokens, and which Trakt account they are for.

Mirrors are keyed by list and Trakt account. Another Trakt account selects other mirrors. A user may have thousands of
lists: connecting only notes that they are to be looked at. Whoever claims the account does that first, some hundred at
a time; each batch is a transaction that notes how far it is, so that a killed worker's successor goes on there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

import structlog

from chassis.postgres.database import Connection, Pool
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.identity import is_same_account
from trakt_sync.accounts.token_import import Import
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError, LeaseLostError
from trakt_sync.mirroring.remote import AccountSettings, Owner
from trakt_sync.store import account_settings
from trakt_sync.store.account_settings import READ_EVERY, limits_value
from trakt_sync.store.due import LEASE_TAKEN
from trakt_sync.store.leaving import LEFT, ON_TRAKT, STATE
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import FailureReason

log = structlog.get_logger()

BATCH: Final = 500

OWNER: Final = "SELECT trakt_id, trakt_slug AS slug FROM account WHERE user_id = $1 FOR UPDATE"

# Who holds the lease works with the old tokens. What they had taken up is due again.
CONNECT: Final = f"""
INSERT INTO account (
    user_id, trakt_user, tokens, expires_at, state, connected_at, trakt_id, trakt_slug, is_identified, redirect_uri,
    checked_list_id, is_verifying, is_vip, limits, timezone, settings_read_at, settings_due_at,
    audit_at, lists_at, imports_at
)
VALUES (
    $1, $2, $3, $4, 'connected', $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, CASE WHEN $8 THEN $5::timestamptz END, $14,
    $5::timestamptz + interval '1 second' * (abs(hashtext($1)) % 86400), $5,
    (SELECT min(due_at) FROM list_import WHERE list_import.user_id = $1 AND done_at IS NULL)
)
ON CONFLICT (user_id) DO UPDATE SET
    trakt_user = coalesce(excluded.trakt_user, account.trakt_user),
    trakt_id = excluded.trakt_id, trakt_slug = excluded.trakt_slug, is_identified = excluded.is_identified,
    checked_list_id = 0, is_verifying = account.is_verifying OR excluded.is_verifying,
    is_vip = excluded.is_vip, limits = excluded.limits, timezone = excluded.timezone,
    settings_read_at = excluded.settings_read_at, settings_due_at = excluded.settings_due_at,
    tokens = excluded.tokens, expires_at = excluded.expires_at, state = 'connected',
    redirect_uri = excluded.redirect_uri, connected_at = excluded.connected_at, refreshed_at = NULL, refusals = 0,
    refresh_after = '-infinity', refresh_failures = 0,
    blocked_until = '-infinity', block_reason = NULL, {LEASE_TAKEN},
    watched = NULL, history_at = NULL, leaving_at = NULL,
    audit_at = coalesce(account.audit_at, excluded.audit_at), lists_at = excluded.lists_at,
    imports_at = least(account.imports_at, excluded.imports_at)"""  # noqa: S608 - our own text

# What who holds the lease had taken up is due again, as at a connection. Whose the account was stays: the mirrors of it
# are taken up when the user comes back to it.
DISCONNECT: Final = f"""
WITH before AS (SELECT tokens, expires_at FROM account WHERE user_id = $1 AND state <> 'disconnected' FOR UPDATE)
UPDATE account SET state = 'disconnected', tokens = NULL, expires_at = NULL, refreshed_at = NULL, refusals = 0,
    blocked_until = '-infinity', block_reason = NULL, {LEASE_TAKEN},
    lists_at = '-infinity', imports_at = NULL, leaving_at = NULL
FROM before WHERE user_id = $1
RETURNING before.tokens, before.expires_at"""  # noqa: S608 - our own text

IDENTIFY: Final = """
UPDATE account SET trakt_id = $3, trakt_slug = $4, is_identified = true,
    checked_list_id = CASE WHEN $5 THEN 0 ELSE checked_list_id END, is_verifying = is_verifying OR $5
WHERE user_id = $1 AND lease_token = $2"""

NAME: Final = """
UPDATE mirror SET trakt_account = $2 FROM desired_list
WHERE desired_list.user_id = $1 AND mirror.list_id = desired_list.list_id AND trakt_account = ''"""

# Who joins a Trakt account that others use waits for their pace, and for the step that one of them is in: their writes
# have kept only those away who were there. Nobody waits for ten minutes, as in a claim.
JOIN: Final = """
UPDATE account SET next_write_at = greatest(next_write_at, (
    SELECT max(greatest(next_write_at, CASE WHEN lease_token IS NOT NULL THEN lease_until END)) FROM account AS other
    WHERE other.trakt_id = account.trakt_id AND other.user_id <> account.user_id
        AND greatest(next_write_at, lease_until) < $2::timestamptz + interval '10 minutes'
))
WHERE user_id = $1"""

# One batch. A list on the account that the user comes back to, or that cannot be told from another, is read and
# reported anew. On the same account, tries and limits are forgotten: a new login may have others. What was set aside is
# tried again, as if asked for; what is to stay deleted there was not asked for. Due is what has work,
# and everything while nobody knows whose account it is: that is asked when there is work. What is on Trakt only counts
# for the account that the user has now; a list left on another one is not looked at. Of an account that its user
# leaves, what is on it is due.
CHECK_LISTS: Final = f"""
WITH gate AS MATERIALIZED (
    SELECT user_id, coalesce(trakt_id, '') AS trakt_account, is_verifying, is_identified, checked_list_id,
        leaving_at IS NOT NULL AS is_leaving
    FROM account
    WHERE user_id = $1 AND lease_token = $2 FOR UPDATE
),
batch AS MATERIALIZED (
    SELECT list_id, version, is_present FROM desired_list, gate
    WHERE desired_list.user_id = $1 AND list_id > checked_list_id ORDER BY list_id LIMIT $4
),
verified AS (
    UPDATE mirror SET applied_version = 0, reread_after = $3, trakt_list = jsonb_set(trakt_list, '{{details}}', 'null'),
        account_limit = NULL, attempts = 0, notified = NULL, tally = NULL, recreated_version = NULL
    FROM batch, gate WHERE is_verifying AND mirror.list_id = batch.list_id AND mirror.trakt_account = gate.trakt_account
),
reset AS (
    UPDATE mirror SET attempts = 0, account_limit = NULL
    FROM batch, gate
    WHERE NOT is_verifying AND mirror.list_id = batch.list_id AND mirror.trakt_account = gate.trakt_account
        AND (attempts > 0 OR account_limit IS NOT NULL)
),
queued AS (
    INSERT INTO work_queue (list_id, user_id, due_at, is_asked)
    SELECT batch.list_id, gate.user_id, $3, NOT coalesce((mirror.drift ->> 'is_detached')::boolean, false)
    FROM gate CROSS JOIN batch
    LEFT JOIN mirror ON mirror.list_id = batch.list_id AND mirror.trakt_account = gate.trakt_account
    LEFT JOIN work_queue ON work_queue.list_id = batch.list_id
    WHERE work_queue.list_id IS NOT NULL
        OR (is_present AND NOT is_identified)
        OR (is_present AND NOT is_leaving AND (is_verifying OR coalesce(applied_version, 0) < version))
        OR ((is_leaving OR NOT is_present) AND {ON_TRAKT})
    ON CONFLICT (list_id) DO UPDATE SET due_at = excluded.due_at, is_asked = work_queue.is_asked OR excluded.is_asked,
        revision = excluded.revision
),
last AS (SELECT CASE WHEN count(*) = $4 THEN max(list_id) END AS list_id FROM batch)
UPDATE account SET checked_list_id = last.list_id, is_verifying = gate.is_verifying AND last.list_id IS NOT NULL
FROM gate, last WHERE account.user_id = gate.user_id
RETURNING account.checked_list_id"""  # noqa: S608 - our own text

STATUS: Final = f"""
SELECT {STATE} AS state, trakt_user, trakt_slug, is_vip, connected_at,
    nullif(blocked_until, '-infinity') AS blocked_until, block_reason, {LEFT} AS lists_left
FROM account WHERE user_id = $1"""  # noqa: S608 - our own text

ACCOUNT_LINES: Final = f"""
SELECT user_id, trakt_user, {STATE} AS state, expires_at,
    nullif(blocked_until, '-infinity') AS blocked_until, block_reason,
    (SELECT count(*) FROM desired_list WHERE desired_list.user_id = account.user_id AND is_present) AS lists,
    (SELECT count(*) FROM work_queue WHERE work_queue.user_id = account.user_id) AS waiting
FROM account WHERE tokens IS NOT NULL ORDER BY user_id"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """An account as its user sees it.

    Args:
        blocked_until: may be past.
        lists_left: Trakt lists of our making on it.
    """

    state: Literal["connected", "disconnecting", "disconnected", "reauthorization_required"]
    trakt_user: str | None
    trakt_slug: str | None
    is_vip: bool | None
    connected_at: datetime | None
    blocked_until: datetime | None
    block_reason: FailureReason | None
    lists_left: int


class SealedTokens(NamedTuple):
    """A token pair as it was stored."""

    tokens: bytes
    expires_at: datetime


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
    """Save an account's tokens and have its lists looked at, in the caller's transaction."""
    before = await _owner(connection, user_id)
    after = Owner(given.trakt_id, slug=given.slug)
    is_known = after.trakt_id is not None  # else the worker asks
    trakt_id, is_verifying = _selected(user_id, before, after) if is_known else (before.trakt_id, False)
    await connection.execute(
        CONNECT,
        user_id,
        given.trakt_user,
        vault.seal(given.tokens),
        given.tokens.expires_at,
        now,
        trakt_id,
        after.slug if is_known else before.slug,
        is_known,
        given.redirect_uri,
        is_verifying,
        given.is_vip,
        limits_value(given.limits),
        given.timezone,
        now + READ_EVERY if is_known else None,
    )
    await _name_mirrors(connection, user_id, before, trakt_id)
    await connection.execute(JOIN, user_id, now)


async def disconnect_account(connection: Connection, user_id: str) -> SealedTokens | None:
    """Delete an account's tokens, in the caller's transaction; return them, None: it had none."""
    row = await connection.fetchrow(DISCONNECT, user_id)
    return None if row is None else SealedTokens(row["tokens"], row["expires_at"])


def opened(vault: Vault, sealed: SealedTokens) -> Tokens | None:
    """Return tokens that were deleted; None: no key opens them."""
    try:
        return vault.open(sealed.tokens, sealed.expires_at)
    except BadTokensError:
        return None


async def identify_account(connection: Connection, account: Account, settings: AccountSettings, now: datetime) -> None:
    """Save whose a claimed account's tokens are, and what it may have, in the caller's transaction.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    before, after = await _owner(connection, account.user_id), settings.owner
    trakt_id, is_verifying = _selected(account.user_id, before, after)
    values = (account.user_id, account.lease, trakt_id, after.slug or before.slug, is_verifying)
    if await connection.execute(IDENTIFY, *values) != "UPDATE 1":
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    await _name_mirrors(connection, account.user_id, before, trakt_id)
    await connection.execute(JOIN, account.user_id, now)
    await account_settings.save(connection, account, settings, now)


async def check_lists(pool: Pool, account: Account, now: datetime) -> None:
    """Look at all lists of a claimed account that was connected: see `check_batch`."""
    while await check_batch(pool, account, now):
        pass


async def check_batch(pool: Pool, account: Account, now: datetime, size: int = BATCH) -> bool:
    """Make those of the account's next lists due that have work on its Trakt account; return whether more are left.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    row = await pool.fetchrow(CHECK_LISTS, account.user_id, account.lease, now, size)
    if row is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    return row["checked_list_id"] is not None


async def _owner(connection: Connection, user_id: str) -> Owner:
    row = await connection.fetchrow(OWNER, user_id)
    return Owner() if row is None else Owner(row["trakt_id"], slug=row["slug"])


def _selected(user_id: str, before: Owner, after: Owner) -> tuple[str | None, bool]:
    """Return the Trakt account whose mirrors count from now on, and whether what is on it must be read first."""
    is_same = is_same_account(before, after)
    if is_same:
        return before.trakt_id, False
    if is_same is None:
        return before.trakt_id or after.trakt_id, True
    log.warning("trakt_account_changed", user_id=user_id)
    return after.trakt_id, True


async def _name_mirrors(connection: Connection, user_id: str, before: Owner, trakt_id: str | None) -> None:
    if before.trakt_id is None and trakt_id is not None:
        await connection.execute(NAME, user_id, trakt_id)


async def account_lines(pool: Pool) -> Sequence[AccountLine]:
    """Return all accounts, by user id."""
    return [AccountLine(**dict(row)) for row in await pool.fetch(ACCOUNT_LINES)]


async def read_status(pool: Pool, user_id: str) -> AccountStatus | None:
    """Return how a user's account is; None: nothing is known of the user."""
    row = await pool.fetchrow(STATUS, user_id)
    return None if row is None else AccountStatus(**dict(row))
