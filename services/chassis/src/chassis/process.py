"""How one process runs: its command line, signals, a graceful end, and a health server beside the work."""

import argparse
import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Final, TypeAlias, TypeVar

import structlog
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.types import ASGIApp

from chassis.arguments import Parser, after_closed_pipe
from chassis.connections import AbortableConnection
from chassis.health import Health, routes
from chassis.identity import identify
from chassis.secured import Secured
from chassis.settings import DatabaseSettings, ServiceSettings, fail, load
from chassis.telemetry.requests import Observed

log = structlog.get_logger()

S = TypeVar("S", bound=DatabaseSettings)
LoopFactory: TypeAlias = Callable[[], asyncio.AbstractEventLoop]
KAFKA_LOOP: Final[LoopFactory] = asyncio.new_event_loop
"""For a process that has a Kafka client. A write to a connection that Kafka has just closed raises a RuntimeError on
uvloop. aiokafka knows none, and its client never again learns where Kafka is (decision 35)."""
GARBAGE_THRESHOLDS: Final = (700, 10, 10)
"""Python's own."""

GRACEFUL_S = 5
KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection. If the server closed first, it could cut off a request."""


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: what it does, its arguments, one line of help. It returns the exit status; None means 0."""

    run: Callable[[argparse.Namespace], Awaitable[int | None]]
    help: str
    arguments: Callable[[argparse.ArgumentParser], None] = lambda _parser: None
    loop_factory: LoopFactory = uvloop.new_event_loop


def later(function: str, *first: object) -> Callable[..., Any]:
    """Return a function that loads another one when it is called, by its name: `package.module:function`.

    `first` are that one's first arguments.

    So a process loads what its command needs, and not what the service's other commands need: seconds of processor
    time, and memory.
    """
    module, _, name = function.partition(":")

    def load_and_call(*arguments: object) -> Any:  # noqa: ANN401 - what the function returns
        return getattr(import_module(module), name)(*first, *arguments)

    return load_and_call


def process(run: Callable[[S], Awaitable[int | None]], settings: type[S], help: str) -> Command:  # noqa: A002
    """Return a command that takes no arguments, only settings."""

    async def run_with_settings(_arguments: argparse.Namespace) -> int | None:
        return await run(load(settings))

    return Command(run_with_settings, help)


def kafka_process(run: Callable[[S], Awaitable[int | None]], settings: type[S], help: str) -> Command:  # noqa: A002
    """Return the same for a process that has a Kafka client."""
    return replace(process(run, settings, help), loop_factory=KAFKA_LOOP)


def main(service: str, description: str, commands: Mapping[str, Command]) -> None:
    """Parse the command line and run the command. A command's name may have two words ("account import")."""
    parser = Parser(prog=f"python -m {service}", description=description)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, Any] = {}
    for name, command in commands.items():
        first, _, second = name.partition(" ")
        if second:
            if first not in groups:
                group = subparsers.add_parser(first, help=f"see `{first} --help`")
                groups[first] = group.add_subparsers(required=True, metavar="COMMAND")
            sub = groups[first].add_parser(second, help=command.help, description=command.help)
        else:
            sub = subparsers.add_parser(first, help=command.help, description=command.help)
        if sys.argv[1:][: len(name.split())] == name.split():  # the others' arguments are not looked at
            command.arguments(sub)
        sub.set_defaults(command=command, command_name=name)
    arguments = parser.parse_args()
    chosen: Command = arguments.command
    identify(service, arguments.command_name)
    try:
        status = run(chosen.run(arguments), chosen.loop_factory)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough
        status = after_closed_pipe()
    sys.exit(status or 0)


def run(work: Awaitable[int | None], loop_factory: LoopFactory = uvloop.new_event_loop) -> int | None:
    """Run to the end on a new event loop."""

    async def work_to_end() -> int | None:
        return await work

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work_to_end())


async def serve_http(app: ASGIApp, settings: ServiceSettings, *, on_stop: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT. Requests that are under way get `GRACEFUL_S` seconds to end.

    `on_stop` is called first. It ends what would never end by itself, such as live streams.
    """
    _keep_what_was_loaded()
    server, listener = _server(app, settings)
    stop = _stop_event()
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    waiting = asyncio.create_task(stop.wait(), name="signal")
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    on_stop()
    server.stop()
    await serving
    if not stop.is_set():
        raise SystemExit(1)


async def run_worker(settings: ServiceSettings, health: Health, *work: Coroutine[Any, Any, None]) -> None:
    """Run the coroutines and a health server until SIGTERM or SIGINT; then cancel them.

    A coroutine that ends or raises by itself ends the process. Half a worker is worse than a restart.
    """
    _keep_what_was_loaded()
    server, listener = _server(Secured(Starlette(routes=routes(health))), settings)
    stop = _stop_event()
    waiting = asyncio.create_task(stop.wait(), name="signal")
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="health")
    tasks = [asyncio.create_task(one) for one in work]
    done, _ = await asyncio.wait({waiting, serving, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *tasks):
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    server.stop()
    await serving
    for result in results:
        if isinstance(result, Exception):
            raise result
    if waiting not in done:
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


def _server(app: ASGIApp, settings: ServiceSettings) -> tuple[_Server, socket.socket]:
    listener = _listen(settings)
    config = uvicorn.Config(
        Observed(app),
        http=AbortableConnection,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # chassis.http.forwarded reads them
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACEFUL_S,
    )
    return _Server(config), listener


def _listen(settings: ServiceSettings) -> socket.socket:
    address = (settings.http_host, settings.http_port)
    try:
        listener = socket.create_server(
            address, family=socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET, backlog=2048
        )
    except OSError as exc:
        fail(f"HTTP_HOST, HTTP_PORT: cannot listen on {address[0]}:{address[1]}: {exc.strerror or exc}")
    log.info("http_listening", host=address[0], port=listener.getsockname()[1])
    return listener


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _keep_what_was_loaded() -> None:
    """Take what start-up made out of the garbage collector's sight, for it is never garbage.

    Full collections that walk over it stop every request for 140 ms (measured with bodies of 10,000 items); without it,
    for less than 20 ms.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
