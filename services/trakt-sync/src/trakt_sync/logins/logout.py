"""Disconnecting: the tokens go here first, and then at Trakt; or the lists at Trakt, and then the tokens."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chassis.clock import Clock
from chassis.postgres.database import Pool
from trakt_sync.accounts.revocation import give_back
from trakt_sync.accounts.vault import Vault
from trakt_sync.trakt.oauth import OAuth
from trakt_sync.use_cases import disconnect, leave

log = structlog.get_logger()


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
        return tokens is not None and await give_back(self.oauth, tokens, user_id)

    async def leave(self, user_id: str) -> bool:
        """Have a user's lists deleted on Trakt by the workers, who end the account then.

        Returns: False when no account is connected that Trakt accepts: nothing was begun.
        """
        is_leaving = await leave(self.pool, user_id, self.now())
        if is_leaving:
            self.wake()
            log.info("account_leaving", user_id=user_id)
        return is_leaving
