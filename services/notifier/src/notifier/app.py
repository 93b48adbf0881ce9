"""The composition root: it builds the processes of the notifier."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from chassis.bootstrap import Foundation, bootstrap
from chassis.clock import utc_now
from chassis.health import Check, StuckError
from chassis.http.auth import Authenticator
from chassis.http.guarded import guarded
from chassis.http.rate_limits import RateLimits
from chassis.postgres.wakeup import Listener, Waker
from chassis.process import serve_http
from notifier.channels.rules import ChannelRules
from notifier.channels.use_cases import Channels
from notifier.dispatch import CHANNEL, RUNS
from notifier.listening import beat, deliver, listen, listen_to_runs
from notifier.routes import http_api
from notifier.settings import SERVICE, HttpSettings
from notifier.streams import Streams


@dataclass(frozen=True, slots=True)
class HttpApplication:
    """The HTTP application, and the streams that must end before it does."""

    app: FastAPI
    streams: Streams


@asynccontextmanager
async def http_application(
    settings: HttpSettings, base: Foundation, streams: Streams
) -> AsyncIterator[HttpApplication]:
    """Give the HTTP application, with its listener open."""
    app = http_api(base.health)
    app.state.settings = settings
    app.state.authenticator = Authenticator(settings)
    app.state.limits = RateLimits(settings)
    app.state.pool = base.pool
    app.state.streams = streams
    async with (
        Listener(base.dsn, CHANNEL) as listener,
        Listener(base.dsn, RUNS) as runs,
        Waker(base.pool, CHANNEL) as waker,
    ):
        app.state.channels = Channels(base.pool, settings.sealer, ChannelRules.of(settings), waker.wake, utc_now)
        base.health.add("listener", listener.check)
        listening = asyncio.gather(
            listen(listener, base.pool, streams),
            listen_to_runs(runs, streams),
            deliver(base.pool, streams),
            beat(streams),
        )
        base.health.add("streams", _check_of(listening))
        try:
            yield HttpApplication(app, streams)
        finally:
            streams.end()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def _check_of(listening: "asyncio.Future[Any]") -> Check:
    async def check() -> None:
        if listening.done() and (error := listening.exception()) is not None:
            raise StuckError(f"nothing moves the live streams any more: {error!r}")

    return check


async def serve(settings: HttpSettings) -> None:
    """Serve the HTTP API and the live stream."""
    streams = Streams(limit=settings.streams_per_user)
    async with bootstrap(SERVICE, settings, connections=10) as base, http_application(settings, base, streams) as http:
        await serve_http(guarded(http.app, http.app.state.limits, settings), settings, on_stop=streams.end)
