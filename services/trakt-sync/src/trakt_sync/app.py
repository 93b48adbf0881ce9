"""The composition root: the only place that builds anything. One function a process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from chassis import outbox
from chassis.bootstrap import bootstrap
from chassis.health import Health
from chassis.kafka import ConsumerHealth, build_broker
from chassis.kafka import consume as consume_from
from chassis.postgres import Pool
from chassis.process import run_worker
from chassis.retention import sweep_for_ever
from chassis.settings import DatabaseSettings
from chassis.wakeup import Listener, Waker
from trakt_sync import retention, subscribers
from trakt_sync.accounts import Tokens, Vault
from trakt_sync.breaker import Breaker
from trakt_sync.errors import TokenRefusedError, TraktError
from trakt_sync.reconcile import Reconciler
from trakt_sync.settings import ImportSettings, Settings
from trakt_sync.steps import Policy
from trakt_sync.store_accounts import AccountStore
from trakt_sync.trakt import App, QuickTries, Trakt, TraktClient, connect
from trakt_sync.worker import Worker

SERVICE: Final = "trakt-sync"
WORK: Final = "work"
"""The channel that wakes the workers."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every command of this service needs."""

    pool: Pool
    work_waker: Waker
    outbox_waker: Waker
    health: Health


def now() -> datetime:
    return datetime.now(UTC)


async def consume(settings: Settings) -> None:
    """Record what lists-api wants."""
    async with opened(settings) as parts:
        broker = build_broker(settings, group=subscribers.GROUP)
        subscribers.register(broker, parts.pool, parts.work_waker, parts.outbox_waker, now)
        parts.health.add("consumer", ConsumerHealth(broker).check)
        sweeping = sweep_for_ever(lambda: retention.sweep(parts.pool, settings, now=now()))
        await run_worker(settings, parts.health, consume_from(broker), sweeping)


async def work(settings: Settings) -> None:
    """Make Trakt equal to what is wanted."""
    app = App(settings.trakt_client_id, settings.trakt_client_secret, settings.trakt_redirect_uri)
    async with (
        opened(settings, connections=settings.trakt_concurrency) as parts,
        connect(str(settings.trakt_api_url), app.client_id, connections=settings.trakt_concurrency * 2) as api,
        Listener(settings.database_url.get_secret_value(), WORK) as listener,
    ):
        worker = build_worker(settings, parts, TraktClient(api, str(settings.trakt_auth_url), app), listener)
        parts.health.add("worker", worker.check)
        await run_worker(settings, parts.health, worker.run())


def build_worker(settings: Settings, parts: Parts, trakt: Trakt, listener: Listener) -> Worker:
    vault = Vault(settings.encryption_keys)
    accounts = AccountStore(parts.pool, vault, settings.trakt_lease)
    breaker = Breaker(settings.trakt_breaker_failures, settings.trakt_probe_interval)
    reconciler = Reconciler(
        pool=parts.pool,
        accounts=accounts,
        trakt=trakt,
        breaker=breaker,
        outbox_waker=parts.outbox_waker,
        write_interval=settings.trakt_write_interval,
        policy=Policy(stale_window=settings.trakt_stale_window, create_settle=settings.trakt_create_settle),
        now=now,
    )
    return Worker(
        pool=parts.pool,
        accounts=accounts,
        reconciler=reconciler,
        trakt=trakt,
        breaker=breaker,
        listener=listener,
        outbox_waker=parts.outbox_waker,
        now=now,
        concurrency=settings.trakt_concurrency,
    )


async def trakt_id_of(settings: ImportSettings, tokens: Tokens) -> str | None:
    """Ask Trakt, once, whose tokens they are. None: it did not say now; the worker asks again.

    Raises:
        TokenRefusedError: Trakt does not accept the access token; the worker renews it, and asks then.
    """
    app = App(settings.trakt_client_id, SecretStr(""), "")  # nothing is renewed here
    async with connect(str(settings.trakt_api_url), app.client_id) as api:
        trakt = TraktClient(api, str(settings.trakt_auth_url), app, tries=QuickTries(attempts=1))
        try:
            return await trakt.read_trakt_id(tokens.access)
        except TokenRefusedError:
            raise
        except TraktError:
            return None


@asynccontextmanager
async def opened(settings: DatabaseSettings, *, connections: int = 4) -> AsyncIterator[Parts]:
    """Open what every command of this service needs."""
    async with (
        bootstrap(SERVICE, settings, connections=connections + 2) as base,  # two for the wakers
        Waker(base.pool, WORK) as work_waker,
        Waker(base.pool, outbox.CHANNEL) as outbox_waker,
    ):
        yield Parts(base.pool, work_waker, outbox_waker, base.health)
