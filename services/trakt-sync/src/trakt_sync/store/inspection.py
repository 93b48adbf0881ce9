"""SQL of the commands that look at all lists: which there are, and how their accounts can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import SecretStr

from chassis.postgres.database import Pool
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError
from trakt_sync.mirroring.views import MirrorView
from trakt_sync.store.due import given_back
from trakt_sync.store.leaving import STATE
from trakt_sync.store.rows import JOB_COLUMNS, stored_job
from trakt_sync.trakt.tokens import Tokens

LISTS: Final = """
SELECT desired_list.list_id, desired_list.user_id, desired_list.title,
    coalesce(account.state, 'disconnected') AS account_state,
    mirror.trakt_list_id, mirror.trakt_list IS NOT NULL AS is_on_trakt,
    coalesce((mirror.drift ->> 'is_detached')::boolean, false) AS is_detached
FROM desired_list
LEFT JOIN account ON account.user_id = desired_list.user_id
LEFT JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = coalesce(account.trakt_id, '')
WHERE is_present AND ($1::text IS NULL OR desired_list.user_id = $1)
    AND ($2::bigint IS NULL OR desired_list.list_id = $2)
ORDER BY desired_list.user_id, desired_list.list_id"""

USERS: Final = """
SELECT user_id FROM account WHERE state = 'connected' AND ($1::text IS NULL OR user_id = $1) ORDER BY user_id"""

TOKENS: Final = "SELECT tokens, expires_at FROM account WHERE user_id = $1 AND state = 'connected'"

# A lease of the command's own, for one write. The pace is that of all users of the Trakt account.
HOLD: Final = """
WITH sharing AS MATERIALIZED (
    SELECT account.user_id, account.lease_token, account.lease_until, account.next_write_at
    FROM account, account AS own
    WHERE own.user_id = $1 AND (account.user_id = $1 OR account.trakt_id = own.trakt_id)
    ORDER BY account.user_id FOR UPDATE OF account
),
free AS (
    SELECT count(*) AS users FROM sharing
    HAVING bool_and(next_write_at <= $2) AND bool_and(user_id <> $1 OR lease_token IS NULL OR lease_until <= $2)
)
UPDATE account SET
    next_write_at = $3, last_served_at = CASE WHEN account.user_id = $1 THEN $2 ELSE account.last_served_at END,
    lease_token = CASE WHEN account.user_id = $1 THEN gen_random_uuid() ELSE account.lease_token END,
    lease_until = CASE WHEN account.user_id = $1 THEN $3 ELSE account.lease_until END
FROM sharing, free WHERE account.user_id = sharing.user_id
RETURNING account.user_id, account.lease_token"""

GIVE_BACK: Final = f"UPDATE account SET {given_back('$1')} WHERE user_id = $1 AND lease_token = $2"  # noqa: S608


TIMES: Final = "SELECT expires_at, audit_at FROM account WHERE user_id = $1"

# Without their titles: for their states, which those do not change.
MIRRORS: Final = f"""
SELECT {JOB_COLUMNS.replace("desired_list.items", "'[]'::jsonb AS items")}, work_queue.due_at, work_queue.waits_for,
    {STATE} AS account_state, trakt_slug, nullif(blocked_until, '-infinity') AS blocked_until, block_reason
FROM account
JOIN desired_list ON desired_list.user_id = account.user_id
LEFT JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = coalesce(account.trakt_id, '')
LEFT JOIN work_queue ON work_queue.list_id = desired_list.list_id
WHERE account.user_id = $1 AND (is_present OR trakt_list IS NOT NULL OR intent IS NOT NULL)
ORDER BY desired_list.list_id"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class AccountTimes:
    """Of an account. Args: expires_at: its access token; None: it has none. audit_at: the next; None: none is due."""

    expires_at: datetime | None
    audit_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list that is wanted.

    Args:
        trakt_list_id: on the account that its user has now; None: there is none, or it is the watchlist.
        is_on_trakt: there is one, or it is the watchlist.
        is_detached: it was deleted there by hand, and stays so.
    """

    list_id: int
    user_id: str
    title: str
    account_state: str
    trakt_list_id: int | None
    is_on_trakt: bool
    is_detached: bool


async def lists(pool: Pool, user_id: str | None = None, list_id: int | None = None) -> Sequence[ListLine]:
    """Return the wanted lists of a user, or of all."""
    return [ListLine(**dict(row)) for row in await pool.fetch(LISTS, user_id, list_id)]


async def connected_users(pool: Pool, user_id: str | None = None) -> Sequence[str]:
    """Return the users whose account is connected; of one user, if they are."""
    return [row["user_id"] for row in await pool.fetch(USERS, user_id)]


async def access_token(pool: Pool, vault: Vault, user_id: str, now: datetime) -> SecretStr:
    """Return a token to read with.

    Raises:
        BadTokensError: there is none, no key opens it, or it has expired: only a worker renews one.
    """
    row = await pool.fetchrow(TOKENS, user_id)
    if row is None:
        raise BadTokensError("the account is not connected")
    tokens: Tokens = vault.open(row["tokens"], row["expires_at"])
    if tokens.expires_at <= now:
        raise BadTokensError("the tokens are to be renewed, which a worker does")
    return tokens.access


async def hold(pool: Pool, user_id: str, now: datetime, until: datetime) -> UUID | None:
    """Take the account for one write, which is to be sent until then; None: it is being served or must wait."""
    rows = await pool.fetch(HOLD, user_id, now, until)
    return next((row["lease_token"] for row in rows if row["user_id"] == user_id), None)


async def give_back(pool: Pool, user_id: str, lease: UUID) -> None:
    """Give the account back. Its next write waits until the time that was taken has passed."""
    await pool.execute(GIVE_BACK, user_id, lease)


HELD_FOR: Final = timedelta(seconds=60)
"""A deletion of a large list was seen to take 22 s."""


async def account_times(pool: Pool, user_id: str) -> AccountTimes:
    """Return the times of a user's account; all None where nothing is known of the user."""
    row = await pool.fetchrow(TIMES, user_id)
    return AccountTimes(None, None) if row is None else AccountTimes(**dict(row))


async def mirror_views(pool: Pool, user_id: str) -> list[MirrorView]:
    """Return how a user's lists are on Trakt, without their titles; deleted ones while something of them is there."""
    return [
        MirrorView(
            job=stored_job(row, row["mirror_id"] or 0).job,
            due_at=row["due_at"],
            waits_for=row["waits_for"],
            account_state=row["account_state"],
            blocked_until=row["blocked_until"],
            block_reason=row["block_reason"],
            trakt_slug=row["trakt_slug"],
            failure=None,
        )
        for row in await pool.fetch(MIRRORS, user_id)
    ]
