"""For tests: events in one line, and the reconciler on a database and a Trakt of the test's choice."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from pydantic import SecretStr

from chassis import outbox
from chassis.health import Health
from chassis.postgres import Pool, create_pool
from chassis.testing import eventually
from chassis.wakeup import Listener, Waker
from trakt_sync.accounts import Vault, parse_tokens
from trakt_sync.app import WORK, Parts, build_worker, now
from trakt_sync.settings import Settings
from trakt_sync.trakt import App, QuickTries, Trakt, TraktClient, connect
from trakt_sync.use_cases import connect as connect_user
from trakt_sync.use_cases import record_deletion, record_state
from trakt_sync.worker import Worker
from watchbuddy_contracts import EVENTS, Event, Item, ItemIds, ListCreated, ListDeleted, ListUpdated, MirrorSettings

KEY = Fernet.generate_key().decode()
CLIENT = App("watchbuddy-local", SecretStr("watchbuddy-local-secret"), "urn:ietf:wg:oauth:2.0:oob")
QUICK = QuickTries(attempts=2, within=timedelta(seconds=1), first_wait=timedelta(milliseconds=5))


def movies(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(media_type="movie", ids=ItemIds(trakt=number)) for number in numbers)


def shows(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(media_type="show", ids=ItemIds(trakt=number)) for number in numbers)


def wanted(
    list_id: int = 1,
    version: int = 1,
    *,
    title: str = "Heists",
    items: Iterable[Item] = (),
    user: str = "ada",
    description: str | None = None,
    is_ordered: bool = False,
    list_type: str = "manual",
) -> ListCreated | ListUpdated:
    """Return the event that makes this the list's wanted state."""
    model = ListCreated if version == 1 else ListUpdated
    return model.model_validate(
        {
            "list_id": list_id,
            "user_id": user,
            "version": version,
            "title": title,
            "list_type": list_type,
            "description": description,
            "items": tuple(items),
            "mirror": MirrorSettings(order=is_ordered),
        }
    )


def unwanted(list_id: int = 1, version: int = 2, *, title: str = "Heists", user: str = "ada") -> ListDeleted:
    return ListDeleted(list_id=list_id, user_id=user, version=version, title=title)


@dataclass
class Stand:
    """The service's parts without Kafka: events go in by `want`, results are read from the outbox."""

    dsn: str
    parts: Parts
    settings: Settings
    trakt: Trakt

    @property
    def pool(self) -> Pool:
        return self.parts.pool

    async def connect(self, user: str, tokens: str, *, is_identified: bool = True) -> None:
        """Import a token pair. `is_identified`: whether Trakt could be asked whose it is: here, its name says it."""
        given = parse_tokens(tokens, now())
        if is_identified:
            given = replace(given, trakt_id=given.trakt_user)
        await connect_user(self.pool, Vault([KEY]), user, given, now())
        self.parts.work_waker.wake()

    async def want(self, *events: Event) -> None:
        """Record the events as the subscriber does."""
        for event in events:
            if isinstance(event, ListDeleted):
                await record_deletion(self.pool, event, now())
            elif isinstance(event, ListCreated | ListUpdated):
                await record_state(self.pool, event, now())
        self.parts.work_waker.wake()

    @asynccontextmanager
    async def worker(self, trakt: Trakt | None = None, **changes: object) -> AsyncIterator[Worker]:
        """Run a worker of its own (its own breaker and listener) for the block."""
        settings = self.settings.model_copy(update=changes)
        async with Listener(self.dsn, WORK) as listener:
            worker = build_worker(settings, self.parts, trakt or self.trakt, listener)
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def events(self, *kinds: type[Event]) -> list[Any]:
        """Return the events told so far, oldest first, of these kinds (none given: all)."""
        rows = await self.pool.fetch("SELECT value, headers FROM outbox ORDER BY id")
        told = [EVENTS[row["headers"]["ce_type"]].model_validate_json(row["value"]) for row in rows]
        return [event for event in told if not kinds or isinstance(event, kinds)]

    async def told(self, *kinds: type[Event], count: int = 1, within_s: float = 10) -> list[Any]:
        """Wait for so many events of these kinds and return them."""
        return await eventually(
            lambda: self.events(*kinds),
            until=lambda events: len(events) >= count,
            within=timedelta(seconds=within_s),
            every=timedelta(milliseconds=10),
        )

    async def row(self, list_id: int = 1) -> dict[str, Any]:
        return dict(await self.pool.fetchrow("SELECT * FROM mirror WHERE list_id = $1", list_id) or {})

    async def settled(self, *list_ids: int, within_s: float = 10) -> None:
        """Wait until nothing is due for these lists and their newest version is applied."""

        async def open_lists() -> list[int]:
            rows = await self.pool.fetch(
                "SELECT list_id FROM mirror WHERE list_id = ANY($1::bigint[])"
                " AND (applied_version < version OR due_at <= now() + interval '1 minute')",
                list_ids or [1],
            )
            return [row["list_id"] for row in rows]

        await eventually(
            open_lists,
            until=lambda open_ones: not open_ones,
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
async def stand(
    dsn: str, trakt_url: str, *, trakt: Callable[[Trakt], Trakt] = lambda real: real, **changes: object
) -> AsyncIterator[Stand]:
    """Build the parts on a migrated database.

    Args:
        dsn: of the database.
        trakt_url: of the simulator.
        trakt: wraps the client, to lose answers at a chosen point.
        changes: of settings.
    """
    settings = make_settings(dsn, trakt_url, **changes)
    pool = await create_pool(dsn, max_size=20)
    try:
        async with (
            Waker(pool, WORK) as work_waker,
            Waker(pool, outbox.CHANNEL) as outbox_waker,
            connect(trakt_url, CLIENT.client_id) as api,
        ):
            client = TraktClient(api, trakt_url, CLIENT, tries=QUICK)
            parts = Parts(pool, work_waker, outbox_waker, Health())
            yield Stand(dsn, parts, settings, trakt(client))
    finally:
        await pool.close()


def as_json(value: object) -> str:
    return json.dumps(value)
