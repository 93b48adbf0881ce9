"""The server process: sockets, signals, readiness."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from trakt_simulator.gateway.asgi import CONNECTION

_BACKLOG = 2048


class BreakableProtocol(HttpToolsProtocol):
    """uvicorn's protocol. It puts the connection into the scope, so that a fault can close it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        # uvicorn's type of the scope knows only its own extensions.
        self.scope["extensions"] = {CONNECTION: self.transport}  # type: ignore[dict-item]


class Server(uvicorn.Server):
    """uvicorn's server with our own signal handlers. It ends at once, with exit status 0."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event, ready_lines: list[str]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._ready_lines = ready_lines

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        self._stopping.set()
        self.should_exit = True

    async def main_loop(self) -> None:
        """Look each second whether it should end, and at once after `stop`. uvicorn looks ten times a second."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=1)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for line in self._ready_lines:
            print(line, flush=True)  # noqa: T201 (the parent process waits for it)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to host and port (0: a free one).

    Raises:
        OSError: the port is in use, or the host is no address of this machine. The text names both.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound_socket = socket.socket(family, socket.SOCK_STREAM)
    bound_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound_socket.bind((host, port))
    except OSError as error:
        bound_socket.close()
        raise OSError(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    return bound_socket


def address_of(bound_socket: socket.socket) -> str:
    host, port = bound_socket.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def config_for(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's type is a union that no callable class matches
        http=BreakableProtocol,
        ws="none",
        # Otherwise a caller could get another rate limit with each address that it names in `X-Forwarded-For`.
        proxy_headers=False,
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,
        log_level="warning",
        backlog=_BACKLOG,
        # Longer than clients keep connections (httpx: 5 s), so that no connection ends while a request is on its way.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
