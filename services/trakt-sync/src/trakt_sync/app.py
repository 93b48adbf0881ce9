"""The composition root: the only place that builds anything. One function a process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from chassis import outbox, telemetry
from chassis.health import Health
from chassis.kafka import ConsumerHealth, build_broker, consume, producer
from chassis.postgres import Pool, create_pool, migrate, ping
from chassis.process import run_worker
from chassis.relay import Relay
from chassis.wakeup import Bell, Ear
from trakt_sync.accounts import Tokens, Vault
from trakt_sync.breaker import Breaker
from trakt_sync.errors import TraktError
from trakt_sync.reconcile import Reconciler
from trakt_sync.settings import Settings
from trakt_sync.steps import Policy
from trakt_sync.store_accounts import AccountStore
from trakt_sync.subscribers import register
from trakt_sync.trakt import App, QuickTries, Trakt, TraktClient, connect
from trakt_sync.worker import Worker

SERVICE = "trakt-sync"
GROUP = "trakt-sync"
WORK = "work"
"""The channel that wakes the workers."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every command of this service needs."""

    pool: Pool
    work_bell: Bell
    outbox_bell: Bell
    health: Health


def now() -> datetime:
    return datetime.now(UTC)


async def migrate_only(settings: Settings) -> None:
    await migrate(dsn_of(settings), "chassis", "trakt_sync")


async def run_consumer(settings: Settings) -> None:
    """Record what lists-api wants."""
    async with _parts(settings, connections=4) as parts:
        broker = build_broker(settings, group=GROUP)
        register(broker, parts.pool, parts.work_bell, parts.outbox_bell, now, GROUP)
        parts.health.add("consumer", ConsumerHealth(broker).check)
        await run_worker(settings, parts.health, consume(broker))


async def run_reconciler(settings: Settings) -> None:
    """Make Trakt equal to what is wanted."""
    app = App(settings.trakt_client_id, settings.trakt_client_secret, settings.trakt_redirect_uri)
    async with (
        _parts(settings, connections=settings.trakt_concurrency) as parts,
        connect(str(settings.trakt_api_url), app.client_id, connections=settings.trakt_concurrency * 2) as api,
        Ear(dsn_of(settings), WORK) as ear,
    ):
        worker = build_worker(settings, parts, TraktClient(api, str(settings.trakt_auth_url), app), ear)
        parts.health.add("worker", worker.check)
        await run_worker(settings, parts.health, worker.run())


def build_worker(settings: Settings, parts: Parts, trakt: Trakt, ear: Ear) -> Worker:
    vault = Vault(settings.encryption_keys)
    accounts = AccountStore(parts.pool, vault, settings.trakt_lease)
    breaker = Breaker(settings.trakt_breaker_failures, settings.trakt_probe_interval)
    reconciler = Reconciler(
        pool=parts.pool,
        accounts=accounts,
        trakt=trakt,
        breaker=breaker,
        outbox_bell=parts.outbox_bell,
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
        ear=ear,
        outbox_bell=parts.outbox_bell,
        now=now,
        concurrency=settings.trakt_concurrency,
    )


async def trakt_id_of(settings: Settings, tokens: Tokens) -> str | None:
    """Ask Trakt, once, whose tokens they are. None: it did not say now; the worker asks again."""
    app = App(settings.trakt_client_id, settings.trakt_client_secret, settings.trakt_redirect_uri)
    async with connect(str(settings.trakt_api_url), app.client_id) as api:
        trakt = TraktClient(api, str(settings.trakt_auth_url), app, tries=QuickTries(attempts=1))
        try:
            return await trakt.read_trakt_id(tokens.access)
        except TraktError:
            return None


async def run_relay(settings: Settings) -> None:
    """Take the outbox to Kafka."""
    async with _parts(settings, connections=2) as parts:
        relay = Relay(dsn_of(settings), partial(producer, settings))
        parts.health.add("relay", relay.check)
        await run_worker(settings, parts.health, relay.run())


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Open the database for a command that ends by itself."""
    pool = await create_pool(dsn_of(settings), max_size=2)
    try:
        async with Bell(pool, WORK) as work_bell, Bell(pool, outbox.CHANNEL) as outbox_bell:
            yield Parts(pool, work_bell, outbox_bell, Health())
    finally:
        await pool.close()


@asynccontextmanager
async def _parts(settings: Settings, *, connections: int) -> AsyncIterator[Parts]:
    configured = telemetry.configure(SERVICE, level=settings.log_level)
    await migrate_only(settings)
    pool = await create_pool(dsn_of(settings), max_size=connections + 2)  # two for the bells
    health = Health()
    health.add("postgres", partial(ping, pool))
    try:
        async with Bell(pool, WORK) as work_bell, Bell(pool, outbox.CHANNEL) as outbox_bell:
            yield Parts(pool, work_bell, outbox_bell, health)
    finally:
        await pool.close()
        configured.shutdown()


def dsn_of(settings: Settings) -> str:
    return settings.database_url.get_secret_value()
