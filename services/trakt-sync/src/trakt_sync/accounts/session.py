"""The tokens' life cycle while an account is claimed: renewed before they expire, and once after a refusal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from pydantic import SecretStr

from chassis.clock import Clock
from chassis.telemetry.declared import RENEWAL, RENEWALS
from chassis.telemetry.instruments import counter
from trakt_sync.accounts.account import Account
from trakt_sync.errors import AppRefusedError, GrantRefusedError, RenewalRefusedError, TraktError
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.backoff import delay
from trakt_sync.mirroring.job import AccountChange
from trakt_sync.trakt.api import Trakt, WriteLease
from trakt_sync.trakt.tokens import Tokens

log = structlog.get_logger()

MAX_REFUSALS: Final = 3
"""401 answers in a row after which a token that was just renewed is given up."""


class TokenStore(Protocol):
    """Where a renewed pair is saved before it is used."""

    lease_for: timedelta

    async def save_tokens(self, account: Account, tokens: Tokens, now: datetime) -> Account: ...
    async def newest(self, account: Account) -> Account: ...
    async def postpone_refresh(self, account: Account, until: datetime) -> Account: ...


class Session:
    """A claimed account and its tokens.

    Args:
        jitter: gives a number from 0 to 1.

    Attributes:
        account: with the tokens of the last renewal.
    """

    def __init__(
        self,
        account: Account,
        store: TokenStore,
        trakt: Trakt,
        *,
        now: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self.account = account
        self.trakt = trakt
        self._store = store
        self._now = now
        self._jitter = jitter
        self._renewals = counter(RENEWALS)

    @property
    def token(self) -> SecretStr:
        return self.account.tokens.access

    def write_lease(self, now: datetime) -> WriteLease:
        """Return the right to write for as long as the lease holds that is renewed now."""
        return WriteLease(self.token, now + self._store.lease_for)

    async def freshen(self) -> AccountChange | None:
        """Renew tokens that are about to expire. While they still work, no failure but a dead grant is an obstacle.

        Returns: None: go on; or the block of an account whose tokens cannot be renewed.

        Raises:
            TraktError: the tokens have expired, and Trakt could not be asked for others.
        """
        if not self.account.is_expiring(self._now()):
            return None
        try:
            return await self._refresh()
        except TraktError as error:
            if self.account.tokens.expires_at <= self._now() or isinstance(error, AppRefusedError):
                raise
            return None

    async def renew_refused(self) -> AccountChange:
        """Renew tokens that Trakt refused. New ones that are refused are tried again: not all of Trakt may know them.

        Raises:
            TraktError: Trakt could not be asked for others.
        """
        now, refusals = self._now(), self.account.refusals + 1
        if not self.account.was_just_refreshed(now):
            return await self._refresh() or AccountChange(refusals=1)
        if refusals >= MAX_REFUSALS:
            self._renewals.add(1, {RENEWAL: "refused"})
            return AccountChange(needs_reauthorization=True)
        return AccountChange(now + delay(refusals + 2, self._jitter()), "auth", refusals=refusals)

    async def _refresh(self) -> AccountChange | None:
        account = self.account
        if (wait := account.refresh_wait(self._now())) is not None:
            raise RenewalRefusedError("the last renewal failed", wait)
        try:
            tokens = await self.trakt.refresh(account.tokens.refresh, account.redirect_uri)
        except GrantRefusedError:
            return await self._grant_refused()
        except AppRefusedError:  # no matter of this account
            raise
        except TraktError as error:
            await self._postpone(error)
            raise
        self.account = await self._store.save_tokens(account, tokens, self._now())
        reached(KillPoint.TOKENS_SAVED)
        self._renewals.add(1, {RENEWAL: "renewed"})
        log.info("tokens_refreshed", user_id=account.user_id)
        return None

    async def _postpone(self, error: TraktError) -> None:
        """Have all of the account's lists wait for the next try, not each for itself."""
        wait = delay(self.account.refresh_failures + 1, self._jitter())
        error.retry_after = max(wait, error.retry_after or wait)
        self.account = await self._store.postpone_refresh(self.account, self._now() + error.retry_after)
        self._renewals.add(1, {RENEWAL: "failed"})
        log.info("tokens_not_refreshed", user_id=self.account.user_id, error=error.detail)

    async def _grant_refused(self) -> AccountChange | None:
        """Give the account up, unless somebody else has used the refresh token, or may have and be saving a new pair.

        Raises:
            LeaseLostError: the account has another holder.
        """
        refused, self.account = self.account, await self._store.newest(self.account)
        if self.account.tokens.refresh != refused.tokens.refresh:
            log.info("tokens_refreshed_by_another", user_id=self.account.user_id)
            return None
        if self.account.is_taken_over:
            return AccountChange(self._now() + self._store.lease_for, "auth")
        self._renewals.add(1, {RENEWAL: "refused"})
        return AccountChange(needs_reauthorization=True)
