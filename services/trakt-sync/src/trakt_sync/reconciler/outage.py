"""While the breaker is open: users of what waits are notified once, and single probes ask whether Trakt is back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.outbox import outbox
from chassis.postgres.database import Pool
from trakt_sync.errors import AppRefusedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.mirroring.events import SOURCE, operation_of
from trakt_sync.mirroring.list_import import failure
from trakt_sync.store import imports, outages
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.use_cases import answer_import
from watchbuddy_contracts import TraktSyncFailed

log = structlog.get_logger()

MAX_NOTIFIED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class OutageWatch:
    """Waits for Trakt to be back.

    Args:
        wake_relay: called when there are events in the outbox.
    """

    pool: Pool
    accounts: AccountStore
    trakt: Trakt
    breaker: Breaker
    wake_relay: Callable[[], None]
    now: Clock

    async def watch(self, now: datetime) -> timedelta:
        """Notify, and probe when it is time; return how long to sleep at most."""
        if self.breaker.cause == "network" and self.breaker.is_confirmed:
            await self._notify(now)
        probe_at = self.breaker.probe_at or now
        if now < probe_at:
            return probe_at - now
        await self._probe()
        return timedelta(0)

    async def _probe(self) -> None:
        tokens = await self.accounts.any_tokens(besides=self.breaker.suspect)
        try:
            if tokens is not None:
                await self.trakt.probe(tokens.access)
        except (TraktUnreachableError, TraktUnavailableError) as error:
            self.breaker.probe_failed(self.now(), error.retry_after)
            return
        except AppRefusedError as error:
            self.breaker.refused(self.now(), error.retry_after)
            return
        except TraktError as error:
            log.debug("probe_answered", error=error.detail)  # an answer, whatever it says
        self.breaker.succeeded(self.now())
        log.info("breaker_closed")

    async def _notify(self, now: datetime) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            waiting = await outages.notify_outage(connection, now, MAX_NOTIFIED_AT_ONCE)
            is_told = bool(waiting)
            for one in waiting:
                event = _outage(one)
                await outbox.append(connection, event, source=SOURCE, now=now, traceparent=one.trace_context)
            for job in await imports.notify_outage(connection, now, MAX_NOTIFIED_AT_ONCE):
                answer = failure(job, "network", retry_at=self.breaker.probe_at or now)
                await answer_import(connection, job, answer, now)
                is_told = True
        if is_told:
            self.wake_relay()


def _outage(waiting: outages.WaitingList) -> TraktSyncFailed:
    """Nobody knows when Trakt is back: `retry_at` stays null."""
    return TraktSyncFailed(
        user_id=waiting.user_id,
        list_id=waiting.list_id,
        version=waiting.version,
        title=waiting.title,
        operation=operation_of(is_present=waiting.is_present, is_on_trakt=waiting.is_on_trakt),
        reason="network",
    )
