"""Reading what a claimed account's user watched: one request when nothing changed."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chassis.clock import Clock
from chassis.outbox import outbox
from chassis.postgres.database import Pool
from trakt_sync.accounts.session import Session
from trakt_sync.errors import (
    AccountLockedError,
    RateLimitedError,
    TokenRefusedError,
    TraktError,
    TraktUnavailableError,
)
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.history import HistoryState, after_new, after_whole, events, is_whole_due, merged
from trakt_sync.store import watched

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Tells of what users watched, while some list of theirs has a use for it.

    Args:
        wake_relay: called when there are events in the outbox.
    """

    pool: Pool
    wake_relay: Callable[[], None]
    now: Clock

    async def read(self, session: Session) -> None:
        """Read what is new and tell of it. What fails is read at the next audit.

        Raises:
            TokenRefusedError: the account's tokens are to be renewed.
            RateLimitedError, AccountLockedError: the account must wait.
            LeaseLostError: the account has another holder.
        """
        is_wanted, state = await watched.wanted(self.pool, session.account.user_id)
        if not is_wanted:
            return
        try:
            await self._read(session, state)
        except (TokenRefusedError, RateLimitedError, AccountLockedError):  # the whole account is meant
            raise
        except TraktError as error:
            log.info("history_not_read", user_id=session.account.user_id, error=error.detail)

    async def _read(self, session: Session, state: HistoryState | None) -> None:
        trakt, token, user_id, now = session.trakt, session.token, session.account.user_id, self.now()
        seen = await trakt.read_activities(token)
        is_whole = is_whole_due(state, seen, now)
        if state is not None and state.seen == seen and not is_whole:
            return
        if state is None or state.newest is None or is_whole:
            is_whole = True
            titles, is_complete = await trakt.read_watched(token)
            after = after_whole(seen, titles, now)
        else:
            plays, is_complete = await trakt.read_plays(token, state.newest)
            titles = merged(plays)
            after = after_new(state, seen, titles)
        if not is_complete:
            raise TraktUnavailableError("Trakt answered with fewer or more titles than it counts")
        told = events(user_id, titles, is_full=is_whole)
        async with self.pool.acquire() as connection, connection.transaction():
            await watched.save(connection, session.account, after)
            for event in told:
                await outbox.append(connection, event, source=SOURCE, now=now)
        if told:
            self.wake_relay()
        log.info("history_read", user_id=user_id, titles=len(titles), is_whole=is_whole)
