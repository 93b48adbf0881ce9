"""The console's sessions and one-time links. Tokens are sealed; codes and cookies are stored as hashes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from chassis.postgres.database import Connection, Pool, count_of


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link as it stands in its row."""

    code_hash: bytes
    user_id: str
    sealed_token: bytes
    token_expires_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it stands in its row, without its key."""

    user_id: str
    login: str
    sealed_token: bytes
    token_expires_at: datetime
    sealed_refresh_token: bytes | None
    expires_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:  # noqa: ANN401 - asyncpg's record
        return cls(*row)


ADD_LINK: Final = """
INSERT INTO login_link (code_hash, user_id, sealed_token, token_expires_at, expires_at) VALUES ($1, $2, $3, $4, $5)"""


async def add_link(pool: Pool, link: LinkRow) -> None:
    await pool.execute(
        ADD_LINK, link.code_hash, link.user_id, link.sealed_token, link.token_expires_at, link.expires_at
    )


# The row is deleted whoever comes first: of two browsers with one code, one gets a session.
USE_LINK: Final = """
WITH used AS (
    DELETE FROM login_link WHERE code_hash = $1 RETURNING user_id, sealed_token, token_expires_at, expires_at
)
INSERT INTO session (key_hash, user_id, login, sealed_token, token_expires_at, expires_at)
SELECT $2, user_id, 'link', sealed_token, token_expires_at, token_expires_at FROM used WHERE expires_at > $3
RETURNING user_id, login, sealed_token, token_expires_at, sealed_refresh_token, expires_at"""


async def use_link(pool: Pool, code_hash: bytes, key_hash: bytes, *, now: datetime) -> SessionRow | None:
    """Make a session of a link, and take the link away; None: there is no such link, or it is too old."""
    row = await pool.fetchrow(USE_LINK, code_hash, key_hash, now)
    return None if row is None else SessionRow.of(row)


ADD_SESSION: Final = """
INSERT INTO session (key_hash, user_id, login, sealed_token, token_expires_at, sealed_refresh_token, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def add_session(pool: Pool, key_hash: bytes, row: SessionRow) -> None:
    await pool.execute(
        ADD_SESSION,
        key_hash,
        row.user_id,
        row.login,
        row.sealed_token,
        row.token_expires_at,
        row.sealed_refresh_token,
        row.expires_at,
    )


READ_SESSION: Final = """
SELECT user_id, login, sealed_token, token_expires_at, sealed_refresh_token, expires_at FROM session
WHERE key_hash = $1 AND expires_at > $2"""


async def read_session(pool: Pool, key_hash: bytes, *, now: datetime) -> SessionRow | None:
    """Return the session; None: there is none, or it has ended."""
    row = await pool.fetchrow(READ_SESSION, key_hash, now)
    return None if row is None else SessionRow.of(row)


LOCK_SESSION: Final = """
SELECT user_id, login, sealed_token, token_expires_at, sealed_refresh_token, expires_at FROM session
WHERE key_hash = $1 FOR UPDATE"""


async def lock_session(connection: Connection, key_hash: bytes) -> SessionRow | None:
    """Return the session, which nobody else changes within the transaction; None: there is none any more."""
    row = await connection.fetchrow(LOCK_SESSION, key_hash)
    return None if row is None else SessionRow.of(row)


RENEW_SESSION: Final = """
UPDATE session SET sealed_token = $2, token_expires_at = $3, sealed_refresh_token = $4 WHERE key_hash = $1"""


async def renew_session(connection: Connection, key_hash: bytes, row: SessionRow) -> None:
    """Store the session's new tokens."""
    await connection.execute(RENEW_SESSION, key_hash, row.sealed_token, row.token_expires_at, row.sealed_refresh_token)


DELETE_SESSION: Final = """
DELETE FROM session WHERE key_hash = $1
RETURNING user_id, login, sealed_token, token_expires_at, sealed_refresh_token, expires_at"""


async def delete_session(connection: "Pool | Connection", key_hash: bytes) -> SessionRow | None:
    """Delete the session and return it; None: there was none."""
    row = await connection.fetchrow(DELETE_SESSION, key_hash)
    return None if row is None else SessionRow.of(row)


DELETE_SESSIONS: Final = """
DELETE FROM session WHERE user_id = $1
RETURNING user_id, login, sealed_token, token_expires_at, sealed_refresh_token, expires_at"""


async def delete_sessions(pool: Pool, user_id: str) -> list[SessionRow]:
    """Delete all sessions of a user and return them."""
    return [SessionRow.of(row) for row in await pool.fetch(DELETE_SESSIONS, user_id)]


DELETE_ENDED: Final = """
WITH links AS (DELETE FROM login_link WHERE expires_at <= $1)
DELETE FROM session WHERE expires_at <= $1"""


async def delete_ended(pool: Pool, *, now: datetime) -> int:
    """Delete links and sessions that have ended. Return how many sessions."""
    return count_of(await pool.execute(DELETE_ENDED, now))
