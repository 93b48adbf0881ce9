"""One list, one step: load → plan → apply → advance → record. Everything that decides is in `mirroring/`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from opentelemetry.trace import use_span

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.telemetry.declared import LIST_ID, LIST_VERSION, MIRROR_LIST, Attribute
from chassis.telemetry.providers import start_span
from chassis.telemetry.trace_context import TraceContext
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.session import Session
from trakt_sync.errors import LeaseLostError, TraktError
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.actions import FindList, OpenWatchlist, Read, RemoveItems, Write
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.asked import asked
from trakt_sync.mirroring.failures import waiting_for_a_place
from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.plan import plan
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.write_ahead import begun, taken_down, unconfirmed
from trakt_sync.reconciler import apply
from trakt_sync.reconciler.record import record
from trakt_sync.reconciler.recover import Recovery
from trakt_sync.reconciler.report import report
from trakt_sync.store import mirrors, steps, watchlists
from trakt_sync.store.accounts import AccountStore
from trakt_sync.store.rows import StoredJob
from trakt_sync.trakt.api import Trakt
from trakt_sync.use_cases import identify

log = structlog.get_logger()

LEFT_SOON: Final = timedelta(seconds=2)
"""So long a list waits for another one of the user, of the two that the watchlist goes from and to."""


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Carries out one step of one list of a claimed account.

    Args:
        watched: returns the client for a user's account; the breaker counts its responses.
        write_interval: between an account's writes, counted from the response. Counted from the sending, two writes
            could meet in one second at Trakt.
        wake_relay: called when there are events in the outbox.
    """

    pool: Pool
    accounts: AccountStore
    watched: Callable[[str], Trakt]
    recovery: Recovery
    wake_relay: Callable[[], None]
    write_interval: timedelta
    policy: Policy
    now: Clock

    async def serve(self, account: Account) -> datetime | None:
        """Take the next step of the account's smallest list and give the account back.

        Returns: when more of the account is due. What comes in meanwhile wakes the worker by itself.

        Raises:
            LeaseLostError: the account has another holder; nothing was recorded.
        """
        now = self.now()
        stored = await mirrors.next_job(self.pool, account, now, now - self.policy.not_found_retry)
        if stored is None:
            return await self.accounts.release(account)
        trakt = self.watched(account.user_id)
        session = Session(account, self.accounts, trakt, now=self.now, jitter=self.recovery.jitter)
        job = stored.job.without_old_limit(now, self.policy)
        if account.is_leaving:
            job = job.leaving()
        if stored.is_asked:
            job = asked(job, now, self.policy)
        stored = replace(stored, job=job)
        if job.is_watchlist_to_change_hands and account.is_identified and not account.is_leaving:
            if await watchlists.hand_over(self.pool, account, now):
                return await self.accounts.release(account)
            if job.is_on_watchlist and (heir_at := await watchlists.heir_due_at(self.pool, account)) is not None:
                waits = Change(job.progress, next=Next(max(heir_at, now + LEFT_SOON)))
                return await self._record(session, stored, waits)
        about: dict[Attribute, str | int] = {LIST_ID: job.list_id, LIST_VERSION: job.version}
        cause = TraceContext.of_text(job.trace_context).to_context()
        with use_span(start_span(MIRROR_LIST, cause, about), end_on_exit=True):
            return await self._step(session, stored)

    async def _step(self, session: Session, stored: StoredJob) -> datetime | None:
        job, now = stored.job, self.now()
        actions = plan(job.desired, job.actual)
        if job.progress.pending is not None:  # whoever sent it was killed
            change = replace(unconfirmed(job, now), next=Next(now))
        elif not actions and session.account.is_identified:
            change = Change(job.progress)
        elif no_place := waiting_for_a_place(job, now, self.policy):
            change = no_place
        elif blocked := await self._freshen(session, job):
            change = blocked
        elif not session.account.is_identified:
            return await self._identify(session, stored)
        elif isinstance(actions[0], Read):
            change = await self._read(session, job, actions[0])
            reached(KillPoint.READ_ANSWERED)
        else:
            return await self._write(session, stored, actions[0])
        return await self._record(session, stored, change)

    async def _freshen(self, session: Session, job: Job) -> Change | None:
        try:
            blocked = await session.freshen()
        except TraktError as error:
            return self.recovery.failed(job, job, None, error)
        return None if blocked is None else Change(job.progress, next=Next(self.now()), account=blocked)

    async def _identify(self, session: Session, stored: StoredJob) -> datetime | None:
        """Ask whose account it is before anything is done on it. The list is looked at again at once."""
        try:
            settings = await session.trakt.read_settings(session.token)
        except TraktError as error:
            change = await self.recovery.change_after(session, stored.job, stored.job, FindList(), error)
            return await self._record(session, stored, change)
        await identify(self.pool, session.account, settings, self.now())
        await self.accounts.release(session.account)
        return self.now()

    async def _read(self, session: Session, job: Job, action: Read) -> Change:
        is_opening = isinstance(action, OpenWatchlist)
        if is_opening and await mirrors.is_watchlist_held(self.pool, session.account, besides=job.list_id):
            # What the other list has there would count as the user's own.
            return Change(job.progress, next=Next(self.now() + LEFT_SOON))
        trakt, token, owned = session.trakt, session.token, partial(mirrors.owned, self.pool)
        try:
            return await apply.read(
                trakt,
                token,
                job,
                action,
                owned=owned,
                now=self.now,
                policy=self.policy,
                jitter=self.recovery.jitter,
            )
        except TraktError as error:
            return await self.recovery.change_after(session, job, job, action, error)

    async def _write(self, session: Session, stored: StoredJob, action: Write) -> datetime | None:
        now = self.now()
        before, account, lease = taken_down(stored.job, action, now), session.account, session.write_lease(now)
        job = replace(before, progress=begun(before, action, now))
        pace = steps.Pace(now, now + self.write_interval, lease.until)
        reached(KillPoint.WRITE_PLANNED)
        if isinstance(action, RemoveItems) and job.is_on_watchlist:
            await watchlists.have_read_by_others(self.pool, account, lease.until + self.policy.stale_window)
        if not await steps.begin_write(self.pool, account, stored, job.progress, pace):
            return await self.accounts.release(account)  # a newer version came, or another user of the Trakt account
        reached(KillPoint.WRITE_BEGUN)
        try:
            change = await apply.write(session.trakt, lease, job, action, now=self.now, policy=self.policy)
        except TraktError as error:
            change = await self.recovery.change_after(session, before, job, action, error)
        reached(KillPoint.WRITE_ANSWERED)
        try:
            return await self._record(session, stored, change, next_write_at=self.now() + self.write_interval)
        except LeaseLostError:
            await self._mark_stale(before, change)
            raise

    async def _mark_stale(self, job: Job, change: Change) -> None:
        """Have the list read: the write may have come to Trakt after those of the account's next holder."""
        log.warning("write_not_recorded", list_id=job.list_id, trakt_list_id=change.progress.trakt_list_id)
        if job.progress.trakt_list_id is not None:
            read_after = self.now() + self.policy.stale_window
            await mirrors.mark_stale(self.pool, job.list_id, job.progress.trakt_list_id, read_after)

    async def _record(
        self, session: Session, stored: StoredJob, change: Change, *, next_write_at: datetime | None = None
    ) -> datetime | None:
        now = self.now()
        step, account = advance(stored.job, change, now, self.policy), session.account
        recorded, claim_at = await record(
            self.pool, account, stored, step, now, self.policy, next_write_at=next_write_at
        )
        reached(KillPoint.STEP_RECORDED)
        if recorded.events or change.account.needs_reauthorization:
            self.wake_relay()
        report(stored.job.list_id, recorded)
        return claim_at
