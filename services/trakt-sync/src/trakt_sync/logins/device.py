"""Logging in by device code: begun by the user, polled at Trakt by whatever process is there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from uuid_utils.compat import uuid7

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.work_loop import WorkLoop
from trakt_sync.accounts.login import REUSED_UNTIL, DeviceLogin, DuePoll, after_poll
from trakt_sync.accounts.revocation import give_back
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import TraktError
from trakt_sync.logins.granted import ReadSettings, saved, with_owner
from trakt_sync.store import logins
from trakt_sync.trakt.oauth import OAuth
from trakt_sync.trakt.tokens import Tokens
from trakt_sync.use_cases import connect_within

log = structlog.get_logger()

POLLS_AT_ONCE: Final = 16
POLL_TIMEOUT_S: Final = 20.0
"""For one poll. A slow Trakt is asked again."""
TAKEN_FOR: Final = timedelta(seconds=30)
"""How long the logins of a killed process wait for another. Not below POLL_TIMEOUT_S."""
MAX_SLEEP: Final = timedelta(seconds=15)
"""Logins that another process has begun are seen this late, when it dies."""


@dataclass(slots=True)
class DeviceLogins:
    """Begins logins by device code, and polls Trakt for all that are open, until cancelled.

    The logins are in the database, and so is when each is polled next. Each poll is taken up by one process, however
    many there are; that of a process which dies is taken up by another.

    Args:
        wake: wakes the workers and the relay.
    """

    pool: Pool
    vault: Vault
    oauth: OAuth
    read_settings: ReadSettings
    wake: Callable[[], None]
    now: Clock
    _loop: WorkLoop = field(init=False)

    def __post_init__(self) -> None:
        self._loop = WorkLoop("open logins", self.now, concurrency=POLLS_AT_ONCE, max_sleep=MAX_SLEEP)

    async def begin(self, user_id: str) -> DeviceLogin:
        """Return the user's open login, or one that is begun at Trakt now.

        Raises:
            TraktError: Trakt did not begin one.
        """
        open_until = self.now() + REUSED_UNTIL
        while True:
            login = await self.read(user_id)
            if login is not None and login.state == "pending" and login.expires_at > open_until:
                return login
            code = await self.oauth.start_device()
            added = await logins.add_device(
                self.pool, self.vault, user_id, uuid7(), code, self.now(), open_until=open_until
            )
            if added is not None:
                self._loop.wake()
                return added

    async def read(self, user_id: str) -> DeviceLogin | None:
        """Return the user's last login; None: there is none, or it was long ago."""
        return await logins.read_device(self.pool, user_id)

    async def check(self) -> None:
        """Raise when nothing was polled for long."""
        await self._loop.check()

    async def run(self) -> None:
        """Poll until cancelled; polls in hand are ended first, for Trakt gives tokens once."""
        await self._loop.run(self._round)

    async def _round(self) -> timedelta:
        """Poll what is due; return how long to sleep at most."""
        now, free = self.now(), self._loop.free
        if free == 0:
            return MAX_SLEEP
        due_at = await logins.next_poll(self.pool)
        if due_at is not None and due_at <= now:
            for poll in await logins.take_polls(self.pool, self.vault, now, until=now + TAKEN_FOR, limit=free):
                self._loop.start(self._polled(poll), name=f"poll {poll.user_id}")
            due_at = await logins.next_poll(self.pool)
        return self._loop.until(due_at)

    async def _polled(self, poll: DuePoll) -> datetime:
        try:
            await self._poll(poll)
        except Exception as exc:  # Postgres away, or a defect: it is polled again when nobody has it in hand
            log.exception("login_poll_failed", user_id=poll.user_id, error=repr(exc))
        return self.now()

    async def _poll(self, poll: DuePoll) -> None:
        try:
            async with asyncio.timeout(POLL_TIMEOUT_S):
                answer = await self.oauth.poll_device(poll.device_code)
        except TraktError as error:
            log.info("login_not_polled", user_id=poll.user_id, error=error.detail)
            await logins.record_poll(self.pool, poll, after_poll(poll, error, self.now()))
        except TimeoutError:
            await logins.record_poll(self.pool, poll, after_poll(poll, "pending", self.now()))
        else:
            if isinstance(answer, Tokens):
                await self._connect(poll, answer)
            else:
                await logins.record_poll(self.pool, poll, after_poll(poll, answer, self.now()))

    async def _connect(self, poll: DuePoll, tokens: Tokens) -> None:
        """Save the account and the end of the login, in one transaction."""
        given = await with_owner(tokens, self.read_settings)

        async def save() -> bool:
            async with self.pool.acquire() as connection, connection.transaction():
                if not await logins.end_device(connection, poll):
                    return False
                await connect_within(connection, self.vault, poll.user_id, given, self.now())
                return True

        if await saved(save):
            self.wake()
            log.info("account_connected", user_id=poll.user_id, by="device")
        else:
            log.warning("login_not_wanted", user_id=poll.user_id)
            await give_back(self.oauth, tokens, poll.user_id)
