"""SQL of logins at Trakt that are under way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from chassis.postgres.database import Connection, Pool, count_of
from trakt_sync.accounts.login import AfterPoll, AuthorizationLogin, DeviceLogin, DuePoll, StateProblem, hash_of
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError
from trakt_sync.trakt.device_code import DeviceCode

log = structlog.get_logger()

_COLUMNS: Final = "user_code, verification_url, state, reason, poll_every, expires_at"

READ_DEVICE: Final = f"SELECT {_COLUMNS} FROM device_login WHERE user_id = $1"  # noqa: S608 - our own text

# A login that another request has begun meanwhile stays: its user may have seen its code.
ADD_DEVICE: Final = f"""
INSERT INTO device_login (
    user_id, login_id, device_code, user_code, verification_url, state, poll_every, started_at, expires_at, poll_at
)
VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $7::timestamptz + $6)
ON CONFLICT (user_id) DO UPDATE SET
    login_id = excluded.login_id, device_code = excluded.device_code, user_code = excluded.user_code,
    verification_url = excluded.verification_url, state = excluded.state, reason = NULL,
    poll_every = excluded.poll_every, started_at = excluded.started_at, expires_at = excluded.expires_at,
    poll_at = excluded.poll_at
WHERE device_login.state <> 'pending' OR device_login.expires_at <= $9
RETURNING {_COLUMNS}"""  # noqa: S608 - our own text

NEXT_POLL: Final = "SELECT min(poll_at) FROM device_login WHERE poll_at IS NOT NULL"

# Those that nobody could poll to their end: the keys were changed, or no process ran.
EXPIRE_DEVICES: Final = """
UPDATE device_login SET state = 'expired', poll_at = NULL
WHERE poll_at <= $1 AND expires_at <= $1::timestamptz - interval '1 minute'"""

TAKE_POLLS: Final = """
UPDATE device_login SET poll_at = $2
FROM (
    SELECT user_id FROM device_login WHERE poll_at <= $1 ORDER BY poll_at LIMIT $3 FOR UPDATE SKIP LOCKED
) AS due
WHERE device_login.user_id = due.user_id
RETURNING device_login.user_id, login_id, device_code, poll_every, expires_at, poll_at"""

# Compare-and-set on the time until which it was taken: whoever took it over has polled since.
RECORD_POLL: Final = """
UPDATE device_login SET state = $4, reason = $5, poll_every = $6, poll_at = $7
WHERE user_id = $1 AND login_id = $2 AND poll_at = $3"""

# Whatever was noted meanwhile by who took it over: the tokens are here.
END_DEVICE: Final = """
UPDATE device_login SET state = 'connected', reason = NULL, poll_at = NULL
WHERE user_id = $1 AND login_id = $2 AND state <> 'connected'"""

# One a user: the state of an earlier one is not known any more.
ADD_AUTHORIZATION: Final = """
INSERT INTO authorization_login (user_id, state_hash, verifier, redirect_uri, expires_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id) DO UPDATE SET
    state_hash = excluded.state_hash, verifier = excluded.verifier, redirect_uri = excluded.redirect_uri,
    expires_at = excluded.expires_at, used_at = NULL"""

USE_AUTHORIZATION: Final = """
UPDATE authorization_login SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL AND expires_at > $2
RETURNING user_id, verifier, redirect_uri"""

AUTHORIZATION_IS_USED: Final = "SELECT used_at IS NOT NULL FROM authorization_login WHERE state_hash = $1"

# That the user has not logged out since.
LOCK_AUTHORIZATION: Final = "SELECT true FROM authorization_login WHERE state_hash = $1 FOR UPDATE"

FORGET_DEVICE: Final = "DELETE FROM device_login WHERE user_id = $1"
FORGET_AUTHORIZATION: Final = "DELETE FROM authorization_login WHERE user_id = $1"

SWEEP_DEVICES: Final = "DELETE FROM device_login WHERE expires_at < $1"
SWEEP_AUTHORIZATIONS: Final = "DELETE FROM authorization_login WHERE expires_at < $1"


async def read_device(pool: Pool, user_id: str) -> DeviceLogin | None:
    """Return the user's last login by device code; None: there is none, or it was long ago."""
    row = await pool.fetchrow(READ_DEVICE, user_id)
    return None if row is None else DeviceLogin(**dict(row))


async def add_device(
    pool: Pool, vault: Vault, user_id: str, login_id: UUID, code: DeviceCode, now: datetime, *, open_until: datetime
) -> DeviceLogin | None:
    """Save a login that has begun; None: the user has one that is open until after `open_until`."""
    row = await pool.fetchrow(
        ADD_DEVICE,
        user_id,
        login_id,
        vault.seal_secret(code.device_code),
        code.user_code,
        code.verification_url,
        code.interval,
        now,
        now + code.lifetime,
        open_until,
    )
    return None if row is None else DeviceLogin(**dict(row))


async def next_poll(pool: Pool) -> datetime | None:
    """Return when the next poll is due; None: no login is open."""
    due: datetime | None = await pool.fetchval(NEXT_POLL)
    return due


async def take_polls(pool: Pool, vault: Vault, now: datetime, *, until: datetime, limit: int) -> Sequence[DuePoll]:
    """Take up polls that are due; no other process takes them before `until`."""
    await pool.execute(EXPIRE_DEVICES, now)
    polls = []
    for row in await pool.fetch(TAKE_POLLS, now, until, limit):
        try:
            code = vault.open_secret(row["device_code"])
        except BadTokensError as exc:  # it is looked at again, and expires
            log.error("device_code_unreadable", user_id=row["user_id"], error=exc.detail)  # noqa: TRY400
            continue
        polls.append(
            DuePoll(row["user_id"], row["login_id"], code, row["poll_every"], row["expires_at"], row["poll_at"])
        )
    return polls


async def record_poll(pool: Pool, poll: DuePoll, after: AfterPoll) -> None:
    """Save how a login stands after a poll, unless another process has taken it over."""
    await pool.execute(
        RECORD_POLL,
        poll.user_id,
        poll.login_id,
        poll.taken_until,
        after.state,
        after.reason,
        after.poll_every,
        after.poll_at,
    )


async def end_device(connection: Connection, poll: DuePoll) -> bool:
    """Note that a login has brought tokens, in the caller's transaction; return False when nobody wants it any more."""
    return count_of(await connection.execute(END_DEVICE, poll.user_id, poll.login_id)) == 1


async def delete_old(pool: Pool, *, until: datetime) -> int:
    """Delete the logins that expired before then; return how many."""
    devices = count_of(await pool.execute(SWEEP_DEVICES, until))
    return devices + count_of(await pool.execute(SWEEP_AUTHORIZATIONS, until))


async def add_authorization(
    pool: Pool, vault: Vault, login: AuthorizationLogin, state: str, *, expires_at: datetime
) -> None:
    """Save a login by address that has begun, in place of the user's earlier one."""
    verifier = vault.seal_secret(login.verifier)
    await pool.execute(ADD_AUTHORIZATION, login.user_id, hash_of(state), verifier, login.redirect_uri, expires_at)


async def use_authorization(pool: Pool, vault: Vault, state: str, now: datetime) -> AuthorizationLogin | StateProblem:
    """Use a state that a browser brings, which works once; return the login, or what is wrong with the state.

    Raises:
        BadTokensError: none of the keys opens its verifier.
    """
    row = await pool.fetchrow(USE_AUTHORIZATION, hash_of(state), now)
    if row is not None:
        return AuthorizationLogin(row["user_id"], vault.open_secret(row["verifier"]), row["redirect_uri"])
    is_used = await pool.fetchval(AUTHORIZATION_IS_USED, hash_of(state))
    if is_used is None:
        return "unknown"
    return "used" if is_used else "expired"


async def is_wanted(connection: Connection, state: str) -> bool:
    """Return whether a login by address still counts, and keep it so until the caller's transaction ends."""
    return bool(await connection.fetchval(LOCK_AUTHORIZATION, hash_of(state)))


async def forget(connection: Connection, user_id: str) -> None:
    """Forget a user's logins, in the caller's transaction: what Trakt answers to them counts no more."""
    await connection.execute(FORGET_DEVICE, user_id)
    await connection.execute(FORGET_AUTHORIZATION, user_id)
