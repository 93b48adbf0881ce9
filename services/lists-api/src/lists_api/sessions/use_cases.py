"""Browsers' sessions: begun by a one-time link or at the provider, found by their cookie, ended by a logout."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from pydantic import SecretStr

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from lists_api.sessions.provider import GrantRefusedError, Provider, ProviderAwayError, Tokens
from lists_api.sessions.session import Session
from lists_api.store import sessions as store
from lists_api.store.sessions import LinkRow, SessionRow

log = structlog.get_logger()

RENEW_AHEAD: Final = timedelta(seconds=60)
"""How long before its end a token is renewed, so that a request that is passed on has a good one when it arrives."""
MAX_RENEWALS: Final = 3
"""At a time. Each holds a connection to Postgres while the provider answers."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Makes, finds and ends sessions.

    Args:
        link_lifetime: how long a one-time link can be used.
        lifetime: how long a session of the provider's lasts, however often its token is renewed.
        provider: None: there are only links.
        new_secret: gives a text that nobody can guess, of URL-safe characters.
    """

    pool: Pool
    sealer: Sealer
    link_lifetime: timedelta
    lifetime: timedelta
    provider: Provider | None
    now: Clock
    new_secret: Callable[[], str]
    renewals: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, MAX_RENEWALS))

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

    async def begin(self, tokens: Tokens) -> tuple[str, Session]:
        """Return a new session of a login at the provider, and its key."""
        key = self.new_secret()
        ends = self.now() + self.lifetime if tokens.refresh else tokens.expires_at
        session = Session(tokens.user_id, "oidc", tokens.access, tokens.expires_at, tokens.refresh, ends)
        await store.add_session(self.pool, hash_of(key), self._sealed(session))
        log.info("session_begun", user_id=session.user_id, login=session.login)
        return key, session

    async def find(self, key: str) -> Session | None:
        """Return the session of a cookie's value, with a token that is good; None: there is none any more.

        Raises:
            ProviderAwayError: the token has ended, and the provider cannot give another now.
        """
        row = await store.read_session(self.pool, hash_of(key), now=self.now())
        session = None if row is None else self._opened(row)
        if session is None or session.refresh_token is None or self.provider is None or not self._is_old(session):
            return session
        return await self._renewed(hash_of(key), session, self.provider)

    async def end(self, key: str) -> None:
        """End the session, when there is one, here and at the provider."""
        row = await store.delete_session(self.pool, hash_of(key))
        await self._revoke([] if row is None else [row])

    async def end_all(self, user_id: str) -> None:
        """End all sessions of a user, here and at the provider."""
        await self._revoke(await store.delete_sessions(self.pool, user_id))

    async def _revoke(self, ended: Iterable[SessionRow]) -> None:
        sessions = [session for row in ended if (session := self._opened(row)) is not None]
        if self.provider is not None:
            tokens = [session.refresh_token for session in sessions if session.refresh_token is not None]
            await asyncio.gather(*map(self.provider.revoke, tokens))

    def _is_old(self, session: Session) -> bool:
        return session.token_expires_at - self.now() < RENEW_AHEAD

    async def _renewed(self, key_hash: bytes, session: Session, provider: Provider) -> Session | None:
        async with self.renewals, self.pool.acquire() as connection, connection.transaction():
            # A refresh token is good for one renewal: the others wait for it, on every replica, and take its token.
            row = await store.lock_session(connection, key_hash)
            current = None if row is None else self._opened(row)
            if current is None or current.refresh_token is None or not self._is_old(current):
                return current
            try:
                tokens = await provider.renew(current.refresh_token)
            except ProviderAwayError:
                if current.token_expires_at > self.now():
                    return current
                raise
            except GrantRefusedError as exc:
                log.info("session_not_renewed", user_id=session.user_id, error=str(exc))
                tokens = None
            if tokens is None or tokens.user_id != current.user_id:
                await store.delete_session(connection, key_hash)
                return None
            renewed = replace(
                current,
                token=tokens.access,
                token_expires_at=tokens.expires_at,
                refresh_token=tokens.refresh or current.refresh_token,
            )
            await store.renew_session(connection, key_hash, self._sealed(renewed))
            return renewed

    def _sealed(self, session: Session) -> SessionRow:
        refresh = session.refresh_token
        return SessionRow(
            session.user_id,
            session.login,
            self.sealer.seal(session.token.get_secret_value()),
            session.token_expires_at,
            None if refresh is None else self.sealer.seal(refresh.get_secret_value()),
            session.expires_at,
        )

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
