"""One list, one step: load → plan → next action → apply → record. Everything that decides is in pure modules."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from chassis.postgres import Pool
from chassis.telemetry import LIST_ID, LIST_VERSION, context_of, tracer
from chassis.wakeup import Waker
from trakt_sync import item_outcomes, outcomes, steps, store_mirrors
from trakt_sync.accounts import MOST_REFUSALS, Account, Permit
from trakt_sync.apply import apply, list_id_of
from trakt_sync.breaker import Breaker
from trakt_sync.errors import (
    AppRefusedError,
    GrantRefusedError,
    LeaseLostError,
    LimitReachedError,
    ListGoneError,
    RejectedError,
    TokenRefusedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.failures import delay, failed, put_to_rest
from trakt_sync.mirror import AccountChange, Job
from trakt_sync.plan import Action, AddItems, CreateList, DeleteList, FindList, ReadRemote, Write, plan
from trakt_sync.record import record_step
from trakt_sync.report import report
from trakt_sync.steps import Policy, Step
from trakt_sync.store_accounts import AccountStore
from trakt_sync.trakt import Trakt
from trakt_sync.use_cases import identify
from watchbuddy_contracts import TraktReauthorizationRequired

log = structlog.get_logger()


class Reconciler:
    """Carries out one step of one list of a claimed account.

    Args:
        write_interval: between an account's writes, counted from the answer: counted from the sending, two could meet
            in one second at Trakt.
        outbox_waker: wakes the relay.
        jitter: gives a number from 0 to 1.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        pool: Pool,
        accounts: AccountStore,
        trakt: Trakt,
        breaker: Breaker,
        outbox_waker: Waker,
        write_interval: timedelta,
        policy: Policy,
        now: Callable[[], datetime],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._pool = pool
        self._accounts = accounts
        self._trakt = trakt
        self._breaker = breaker
        self._outbox_waker = outbox_waker
        self._write_interval = write_interval
        self._policy = policy
        self._now = now
        self._jitter = jitter

    async def serve(self, account: Account) -> None:
        """Take the next step of the account's smallest list and give the account back.

        Raises:
            LeaseLostError: the account has another holder; nothing was recorded.
        """
        now = self._now()
        job = await store_mirrors.next_job(self._pool, account.user_id, now, now - self._policy.not_found_retry)
        if job is None:
            await self._accounts.release(account)
            return
        with tracer().start_as_current_span(
            "mirror list",
            context=context_of(job.traceparent),
            attributes={LIST_ID: job.list_id, LIST_VERSION: job.version},
        ):
            await self._step(account, steps.without_old_limits(job, now, self._policy))

    async def _step(self, account: Account, job: Job) -> None:
        if job.progress.pending is not None:  # whoever sent it was killed
            await self._record(account, job, outcomes.doubted(job, self._now(), self._policy))
            return
        actions = plan(job.desired, job.known)
        if not actions and account.is_identified:
            await self._record(account, job, steps.finished(job, Step(job.progress), self._now(), self._policy))
            return
        try:
            account = await self._with_fresh_tokens(account)
        except GrantRefusedError:
            await self._record(account, job, self._grant_refused(account, job))
            return
        except TraktError as error:
            await self._record(account, job, self._failed(job, job, FindList(), error))
            return
        if not account.is_identified:
            await self._identify(account, job)
            return
        action = actions[0]
        if isinstance(action, FindList | ReadRemote):
            await self._record(account, job, await self._read(account, job, action))
        else:
            await self._write(account, job, action)

    async def _identify(self, account: Account, job: Job) -> None:
        """Ask whose account it is before anything is done on it; the list is looked at again at once."""
        try:
            trakt_id = await self._trakt.read_trakt_id(account.tokens.access)
            self._answered()
        except TraktError as error:
            await self._record(account, job, await self._after_error(account, job, job, FindList(), error))
            return
        if await identify(self._pool, account, trakt_id, self._now()):
            self._outbox_waker.wake()
        await self._accounts.release(account)

    async def _read(self, account: Account, job: Job, action: FindList | ReadRemote) -> Step:
        now, token = self._now(), account.tokens.access
        read_after = job.progress.read_after
        try:
            if isinstance(action, FindList):
                lists = await self._trakt.read_lists(token)
                self._answered()
                owned = await store_mirrors.owned(self._pool, (one.trakt_list_id for one in lists.lists))
                return outcomes.found(job, lists, owned, now, self._policy)
            if not action.is_for_places and read_after is not None and now < read_after:
                return steps.finished(job, Step(job.progress), now, self._policy)
            items = await self._trakt.read_items(token, list_id_of(job))
            self._answered()
            return item_outcomes.read(job, action, items, self._now(), self._policy)
        except TraktError as error:
            return await self._after_error(account, job, job, action, error)

    async def _write(self, account: Account, job: Job, action: Write) -> None:
        now = self._now()
        begun = replace(job, progress=outcomes.begun(job, action, now))
        permit = Permit(account.tokens.access, now + self._accounts.lease_for)
        if not await store_mirrors.begin_write(
            self._pool, account, job, begun.progress, next_write_at=now + self._write_interval, until=permit.until
        ):
            await self._accounts.release(account, next_write_at=now)  # a newer version came: plan again
            return
        try:
            step = await apply(self._trakt, permit, begun, action, now=self._now, policy=self._policy)
            self._answered()
        except TraktError as error:
            step = await self._after_error(account, job, begun, action, error)
        try:
            await self._record(account, job, step, next_write_at=self._now() + self._write_interval)
        except LeaseLostError:
            await self._distrust(job, step)
            raise

    async def _distrust(self, job: Job, step: Step) -> None:
        """Have the list read: what was sent may have come to Trakt after what the account's next holder sent."""
        made = step.progress.trakt_list_id
        log.warning("write_not_recorded", list_id=job.list_id, trakt_list_id=made)
        if job.progress.trakt_list_id is not None:
            read_after = self._now() + self._policy.stale_window
            await store_mirrors.distrust(self._pool, job.list_id, job.progress.trakt_list_id, read_after)

    async def _after_error(  # noqa: PLR0911 - one a row of the table
        self, account: Account, before: Job, begun: Job, action: Action, error: TraktError
    ) -> Step:
        """Return the step after a failure; some need a further call to know what happened."""
        try:
            match error:
                case TokenRefusedError():
                    self._answered()
                    return await self._renew_tokens(account, before)
                case ListGoneError():
                    self._answered()
                    return await self._confirm_gone(account, before, action, error)
                case AppRefusedError() if await self._is_refused_here_only(account):
                    return self._failed(before, begun, action, RejectedError(error.detail))
                case LimitReachedError() if isinstance(action, AddItems):
                    self._answered()
                    return await self._learn_limits(account, before, begun, action)
        except GrantRefusedError:
            return self._grant_refused(account, before)
        except TraktError as further:
            return self._failed(before, before, action, further)
        return self._failed(before, begun, action, error)

    async def _is_refused_here_only(self, account: Account) -> bool:
        """Ask with another account, if there is one: a 403 that only this list or account meets stops nobody else."""
        tokens = await self._accounts.any_tokens(besides=account.user_id) or account.tokens
        try:
            await self._trakt.probe(tokens.access)
        except (AppRefusedError, TraktUnreachableError, TraktUnavailableError):
            return False
        except TraktError as error:
            log.debug("probe_answered", error=error.detail)  # even a 401 says that our application is welcome
        return True

    async def _renew_tokens(self, account: Account, job: Job) -> Step:
        """Renew refused tokens. New ones that are refused are tried again: not all of Trakt may know them yet."""
        now, refusals = self._now(), account.refusals + 1
        if not account.was_just_refreshed(now):
            await self._refresh(account)
            return Step(replace(job.progress, due_at=now), account=AccountChange(refusals=refusals))
        if refusals >= MOST_REFUSALS:
            return self._reauthorization(job)
        until = now + delay(refusals + 2, self._jitter())
        return Step(job.progress, account=AccountChange(until, "auth", refusals=refusals))

    async def _confirm_gone(self, account: Account, job: Job, action: Action, error: ListGoneError) -> Step:
        lists = await self._trakt.read_lists(account.tokens.access)
        is_there = any(one.trakt_list_id == job.progress.trakt_list_id for one in lists.lists)
        made_at = job.progress.made_at
        is_new = made_at is not None and self._now() < made_at + self._policy.create_settle
        if is_there or is_new or not lists.is_complete or isinstance(action, FindList | CreateList):
            # Not the breaker's matter: Trakt answers, but not yet of one mind.
            doubt = TraktUnavailableError(error.detail)
            step = failed(job, job, doubt, self._now(), jitter=self._jitter(), policy=self._policy)
            return Step(replace(step.progress, told=job.progress.told)) if is_new else step
        if isinstance(action, DeleteList):
            return steps.deleted(job)
        if job.progress.recreated_version == job.version:
            return put_to_rest(job, "the list was deleted on Trakt again")
        log.warning("list_gone_on_trakt", list_id=job.list_id, trakt_list_id=job.progress.trakt_list_id)
        return outcomes.gone(job, self._now(), self._policy)

    async def _learn_limits(self, account: Account, before: Job, begun: Job, action: AddItems) -> Step:
        limits = await self._trakt.read_limits(account.tokens.access)
        lists = await self._trakt.read_lists(account.tokens.access)
        ours = (one.item_count for one in lists.lists if one.trakt_list_id == before.progress.trakt_list_id)
        step = item_outcomes.limited(before, begun, action, limits, next(ours, None), self._now(), self._policy)
        log.info("account_limit_reached", list_id=before.list_id, capacity=step.progress.capacity)
        return step

    def _failed(self, before: Job, begun: Job, action: Action, error: TraktError) -> Step:
        now = self._now()
        match error:
            case TraktUnreachableError() | TraktUnavailableError():
                if self._breaker.failed(now, before.user_id):
                    log.warning("breaker_opened", cause="network", error=error.detail)
            case AppRefusedError():
                if self._breaker.refused(now):
                    log.error("trakt_app_refused", error=error.detail)
            case _:
                self._answered()
        log.info("trakt_call_failed", list_id=before.list_id, action=type(action).__name__, error=error.detail)
        return failed(before, begun, error, now, jitter=self._jitter(), policy=self._policy)

    def _answered(self) -> None:
        if self._breaker.succeeded(self._now()):
            log.info("breaker_closed")

    async def _with_fresh_tokens(self, account: Account) -> Account:
        """Renew tokens that are about to expire. While they still work, a failure of that is no obstacle."""
        if not account.is_expiring(self._now()):
            return account
        try:
            return await self._refresh(account)
        except (TraktUnreachableError, TraktUnavailableError):
            if account.tokens.expires_at <= self._now():
                raise
            return account

    async def _refresh(self, account: Account) -> Account:
        tokens = await self._trakt.refresh(account.tokens.refresh)
        account = await self._accounts.save_tokens(account, tokens, self._now())
        log.info("tokens_refreshed", user_id=account.user_id)
        return account

    def _grant_refused(self, account: Account, job: Job) -> Step:
        """Give the account up, unless the holder before us may have used the refresh token and be saving a new pair."""
        if account.is_taken_over:
            return Step(job.progress, account=AccountChange(self._now() + self._accounts.lease_for, "auth"))
        return self._reauthorization(job)

    def _reauthorization(self, job: Job) -> Step:
        event = TraktReauthorizationRequired(user_id=job.user_id)
        return Step(job.progress, events=(event,), account=AccountChange(needs_reauthorization=True))

    async def _record(self, account: Account, job: Job, step: Step, *, next_write_at: datetime | None = None) -> None:
        recorded = await record_step(
            self._pool, account, job, step, self._now(), self._policy, next_write_at=next_write_at
        )
        if recorded.events:
            self._outbox_waker.wake()
        report(job, recorded)
