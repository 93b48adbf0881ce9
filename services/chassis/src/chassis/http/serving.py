"""How a process serves an HTTP application: uvicorn, with our signals and a graceful end."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from chassis.process import keep_what_was_loaded, listen, stop_event
from chassis.settings import ServiceSettings

GRACEFUL_S: Final = 5
KEEP_ALIVE_S: Final = 75
"""Longer than clients and proxies keep an idle connection. If the server closed first, it could cut off a request."""


async def serve_http(app: ASGIApp, settings: ServiceSettings, *, on_stop: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT. Requests that are under way get `GRACEFUL_S` seconds to end.

    `on_stop` is called first. It ends what would never end by itself, such as live streams.
    """
    keep_what_was_loaded()
    listener = listen(settings)
    server = _server(app)
    stop = stop_event()
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    waiting = asyncio.create_task(stop.wait(), name="signal")
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    on_stop()
    server.stop()
    await serving
    if not stop.is_set():
        raise SystemExit(1)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        """Renew the date of the answers each second until `stop`.

        uvicorn looks ten times a second whether it should end: most of what an idle process costs.
        """
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=1)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # we handle signals: uvicorn would end the process before pools and spans are closed


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACEFUL_S,
    )
    return _Server(config)
