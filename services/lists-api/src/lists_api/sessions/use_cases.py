"""Browsers' sessions: begun by a one-time link, found by their cookie, ended by a logout."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import SecretStr

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from lists_api.sessions.session import Session
from lists_api.store import sessions as store
from lists_api.store.sessions import LinkRow, SessionRow

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sessions:
    """Makes, finds and ends sessions.

    Args:
        link_lifetime: how long a one-time link can be used.
        new_secret: gives a text that nobody can guess, of URL-safe characters.
    """

    pool: Pool
    sealer: Sealer
    link_lifetime: timedelta
    now: Clock
    new_secret: Callable[[], str]

    async def make_link(self, user_id: str, token: SecretStr, token_expires_at: datetime) -> tuple[str, datetime]:
        """Return a code that makes one session with the token, and until when. The code is stored nowhere."""
        code, until = self.new_secret(), min(self.now() + self.link_lifetime, token_expires_at)
        sealed = self.sealer.seal(token.get_secret_value())
        await store.add_link(self.pool, LinkRow(hash_of(code), user_id, sealed, token_expires_at, until))
        return code, until

    async def use_link(self, code: str) -> tuple[str, Session] | None:
        """Return a new session and its key; None: the code is not one, was used, or is too old."""
        key = self.new_secret()
        row = await store.use_link(self.pool, hash_of(code), hash_of(key), now=self.now())
        session = None if row is None else self._opened(row)
        if session is None:
            return None
        log.info("session_begun", user_id=session.user_id, login=session.login)
        return key, session

    async def find(self, key: str) -> Session | None:
        """Return the session of a cookie's value; None: there is none any more."""
        row = await store.read_session(self.pool, hash_of(key), now=self.now())
        return None if row is None else self._opened(row)

    async def end(self, key: str) -> None:
        """End the session, when there is one."""
        await store.delete_session(self.pool, hash_of(key))

    def _opened(self, row: SessionRow) -> Session | None:
        token = self.sealer.open(row.sealed_token)
        if token is None:
            log.warning("session_unreadable", user_id=row.user_id)
            return None
        refresh = None if row.sealed_refresh_token is None else self.sealer.open(row.sealed_refresh_token)
        return Session(
            user_id=row.user_id,
            login="oidc" if row.login == "oidc" else "link",
            token=SecretStr(token),
            token_expires_at=row.token_expires_at,
            refresh_token=None if refresh is None else SecretStr(refresh),
            expires_at=row.expires_at,
        )


def hash_of(secret: str) -> bytes:
    """Return what is stored of a code or a cookie's value. It is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
