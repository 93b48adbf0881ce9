"""While the breaker is open: the users of waiting lists are notified once, and single probes ask whether Trakt is back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from chassis import outbox
from chassis.postgres import Pool
from trakt_sync.errors import AppRefusedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.mirroring.events import operation_of
from trakt_sync.store import outages
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.use_cases import SOURCE
from watchbuddy_contracts import TraktSyncFailed

log = structlog.get_logger()

MAX_NOTIFIED_AT_ONCE: Final = 100


class OutageWatch:
    """Waits for Trakt to be back.

    Args:
        wake_relay: called when there are events in the outbox.
    """

    def __init__(
        self,
        *,
        pool: Pool,
        accounts: AccountStore,
        trakt: Trakt,
        breaker: Breaker,
        wake_relay: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._accounts = accounts
        self._trakt = trakt
        self._breaker = breaker
        self._wake_relay = wake_relay
        self._now = now

    async def watch(self, now: datetime) -> timedelta:
        """Notify, and probe when it is time; return how long to sleep at most."""
        if self._breaker.cause == "network" and self._breaker.is_confirmed:
            await self._notify(now)
        probe_at = self._breaker.probe_at or now
        if now < probe_at:
            return probe_at - now
        await self._probe()
        return timedelta(0)

    async def _probe(self) -> None:
        tokens = await self._accounts.any_tokens(besides=self._breaker.suspect)
        try:
            if tokens is not None:
                await self._trakt.probe(tokens.access)
        except (TraktUnreachableError, TraktUnavailableError):
            self._breaker.probe_failed(self._now())
            return
        except AppRefusedError:
            self._breaker.refused(self._now())
            return
        except TraktError as error:
            log.debug("probe_answered", error=error.detail)  # an answer, whatever it says
        self._breaker.succeeded(self._now())
        log.info("breaker_closed")

    async def _notify(self, now: datetime) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            waiting = await outages.notify_outage(connection, now, MAX_NOTIFIED_AT_ONCE)
            for one in waiting:
                event = _outage(one)
                await outbox.append(connection, event, source=SOURCE, now=now, traceparent=one.traceparent)
        if waiting:
            self._wake_relay()


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
