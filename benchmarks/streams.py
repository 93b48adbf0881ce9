"""What 5,000 live streams on one process of notifier serve cost while nothing happens, and how fast a message is there.

The clients read bytes alone, on plain sockets of this process.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx
import psutil

from benchmarks.api import FAST
from benchmarks.figures import Figure, at_most, percentile
from benchmarks.processes import running_process
from chassis.local_tokens import issue_token
from chassis.postgres.database import create_pool
from chassis.postgres.wakeup import Waker
from local_stack.footprint import cpu_s
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.processes.ports import choose_ports
from local_stack.system.description import AUDIENCE, ISSUER
from local_stack.system.home import Home
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.testing import ENCRYPTION_KEY, delivered, sync_started

USERS: Final = 500
STREAMS_OF_EACH: Final = 10
STREAMS: Final = USERS * STREAMS_OF_EACH
SETTLE_S: Final = 20.0
IDLE_S: Final = 45.0
"""Three heartbeats."""
MESSAGES: Final = 50
OPENED_AT_ONCE: Final = 50
KEY: Final = "a key of the benchmarks, long enough for HS256"


@dataclass(slots=True)
class Client(asyncio.Protocol):
    """Counts what a stream says."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    pings: int = 0
    messages: int = 0
    is_lost: bool = False

    def data_received(self, data: bytes) -> None:
        self.pings += data.count(b": ping")
        self.messages += data.count(b"event: message")
        if b": connected" in data:
            self.opened.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self.is_lost = True


async def run() -> list[Figure]:
    async with _server() as (dsn, port, pid):
        process = psutil.Process(pid)
        await _open(port, "warm-up", 1)
        memory, before = _private(process), cpu_s([process])
        clients = await _open_all(port)
        opening_ms = (cpu_s([process]) - before) / STREAMS * 1000
        await asyncio.sleep(SETTLE_S)
        each_kb = (_private(process) - memory) / STREAMS / 1000
        pings, before = sum(client.pings for client in clients), cpu_s([process])
        await asyncio.sleep(IDLE_S)
        cpu = (cpu_s([process]) - before) / IDLE_S * 100
        beats = (sum(client.pings for client in clients) - pings) / STREAMS
        one_ms = await _tell_each(dsn, clients)
        all_s = await _tell_all(dsn, clients)
        lost = sum(client.is_lost for client in clients)
    return [
        Figure("memory of a stream", each_kb, "kB", at_most(30), f"{STREAMS:,} streams of {USERS} users"),
        Figure("idle: processor", cpu, "% of one core", at_most(1), f"{beats:.1f} heartbeats a stream in {IDLE_S:g} s"),
        Figure(
            "a message to all of a user's streams, p95", percentile(one_ms, 0.95), "ms", at_most(50),
            f"{STREAMS_OF_EACH} streams, from the event to the last one; median {percentile(one_ms, 0.5):.1f} ms",
        ),
        Figure("a message to each of them", all_s, "s", at_most(5), f"{USERS} messages in one set"),
        Figure("opening one: processor", opening_ms, "ms", at_most(2), "of the server's process, with its heartbeats"),
        Figure("streams that were lost", lost, "streams", at_most(0)),
    ]  # fmt: skip


@asynccontextmanager
async def _server() -> AsyncIterator[tuple[str, int, int]]:
    """Run Postgres and `notifier serve`; give the database, the port and the process id."""
    port = choose_ports({"notifier": 0})["notifier"]
    with Home(None) as home:
        postgres = PostgresServer(
            PostgresBinaries.embedded(home.data), home.data / "postgres", log=home.logs / "postgres.log", durable=False
        )
        await postgres.start()
        environment = {
            "DATABASE_URL": postgres.dsn("notifier"),
            "KAFKA_BOOTSTRAP_SERVERS": "unused:9092",
            "AUTH_LOCAL_KEY": KEY,
            **FAST,
            "CHANNEL_ENCRYPTION_KEYS": ENCRYPTION_KEY,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(port),
            "LOG_LEVEL": "WARNING",
        }
        try:
            async with running_process("notifier", "serve", environment=environment) as pid:
                await _ready(port)
                yield postgres.dsn("notifier"), port, pid
        finally:
            await postgres.stop()


async def _ready(port: int) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def _open_all(port: int) -> list[Client]:
    users = [f"user{number}" for number in range(USERS)]
    clients: list[Client] = []
    for first in range(0, USERS, OPENED_AT_ONCE):
        for opened in await asyncio.gather(
            *(_open(port, user, STREAMS_OF_EACH) for user in users[first:][:OPENED_AT_ONCE])
        ):
            clients += opened
    return clients


async def _open(port: int, user: str, count: int) -> list[Client]:
    token = issue_token(KEY, user_id=user, issuer=ISSUER, audience=AUDIENCE, lifetime=timedelta(hours=1))
    request = (
        "GET /api/notifications/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
        f"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    clients = []
    for _ in range(count):
        transport, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", port)
        transport.write(request)
        async with asyncio.timeout(10):
            await client.opened.wait()
        clients.append(client)
    return clients


async def _tell_each(dsn: str, clients: list[Client]) -> list[float]:
    """Tell one user after the other; return in how many milliseconds all of their streams had said it."""
    times = []
    async with await create_pool(dsn) as pool, Waker(pool, CHANNEL) as waker, Waker(pool, RUNS) as runs:
        dispatcher = Dispatcher(pool, waker, runs, group="benchmark")
        for number in range(MESSAGES):
            theirs = clients[number * STREAMS_OF_EACH :][:STREAMS_OF_EACH]
            began = time.perf_counter()
            await dispatcher.dispatch([delivered(sync_started(f"user{number}"))])
            await _told(theirs, 1)
            times.append((time.perf_counter() - began) * 1000)
    return times


async def _tell_all(dsn: str, clients: list[Client]) -> float:
    rest = clients[MESSAGES * STREAMS_OF_EACH :]
    async with await create_pool(dsn) as pool, Waker(pool, CHANNEL) as waker, Waker(pool, RUNS) as runs:
        dispatcher = Dispatcher(pool, waker, runs, group="benchmark")
        began = time.perf_counter()
        await dispatcher.dispatch([delivered(sync_started(f"user{number}")) for number in range(MESSAGES, USERS)])
        await _told(rest, 1)
        return time.perf_counter() - began


async def _told(clients: list[Client], count: int) -> None:
    async with asyncio.timeout(60):
        while any(client.messages < count for client in clients):  # noqa: ASYNC110 - of all of them
            await asyncio.sleep(0.001)


def _private(process: psutil.Process) -> int:
    """Return the memory that the process alone has, in bytes."""
    return int(process.memory_full_info().uss)
