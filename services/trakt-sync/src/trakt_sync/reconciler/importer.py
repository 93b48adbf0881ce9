"""Reading a list on Trakt for an import: one try under the account's lease, and its record."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from opentelemetry.trace import use_span

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.telemetry.declared import IMPORT_LIST
from chassis.telemetry.providers import start_span
from chassis.telemetry.trace_context import TraceContext
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.session import Session
from trakt_sync.errors import AppRefusedError, TokenRefusedError, TraktError, TraktUnavailableError
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.list_import import (
    MAX_ENTRIES,
    ImportStep,
    ListImport,
    failed,
    is_over,
    postponed,
    read,
    refused,
)
from trakt_sync.reconciler.reauthorization import give_up
from trakt_sync.store import imports, mirrors
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.use_cases import answer_import

log = structlog.get_logger()

LEASES_PUT_OFF: Final = 3
"""An import of which nothing is heard is tried again after so many leases."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Reads the lists that a claimed account's user wants to import.

    Args:
        watched: returns the client for a user's account; the breaker counts its responses.
        wake_relay: called when there are events in the outbox.
        jitter: gives a number from 0 to 1.
    """

    pool: Pool
    accounts: AccountStore
    watched: Callable[[str], Trakt]
    breaker: Breaker
    wake_relay: Callable[[], None]
    now: Clock
    jitter: Callable[[], float] = random.random

    async def serve(self, account: Account) -> bool:
        """Try the account's import that waits longest and give the account back. False: there is none; it is kept.

        Raises:
            LeaseLostError: the account has another holder; nothing was recorded.
        """
        job = await imports.take(self.pool, account, self.now(), put_off=LEASES_PUT_OFF * self.accounts.lease_for)
        if job is None:
            return False
        session = Session(account, self.accounts, self.watched(account.user_id), now=self.now, jitter=self.jitter)
        cause = TraceContext.of_text(job.trace_context).to_context()
        with use_span(start_span(IMPORT_LIST, cause, {}), end_on_exit=True):
            step = await self._try(session, job)
            reached(KillPoint.IMPORT_READ)
            await self._record(session.account, job, step)
        return True

    async def _try(self, session: Session, job: ListImport) -> ImportStep:
        if is_over(job, self.now()):
            return refused(job, "network")
        if (postponed_step := await self._freshened(session, job)) is not None:
            return postponed_step
        try:
            return await self._read(session, job)
        except TokenRefusedError:
            return await self._renewed(session, job)
        except AppRefusedError:
            return await self._judged(session, job)
        except TraktError as error:
            return self._failed(job, error)

    async def _freshened(self, session: Session, job: ListImport) -> ImportStep | None:
        try:
            blocked = await session.freshen()
        except TraktError as error:
            return self._failed(job, error)
        return None if blocked is None else postponed(job, blocked, self.now())

    async def _read(self, session: Session, job: ListImport) -> ImportStep:
        found = await session.trakt.find_list(session.token, job.owner, job.trakt_list)
        if found.item_count > MAX_ENTRIES:
            return refused(job, "too_large")
        if await mirrors.is_mirror_of(self.pool, job.user_id, found.trakt_list_id):
            return refused(job, "own_mirror")
        content = await session.trakt.read_list(session.token, found)
        if not content.is_complete:
            raise TraktUnavailableError("Trakt answered with fewer or more entries than it counts")
        return read(job, found, content)

    async def _renewed(self, session: Session, job: ListImport) -> ImportStep:
        try:
            return postponed(job, await session.renew_refused(), self.now())
        except TraktError as error:
            return self._failed(job, error)

    async def _judged(self, session: Session, job: ListImport) -> ImportStep:
        """Tell by a request for the account's own lists whether a 403 was for our application, or for this list."""
        try:
            await session.trakt.probe(session.token)
        except AppRefusedError as further:
            return self._failed(job, further)
        except TraktError as further:
            return self._failed(job, further)
        return refused(job, "private")

    def _failed(self, job: ListImport, error: TraktError) -> ImportStep:
        if isinstance(error, AppRefusedError) and self.breaker.refused(self.now(), error.retry_after):
            log.error("trakt_app_refused", error=error.detail)
        log.info("import_try_failed", import_id=str(job.import_id), error=error.detail)
        return failed(job, error, self.now(), self.jitter())

    async def _record(self, account: Account, job: ListImport, step: ImportStep) -> None:
        now = self.now()
        async with self.pool.acquire() as connection, connection.transaction():
            await imports.record(connection, account, job, step, now)
            if step.event is not None:
                await answer_import(connection, job, step.event, now)
            if step.account.needs_reauthorization:
                await give_up(connection, account, now, job.trace_context)
        reached(KillPoint.IMPORT_RECORDED)
        if step.event is not None:
            self.wake_relay()
            reason = getattr(step.event, "reason", None)
            log.info("import_answered", import_id=str(job.import_id), attempts=step.attempts, reason=reason)
