"""The composition root: it builds the processes of the notifier."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI

from chassis.bootstrap import Foundation, bootstrap
from chassis.clock import utc_now
from chassis.http.auth import Authenticator
from chassis.kafka.broker import ConsumerHealth, build_broker
from chassis.kafka.broker import consume as consume_from
from chassis.postgres.wakeup import Listener, Waker
from chassis.process import run_worker, serve_http
from chassis.retention import sweep_for_ever
from notifier import retention, subscribers
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.routes import http_api
from notifier.settings import HttpSettings, Settings
from notifier.stream import Streams, listen, listen_to_runs

SERVICE: Final = "notifier"


@dataclass(frozen=True, slots=True)
class HttpApplication:
    """The HTTP application, and the streams that must end before it does."""

    app: FastAPI
    streams: Streams


@asynccontextmanager
async def http_application(settings: HttpSettings, base: Foundation) -> AsyncIterator[HttpApplication]:
    """Give the HTTP application, with its listener open."""
    streams = Streams()
    app = http_api(base.health)
    app.state.settings = settings
    app.state.authenticator = Authenticator(settings)
    app.state.pool = base.pool
    app.state.streams = streams
    async with Listener(base.dsn, CHANNEL) as listener, Listener(base.dsn, RUNS) as runs:
        base.health.add("listener", listener.check)
        listening = asyncio.gather(listen(listener, base.pool, streams), listen_to_runs(runs, streams))
        try:
            yield HttpApplication(app, streams)
        finally:
            streams.end()
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def serve(settings: HttpSettings) -> None:
    """Serve the HTTP API and the live stream."""
    async with bootstrap(SERVICE, settings, connections=10) as base, http_application(settings, base) as http:
        await serve_http(http.app, settings, on_stop=http.streams.end)


async def consume(settings: Settings) -> None:
    """Turn events into messages; delete old ones."""
    async with (
        bootstrap(SERVICE, settings) as base,
        Waker(base.pool, CHANNEL) as waker,
        Waker(base.pool, RUNS) as runs,
    ):
        broker = build_broker(settings, group=subscribers.GROUP)
        subscribers.register(broker, Dispatcher(base.pool, waker, runs, group=subscribers.GROUP))
        base.health.add("consumer", ConsumerHealth(broker).check)
        sweep = partial(retention.sweep, base.pool, settings, utc_now)
        await run_worker(settings, base.health, consume_from(broker), sweep_for_ever(sweep))
