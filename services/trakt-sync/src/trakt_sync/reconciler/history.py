"""Reading what a claimed account's user watched: one request when nothing changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

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
from trakt_sync.kill_points import KillPoint, reached
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.history import (
    HistoryState,
    WatchedTitle,
    after_new,
    after_whole,
    are_countable,
    events,
    is_whole_due,
    merged,
    next_look,
)
from trakt_sync.store import watched

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Tells of what users watched, while some list of theirs has a use for it.

    What an event says of a title is whole, also where new plays alone were read: Trakt is asked then how often these
    titles were watched in all. So whoever hears of them merges nothing, and misses nothing with an event that was lost.

    Args:
        every: between two looks at one account's history.
        wake_relay: called when there are events in the outbox.
    """

    pool: Pool
    wake_relay: Callable[[], None]
    every: timedelta
    now: Clock

    async def read(self, session: Session) -> None:
        """Read what is new, tell of it, and save when to look again. What fails is read then.

        Raises:
            TokenRefusedError: the account's tokens are to be renewed.
            RateLimitedError, AccountLockedError: the account must wait.
            LeaseLostError: the account has another holder.
        """
        account = session.account
        is_wanted, state = await watched.wanted(self.pool, account.user_id)
        if not is_wanted:
            if account.is_history_due:
                await watched.put_off(self.pool, account, None)
            return
        try:
            await self._read(session, state)
        except (TokenRefusedError, RateLimitedError, AccountLockedError):  # the whole account is meant
            raise
        except TraktError as error:
            log.info("history_not_read", user_id=account.user_id, error=error.detail)
        await watched.put_off(self.pool, session.account, next_look(account.user_id, self.now(), self.every))

    async def _read(self, session: Session, state: HistoryState | None) -> None:
        trakt, token, user_id, now = session.trakt, session.token, session.account.user_id, self.now()
        seen = await trakt.read_activities(token)
        is_whole = is_whole_due(state, seen, now)
        if state is not None and state.seen == seen and not is_whole:
            return
        new = None if state is None or is_whole else await self._new(session, state)
        if state is None or new is None:
            titles = _complete(await trakt.read_watched(token))
            after = after_whole(seen, titles, now)
        else:
            titles, after = new, after_new(state, seen, new)
        reached(KillPoint.HISTORY_READ)
        told = events(user_id, titles, is_full=new is None)
        async with self.pool.acquire() as connection, connection.transaction():
            await watched.save(connection, session.account, after)
            for event in told:
                await outbox.append(connection, event, source=SOURCE, now=now)
        reached(KillPoint.HISTORY_RECORDED)
        if told:
            self.wake_relay()
        log.info("history_read", user_id=user_id, titles=len(titles), is_whole=new is None)

    async def _new(self, session: Session, state: HistoryState) -> tuple[WatchedTitle, ...] | None:
        """Return the titles with new plays, with all of their plays; None: the whole is to be read."""
        if state.newest is None:
            return None
        trakt, token = session.trakt, session.token
        titles = merged(_complete(await trakt.read_plays(token, state.newest)))
        if not are_countable(titles):
            return None
        # Old answers may count less than the plays that were just read.
        return tuple([replace(one, plays=max(one.plays, await trakt.count_plays(token, one.title))) for one in titles])


def _complete(read: tuple[tuple[WatchedTitle, ...], bool]) -> tuple[WatchedTitle, ...]:
    """Return what was read.

    Raises:
        TraktUnavailableError: it is not all.
    """
    titles, is_complete = read
    if not is_complete:
        raise TraktUnavailableError("Trakt answered with fewer or more titles than it counts")
    return titles
