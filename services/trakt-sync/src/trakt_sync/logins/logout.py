"""Disconnecting: the tokens go here first, and then at Trakt."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.postgres.database import Pool
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import TraktError
from trakt_sync.trakt.oauth import OAuth
from trakt_sync.use_cases import disconnect

log = structlog.get_logger()

REVOKE_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Logout:
    """Disconnects accounts. Args: wake: wakes the workers and the relay."""

    pool: Pool
    vault: Vault
    oauth: OAuth
    wake: Callable[[], None]
    now: Clock

    async def disconnect(self, user_id: str) -> bool:
        """Disconnect a user's account, if one is connected; return whether Trakt has revoked its tokens.

        A Trakt that does not answer keeps nobody connected: nobody has the tokens any more.
        """
        was_connected, tokens = await disconnect(self.pool, self.vault, user_id, self.now())
        if was_connected:
            self.wake()
            log.info("account_disconnected", user_id=user_id)
        if tokens is None:
            return False
        try:
            async with asyncio.timeout(REVOKE_TIMEOUT_S):
                await self.oauth.revoke(tokens.access)
        except (TraktError, TimeoutError) as exc:
            log.warning("tokens_not_revoked", user_id=user_id, error=repr(exc))
            return False
        return True
