"""Logging in by address: the browser goes to Trakt's page and comes back with a code (authorization code with PKCE)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog
from pydantic import SecretStr

from chassis.clock import Clock
from chassis.errors import TransientError
from chassis.postgres.database import Pool
from trakt_sync.accounts.login import STATE_FOR, AuthorizationLogin, StateProblem, authorize_address
from trakt_sync.accounts.revocation import give_back
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import TraktError
from trakt_sync.logins.granted import ReadSettings, saved, with_owner
from trakt_sync.store import logins
from trakt_sync.trakt.oauth import OAuth
from trakt_sync.use_cases import connect_within

log = structlog.get_logger()

Outcome = Literal["connected", "denied", "failed", "away", StateProblem]
"""How a login by address ended."""


@dataclass(frozen=True, slots=True)
class AuthorizationLogins:
    """Begins logins by address, and ends them.

    Args:
        page: Trakt's page, as browsers reach it.
        redirect_uri: where Trakt sends the browser: our callback; None: this installation has no such address.
        wake: wakes the workers and the relay.
    """

    pool: Pool
    vault: Vault
    oauth: OAuth
    read_settings: ReadSettings
    page: str
    client_id: str
    redirect_uri: str | None
    wake: Callable[[], None]
    now: Clock

    async def begin(self, user_id: str, redirect_uri: str) -> str:
        """Return the address where the user logs in. It works once, for ten minutes, and ends an earlier one's."""
        state, verifier = secrets.token_urlsafe(32), SecretStr(secrets.token_urlsafe(64))
        login = AuthorizationLogin(user_id, verifier, redirect_uri)
        await logins.add_authorization(self.pool, self.vault, login, state, expires_at=self.now() + STATE_FOR)
        return authorize_address(
            self.page, client_id=self.client_id, redirect_uri=redirect_uri, state=state, verifier=verifier
        )

    async def end(self, state: str, code: str, error: str) -> Outcome:
        """End the login whose state a browser brings back, with the code or the error that Trakt gave it."""
        login = await logins.use_authorization(self.pool, self.vault, state, self.now())
        if not isinstance(login, AuthorizationLogin):
            return login
        if error or not code:
            log.info("login_not_granted", user_id=login.user_id)
            return "denied" if error == "access_denied" else "failed"
        try:
            tokens = await self.oauth.exchange(SecretStr(code), login.verifier, login.redirect_uri)
        except TraktError as exc:
            log.warning("code_not_exchanged", user_id=login.user_id, error=exc.detail)
            return "away" if isinstance(exc, TransientError) else "failed"
        given = await with_owner(tokens, self.read_settings, login.redirect_uri)

        async def save() -> bool:
            async with self.pool.acquire() as connection, connection.transaction():
                if not await logins.is_wanted(connection, state):
                    return False
                await connect_within(connection, self.vault, login.user_id, given, self.now())
                return True

        if not await saved(save):
            log.warning("login_not_wanted", user_id=login.user_id)
            await give_back(self.oauth, tokens, login.user_id)
            return "unknown"
        self.wake()
        log.info("account_connected", user_id=login.user_id, by="authorization")
        return "connected"
