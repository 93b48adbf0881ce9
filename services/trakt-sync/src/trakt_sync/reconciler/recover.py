"""What becomes of a failed request: the failures that need a further request to know what happened, and all others."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chassis.clock import Clock
from trakt_sync.accounts.session import Session
from trakt_sync.errors import (
    AppRefusedError,
    LimitReachedError,
    ListGoneError,
    RejectedError,
    RenewalRefusedError,
    TokenRefusedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.mirroring import list_responses, readings
from trakt_sync.mirroring.actions import Action, AddItems, CreateList, FindList, OpenWatchlist, RemoveItems
from trakt_sync.mirroring.failures import failed, not_before
from trakt_sync.mirroring.halving import halved
from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.references import WATCHLIST
from trakt_sync.mirroring.write_ahead import doubted
from trakt_sync.reconciler.apply import check_list
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recovery:
    """Turns a failed request into a change.

    Args:
        jitter: gives a number from 0 to 1.
    """

    accounts: AccountStore
    trakt: Trakt
    breaker: Breaker
    policy: Policy
    now: Clock
    jitter: Callable[[], float] = random.random

    async def change_after(
        self, session: Session, before: Job, begun: Job, action: Action, error: TraktError
    ) -> Change:
        """Return what the failure means.

        Args:
            before: the job before the action was begun.
            begun: the job with the pending write or the intent; `before` where nothing was begun.
        """
        if isinstance(action, CreateList) and not isinstance(error, TraktUnreachableError | TraktUnavailableError):
            before = list_responses.refused(before, begun)
        try:
            change = await self._looked_into(session, before, begun, action, error)
        except TraktError as further:
            change = doubted(self.failed(before, before, action, further), begun, action, self.now())
        return not_before(change, error, self.now())

    async def _looked_into(
        self, session: Session, before: Job, begun: Job, action: Action, error: TraktError
    ) -> Change:
        match error:
            case TokenRefusedError():
                account = await session.renew_refused()
                change = Change(before.progress, next=Next(self.now()), account=account)
            case ListGoneError():
                change = await self._look_for(session, before, action, error)
            case LimitReachedError() if isinstance(action, AddItems):
                return await self._learn_limits(session, before, begun, action)
            case RejectedError() | TraktUnavailableError(is_server_error=True) if isinstance(
                action, AddItems | RemoveItems
            ):
                self._log(before, action, error)
                return halved(before, begun, action, error, self.now(), jitter=self.jitter(), policy=self.policy)
            case TraktUnavailableError() | TraktUnreachableError() | RenewalRefusedError():
                return self.failed(before, begun, action, error)
            case AppRefusedError() if await self._is_refused_here_only(session):
                change = self.failed(before, begun, action, RejectedError(error.detail, error.retry_after))
            case _:
                change = self.failed(before, begun, action, error)
        return doubted(change, begun, action, self.now())

    def failed(self, before: Job, begun: Job, action: Action | None, error: TraktError) -> Change:
        """Return what a failure means that needs no further request.

        Args:
            action: None: the tokens were being renewed.
        """
        if isinstance(error, AppRefusedError) and self.breaker.refused(self.now(), error.retry_after):
            log.error("trakt_app_refused", error=error.detail)
        self._log(before, action, error)
        return failed(before, begun, error, self.now(), jitter=self.jitter(), policy=self.policy)

    async def note_refusal(self, session: Session, error: TraktError) -> None:
        """Have all accounts wait where a failure says that our application is refused, and not this account alone."""
        if not isinstance(error, AppRefusedError) or await self._is_refused_here_only(session):
            return
        if self.breaker.refused(self.now(), error.retry_after):
            log.error("trakt_app_refused", error=error.detail)

    def _log(self, job: Job, action: Action | None, error: TraktError) -> None:
        name = "RefreshTokens" if action is None else type(action).__name__
        log.info("trakt_call_failed", list_id=job.list_id, action=name, error=error.detail)

    async def _is_refused_here_only(self, session: Session) -> bool:
        """Ask with another account, if there is one: a 403 that only this list or account meets stops nobody else."""
        account = session.account
        tokens = await self.accounts.any_tokens(besides=account.user_id) or account.tokens
        try:
            await self.trakt.probe(tokens.access)
        except (AppRefusedError, TraktUnreachableError, TraktUnavailableError):
            return False
        except TraktError as error:
            log.debug("probe_answered", error=error.detail)  # even a 401 says that our application is welcome
        return True

    async def _look_for(self, session: Session, job: Job, action: Action, error: ListGoneError) -> Change:
        """Look for the list of which Trakt said that it is not there. Where it is, Trakt is not yet of one mind."""
        if isinstance(action, FindList | CreateList | OpenWatchlist) or job.is_on_watchlist:  # that is always there
            return self.failed(job, job, action, TraktUnavailableError(error.detail))
        change = await check_list(
            session.trakt, session.token, job, now=self.now, policy=self.policy, jitter=self.jitter
        )
        is_there = change.progress.trakt_list is not None and not change.progress.trakt_list.is_doubted
        if not is_there:
            return change
        unclear = TraktUnavailableError(error.detail)  # no matter of the breaker
        return failed(job, job, unclear, self.now(), jitter=self.jitter(), policy=self.policy)

    async def _learn_limits(self, session: Session, before: Job, begun: Job, action: AddItems) -> Change:
        limits = await session.trakt.read_limits(session.token)
        shown, lists = await self._counts(session, before)
        change = readings.limited(before, begun, action, limits, shown, self.now(), lists=lists)
        limit = change.progress.limit
        log.info("account_limit_reached", list_id=before.list_id, capacity=limit and limit.capacity)
        return change

    async def _counts(self, session: Session, job: Job) -> tuple[int | None, int]:
        """Return how many entries Trakt shows on the list (None: it does not say), and lists of the account."""
        if job.is_on_watchlist:
            items = await session.trakt.read_items(session.token, WATCHLIST)
            return len(items.entries) + items.foreign_count if items.is_complete else None, 0
        lists = await session.trakt.read_lists(session.token)
        ours = (one.item_count for one in lists.lists if one.trakt_list_id == job.progress.trakt_list_id)
        return next(ours, None), len(lists.lists)
