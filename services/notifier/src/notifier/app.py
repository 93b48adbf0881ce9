"""Composition: builds what the notifier's processes are made of."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from chassis import health, postgres, problems, telemetry
from chassis.auth import Authenticator
from chassis.kafka import ConsumerHealth, build_broker
from chassis.kafka import consume as consume_from
from chassis.process import run_worker, serve_http
from chassis.settings import load
from chassis.wakeup import Bell, Ear
from notifier.dispatch import CHANNEL, GROUP, Dispatcher
from notifier.retention import sweep_forever
from notifier.routes import router
from notifier.settings import HttpSettings, Settings
from notifier.stream import Streams, listen
from notifier.subscribers import register

UNTRACED: Final = "health/live,health/ready,notifications/stream"  # probes; and requests that last an hour


@dataclass(frozen=True, slots=True)
class HttpApplication:
    """The HTTP application, and the streams that must end before it does."""

    app: FastAPI
    streams: Streams


@asynccontextmanager
async def http_application(settings: HttpSettings) -> AsyncIterator[HttpApplication]:
    """Give the HTTP application on a migrated database, with its pool and its ear open."""
    dsn = settings.database_url.get_secret_value()
    streams, checks = Streams(), health.Health()
    async with await postgres.create_pool(dsn) as pool, Ear(dsn, CHANNEL) as ear:
        app = FastAPI(title="WatchBuddy notifier", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
        problems.install(app)
        app.state.authenticator = Authenticator(settings)
        app.include_router(router(pool, streams, stream_lifetime=settings.stream_lifetime))
        checks.add("postgres", partial(postgres.ping, pool))
        app.router.routes.extend(health.routes(checks))
        FastAPIInstrumentor.instrument_app(app, excluded_urls=UNTRACED, exclude_spans=["receive", "send"])
        listening = asyncio.create_task(listen(ear, pool, streams), name="listen")
        try:
            yield HttpApplication(app, streams)
        finally:
            streams.end()
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def serve(_arguments: argparse.Namespace) -> None:
    """Serve the HTTP API and the live stream."""
    settings = load(HttpSettings)
    traces = telemetry.configure("notifier", level=settings.log_level)
    await postgres.migrate(settings.database_url.get_secret_value(), "chassis", "notifier")
    try:
        async with http_application(settings) as http:
            await serve_http(http.app, settings, on_stop=http.streams.end)
    finally:
        traces.shutdown()


async def consume(_arguments: argparse.Namespace) -> None:
    """Consume both topics, and sweep what is too old."""
    settings = load(Settings)
    traces = telemetry.configure("notifier", level=settings.log_level)
    dsn = settings.database_url.get_secret_value()
    await postgres.migrate(dsn, "chassis", "notifier")
    checks = health.Health()
    try:
        async with await postgres.create_pool(dsn) as pool, Bell(pool, CHANNEL) as bell:
            broker = build_broker(settings, group=GROUP)
            register(broker, Dispatcher(pool, bell))
            checks.add("postgres", partial(postgres.ping, pool))
            checks.add("kafka", ConsumerHealth(broker).check)
            await run_worker(settings, checks, consume_from(broker), sweep_forever(pool, settings))
    finally:
        traces.shutdown()


async def migrate(_arguments: argparse.Namespace) -> None:
    """Bring the database up to date."""
    settings = load(Settings)
    telemetry.configure("notifier", level=settings.log_level)
    await postgres.migrate(settings.database_url.get_secret_value(), "chassis", "notifier")
