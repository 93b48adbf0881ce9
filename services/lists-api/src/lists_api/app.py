"""The composition root: what each process of lists-api is built of."""

import argparse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from uuid_utils.compat import uuid7

from chassis import outbox, problems, telemetry
from chassis.auth import Authenticator
from chassis.health import Health, routes
from chassis.kafka import ConsumerHealth, build_broker, producer
from chassis.kafka import consume as consume_from
from chassis.postgres import Pool, create_pool, migrate, ping
from chassis.process import Command, run_worker, serve_http
from chassis.relay import Relay
from chassis.settings import load
from chassis.wakeup import Bell
from lists_api import republish as republishing
from lists_api import subscribers
from lists_api.body_limit import BodyLimit
from lists_api.routes import router
from lists_api.settings import Settings, WorkerSettings
from lists_api.sweep import sweep_for_ever
from lists_api.use_cases import GROUP, UseCases

SERVICE = "lists-api"


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the HTTP application stands on."""

    settings: Settings
    pool: Pool
    ring: Callable[[], None]
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], UUID] = uuid7


def build_app(parts: Parts) -> FastAPI:
    """Return the HTTP application. It knows no Kafka: its transactions write the outbox."""
    app = FastAPI(title="WatchBuddy lists", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.settings = parts.settings
    app.state.authenticator = Authenticator(parts.settings)
    app.state.use_cases = UseCases(pool=parts.pool, ring=parts.ring, now=parts.now, new_id=parts.new_id)
    app.include_router(router)
    health = Health()
    health.add("postgres", lambda: ping(parts.pool))
    app.routes.extend(routes(health))
    app.add_middleware(BodyLimit, max_bytes=parts.settings.max_body_bytes)
    problems.install(app)
    FastAPIInstrumentor.instrument_app(app, excluded_urls="health/live,health/ready", exclude_spans=["receive", "send"])
    return app


async def serve(_arguments: argparse.Namespace) -> None:
    settings = load(Settings)
    async with _service(settings, pool_size=settings.pool_size) as pool, Bell(pool, outbox.CHANNEL) as bell:
        await serve_http(build_app(Parts(settings, pool, bell.ring)), settings)


async def consume(_arguments: argparse.Namespace) -> None:
    settings = load(WorkerSettings)
    async with _service(settings) as pool:
        broker = build_broker(settings, group=GROUP)
        subscribers.register(broker, pool)
        health = Health()
        health.add("postgres", lambda: ping(pool))
        health.add("kafka", ConsumerHealth(broker).check)
        await run_worker(settings, health, consume_from(broker), sweep_for_ever(pool, settings, now=utc_now))


async def relay(_arguments: argparse.Namespace) -> None:
    settings = load(WorkerSettings)
    async with _service(settings) as pool:
        relaying = Relay(settings.database_url.get_secret_value(), lambda: producer(settings))
        health = Health()
        health.add("postgres", lambda: ping(pool))
        health.add("relay", relaying.check)
        await run_worker(settings, health, relaying.run())


async def republish(_arguments: argparse.Namespace) -> None:
    settings = load(WorkerSettings)
    async with _service(settings) as pool, Bell(pool, outbox.CHANNEL) as bell:
        count = await republishing.republish(pool, ring=bell.ring, now=utc_now)
    print(f"{count} lists sent again")  # noqa: T201 - what the command is asked for


async def run_migrations(_arguments: argparse.Namespace) -> None:
    settings = load(WorkerSettings)
    async with _service(settings):
        pass


COMMANDS = {
    "serve": Command(serve, "serve the HTTP API"),
    "relay": Command(relay, "send the outbox to Kafka"),
    "consume": Command(consume, "store what trakt-sync says of lists; forget what has had its time"),
    "republish": Command(republish, "send again the newest state of every list that trakt-sync has not confirmed"),
    "migrate": Command(run_migrations, "bring the database up to date"),
}


@asynccontextmanager
async def _service(settings: WorkerSettings, *, pool_size: int = 4) -> AsyncIterator[Pool]:
    measuring = telemetry.configure(SERVICE, level=settings.log_level)
    dsn = settings.database_url.get_secret_value()
    try:
        await migrate(dsn, "chassis", "lists_api")
        pool = await create_pool(dsn, max_size=pool_size)
        try:
            yield pool
        finally:
            await pool.close()
    finally:
        measuring.shutdown()
