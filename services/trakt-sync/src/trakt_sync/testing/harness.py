"""The reconciler on a database and a Trakt of the test's choice, without Kafka."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from pydantic import SecretStr

from chassis.health import Health
from chassis.outbox import outbox
from chassis.postgres.database import Pool, create_pool
from chassis.postgres.wakeup import Listener, Waker
from chassis.telemetry.trace_context import TraceContext
from chassis.testing import eventually
from trakt_sync.accounts.token_import import parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.app import build_worker
from trakt_sync.mirroring.job import Job
from trakt_sync.opened import WORK, Runtime
from trakt_sync.reconciler.worker import Worker
from trakt_sync.settings import Settings
from trakt_sync.store.rows import JOB_COLUMNS, stored_job
from trakt_sync.testing.clock import MovableClock
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.app import App
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.transport import QuickTries, connect
from trakt_sync.use_cases import ask_audit, record
from trakt_sync.use_cases import connect as connect_account
from watchbuddy_contracts import EVENTS, Event

KEY = Fernet.generate_key().decode()
CLIENT = App("watchbuddy-local", SecretStr("watchbuddy-local-secret"), "urn:ietf:wg:oauth:2.0:oob")
QUICK = QuickTries(attempts=2, within=timedelta(seconds=1), first_wait=timedelta(milliseconds=5))

_CURRENT = """
FROM desired_list
LEFT JOIN account ON account.user_id = desired_list.user_id
LEFT JOIN mirror ON mirror.list_id = desired_list.list_id AND mirror.trakt_account = coalesce(account.trakt_id, '')
LEFT JOIN work_queue ON work_queue.list_id = desired_list.list_id"""
_JOB = f"SELECT {JOB_COLUMNS} {_CURRENT} WHERE desired_list.list_id = $1"
_OPEN = f"""
SELECT desired_list.list_id {_CURRENT}
WHERE desired_list.list_id = ANY($1::bigint[]) AND (
    due_at <= $2 OR (account.state = 'connected' AND checked_list_id IS NOT NULL)
    OR (is_present AND coalesce(applied_version, 0) < version) OR (NOT is_present AND due_at IS NOT NULL)
)"""


@dataclass
class Harness:
    """The service's runtime. Events go in by `want`; results are read from the outbox."""

    dsn: str
    runtime: Runtime
    settings: Settings
    trakt: Trakt
    clock: MovableClock

    @property
    def pool(self) -> Pool:
        return self.runtime.pool

    def move_clock(self, by: timedelta) -> None:
        """Move the clock ahead, and have the workers look at it."""
        self.clock.move(by)
        self.runtime.work_waker.wake()

    async def connect(self, user: str, tokens: str, *, is_identified: bool = True) -> None:
        """Import a token pair. `is_identified`: whether Trakt could be asked whose it is: here, its name says it."""
        given = parse_tokens(tokens, self.clock())
        if is_identified:
            given = replace(given, trakt_id=given.trakt_user)
        await connect_account(self.pool, Vault([KEY]), user, given, self.clock())
        self.runtime.work_waker.wake()

    async def want(self, *events: Event) -> None:
        """Record the events as the subscriber does, one after the other."""
        for event in events:
            await record(self.pool, [(event, TraceContext.current().to_text())], self.clock())
        self.runtime.work_waker.wake()

    async def want_together(self, *events: Event) -> None:
        """Record the events as the subscriber does when they come together."""
        trace = TraceContext.current().to_text()
        await record(self.pool, [(event, trace) for event in events], self.clock())
        self.runtime.work_waker.wake()

    @asynccontextmanager
    async def worker(self, trakt: Trakt | None = None, **changes: object) -> AsyncIterator[Worker]:
        """Run a worker of its own (its own breaker and listener) for the block."""
        settings = self.settings.model_copy(update=changes)
        async with Listener(self.dsn, WORK) as listener:
            worker = build_worker(settings, self.runtime, trakt or self.trakt, listener, now=self.clock)
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def events(self, *kinds: type[Event]) -> list[Any]:
        """Return the events sent so far, oldest first, of these kinds (none given: all)."""
        rows = await self.pool.fetch("SELECT value, headers FROM outbox ORDER BY id")
        sent = [EVENTS[row["headers"]["ce_type"]].model_validate_json(row["value"]) for row in rows]
        return [event for event in sent if not kinds or isinstance(event, kinds)]

    async def sent(self, *kinds: type[Event], count: int = 1, within_s: float = 30) -> list[Any]:
        """Wait for so many events of these kinds and return them."""
        return await eventually(
            lambda: self.events(*kinds),
            until=lambda events: len(events) >= count,
            within=timedelta(seconds=within_s),
            every=timedelta(milliseconds=10),
        )

    async def job(self, list_id: int = 1) -> Job:
        """Return a list as the reconciler sees it, without its ledger."""
        row = await self.pool.fetchrow(_JOB, list_id)
        assert row is not None, f"there is no list {list_id}"
        return stored_job(row, row["mirror_id"]).job

    async def is_doubted(self, list_id: int = 1) -> bool:
        """Return whether it is being looked at if the list's Trakt list is gone."""
        trakt_list = (await self.job(list_id)).progress.trakt_list
        return trakt_list is not None and trakt_list.is_doubted

    async def due_at(self, list_id: int = 1) -> datetime | None:
        """Return when the list is looked at again; None: it rests."""
        due: datetime | None = await self.pool.fetchval("SELECT due_at FROM work_queue WHERE list_id = $1", list_id)
        return due

    async def audited(self, user: str = "ada") -> None:
        """Have a user's account audited, and wait until what that finds is done."""
        await ask_audit(self.pool, user, self.clock())
        self.runtime.work_waker.wake()

        async def is_done() -> bool:
            at = await self.pool.fetchval("SELECT audit_at FROM account WHERE user_id = $1", user)
            soon = self.clock() + timedelta(minutes=1)
            lists = await self.pool.fetchval("SELECT count(*) FROM work_queue WHERE due_at < $1", soon)
            return bool(at > soon and lists == 0)

        await eventually(is_done, until=bool)

    async def settled(self, *list_ids: int, within_s: float = 30) -> None:
        """Wait until nothing is due for these lists within a minute and their newest version is applied."""

        async def open_lists() -> list[int]:
            rows = await self.pool.fetch(_OPEN, list_ids or [1], self.clock() + timedelta(minutes=1))
            return [row["list_id"] for row in rows]

        await eventually(
            open_lists,
            until=lambda lists: not lists,
            within=timedelta(seconds=within_s),
            every=timedelta(milliseconds=10),
        )


def make_settings(dsn: str, trakt_url: str, **changes: object) -> Settings:
    """Return settings with intervals that are short enough for tests."""
    return Settings.model_validate(
        {
            "database_url": dsn,
            "kafka_bootstrap_servers": "127.0.0.1:9",
            "token_encryption_keys": KEY,
            "trakt_api_url": trakt_url,
            "trakt_auth_url": trakt_url,
            "trakt_client_id": CLIENT.client_id,
            "trakt_client_secret": CLIENT.client_secret,
            "trakt_write_interval": timedelta(0),
            "trakt_create_settle": timedelta(milliseconds=300),
            "trakt_stale_window": timedelta(milliseconds=300),
            "trakt_lease": timedelta(milliseconds=400),
            "trakt_probe_interval": timedelta(milliseconds=200),
            **changes,
        }
    )


@asynccontextmanager
async def harness(
    dsn: str, trakt_url: str, *, trakt: Callable[[Trakt], Trakt] = lambda real: real, **changes: object
) -> AsyncIterator[Harness]:
    """Build the runtime on a migrated database.

    Args:
        dsn: of the database.
        trakt_url: of the simulator.
        trakt: wraps the client, to lose responses at a chosen point.
        changes: of settings.
    """
    settings = make_settings(dsn, trakt_url, **changes)
    clock = MovableClock()
    pool = await create_pool(dsn, max_size=20)
    try:
        async with (
            Waker(pool, WORK) as work_waker,
            Waker(pool, outbox.CHANNEL) as outbox_waker,
            connect(trakt_url, CLIENT.client_id) as api,
        ):
            client = TraktClient(api, trakt_url, CLIENT, tries=QUICK, now=clock)
            runtime = Runtime(pool, work_waker, outbox_waker, Health())
            yield Harness(dsn, runtime, settings, trakt(client), clock)
    finally:
        await pool.close()
