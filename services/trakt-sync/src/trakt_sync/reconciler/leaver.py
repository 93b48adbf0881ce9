"""The end of an account that its user leaves: when nothing of our making is left on Trakt."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chassis.clock import Clock
from chassis.postgres.database import Pool
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.revocation import Revoking, give_back
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.store import leaving
from trakt_sync.use_cases import end_left_account

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Leaver:
    """Ends accounts.

    Args:
        wake_relay: called when there are events in the outbox.
    """

    pool: Pool
    trakt: Revoking
    wake_relay: Callable[[], None]
    now: Clock

    async def serve(self, account: Account) -> bool:
        """End a claimed account whose lists are gone; return False while some are left, or while it stays.

        The tokens are revoked before they are deleted, so that a process that dies in between does not leave any:
        whoever comes next revokes them again. A Trakt that does not answer keeps nobody connected.

        Raises:
            LeaseLostError: the account has another holder: it was connected again.
        """
        if not account.is_leaving or not await leaving.is_empty(self.pool, account):
            return False
        await give_back(self.trakt, account.tokens, account.user_id)
        reached(KillPoint.TOKENS_REVOKED)
        await end_left_account(self.pool, account, self.now())
        self.wake_relay()
        log.info("account_disconnected", user_id=account.user_id)
        return True
