"""How fast lists are made and read over HTTP, beside a bare FastAPI with asyncpg on the same Postgres.

The bare application knows its user by a header, keeps a list of five columns, and sends no event. Both are served by
uvicorn on uvloop with httptools. What bounds the difference is in docs/performance.md.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx
import psutil

from benchmarks.figures import Figure, at_least, at_most
from chassis.local_tokens import issue_token
from local_stack.footprint import cpu_s
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.processes.ports import choose_ports
from local_stack.system.description import AUDIENCE, ISSUER
from local_stack.system.home import Home

CONNECTIONS: Final = 8
ROUND_S: Final = 4.0
ROUNDS: Final = 3
LISTS: Final = 50
KEY: Final = "a key of the benchmarks, long enough for HS256"
FAST: Final = {"USER_REQUESTS_PER_MINUTE": "1000000000", "ADDRESS_REQUESTS_PER_MINUTE": "1000000000"}
"""Limits that are looked at, and never met."""
NEW: Final = json.dumps({"title": "Heists", "list_type": "manual"})


@dataclass(frozen=True, slots=True)
class Server:
    """A server under load, its process, and the headers by which it knows a user."""

    port: int
    process: psutil.Process
    headers: Callable[[str], Mapping[str, str]]


@dataclass(slots=True)
class Load:
    """What a server did: the seconds of each request, and the processor seconds of its process."""

    times: list[float] = field(default_factory=list)
    cpu_s: float = 0.0

    @property
    def cpu_ms(self) -> float:
        return self.cpu_s / len(self.times) * 1000


async def run() -> list[Figure]:
    async with _servers() as (ours, bare):
        await _fill(ours)
        await _fill(bare)
        made = await _compare("POST", ours, bare)
        read = await _compare("GET", ours, bare)
    return [*_figures("POST /api/lists", made), *_figures(f"GET /api/lists ({LISTS} lists)", read)]


def _figures(name: str, measured: tuple[Load, Load]) -> list[Figure]:
    ours, bare = (sorted(load.times) for load in measured)
    own_cpu, bare_cpu = (load.cpu_ms for load in measured)
    share = len(ours) / len(bare) * 100
    rates = f"{len(ours) / ROUND_S / ROUNDS:.0f}/s and {len(bare) / ROUND_S / ROUNDS:.0f}/s"
    p99 = ours[int(len(ours) * 0.99)] * 1000
    return [
        Figure(name, share, "% of bare", at_least(60), note=f"{rates}, {CONNECTIONS} connections"),
        Figure(f"{name}, p99", p99, "ms", at_most(60), note=f"bare {bare[int(len(bare) * 0.99)] * 1000:.0f} ms"),
        Figure(f"{name}, processor", own_cpu, "ms", note=f"of the server's process, a request; bare {bare_cpu:.2f} ms"),
    ]


async def _compare(method: str, ours: Server, bare: Server) -> tuple[Load, Load]:
    """Load both in turns, so that what else the machine does meets both. Return what they did."""
    loads = Load(), Load()
    for number in range(ROUNDS):
        for server, load in zip((ours, bare), loads, strict=True):
            before = cpu_s([server.process])
            until = time.perf_counter() + ROUND_S
            users = [f"{method}{number}-{one}" if method == "POST" else "reader" for one in range(CONNECTIONS)]
            for each in await asyncio.gather(*(_load(server, method, user, until) for user in users)):
                load.times.extend(each)
            load.cpu_s += cpu_s([server.process]) - before
    return loads


async def _load(server: Server, method: str, user: str, until: float) -> list[float]:
    """Send one request after the other on one connection. A plain socket: a client library would be the bound."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = NEW if method == "POST" else ""
    head = "".join(f"{name}: {value}\r\n" for name, value in server.headers(user).items())
    request = (
        f"{method} /api/lists{'' if body else f'?limit={LISTS}'} HTTP/1.1\r\nHost: localhost\r\n{head}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    times: list[float] = []
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        status, *headers = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in headers if line.startswith(b"content-length"))
        answer = await reader.readexactly(length)
        assert status.split()[1] in (b"200", b"201"), answer
        times.append(time.perf_counter() - began)
    writer.close()
    return times


async def _fill(server: Server) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=server.headers("reader")) as http:
        for _ in range(LISTS):
            (
                await http.post("/api/lists", content=NEW, headers={"Content-Type": "application/json"})
            ).raise_for_status()


@asynccontextmanager
async def _servers() -> AsyncIterator[tuple[Server, Server]]:
    ports = choose_ports({"ours": 0, "bare": 0})
    processes: list[asyncio.subprocess.Process] = []
    with Home(None) as home:
        postgres = PostgresServer(
            PostgresBinaries.embedded(home.data), home.data / "postgres", log=home.logs / "postgres.log", durable=True
        )
        await postgres.start()
        try:
            lists_api = {
                "DATABASE_URL": postgres.dsn("lists_api"),
                "KAFKA_BOOTSTRAP_SERVERS": "unused:9092",
                "AUTH_LOCAL_KEY": KEY,
                **FAST,
                "QUOTA_FREE_LISTS": "1000000",
                "HTTP_HOST": "127.0.0.1",
                "HTTP_PORT": str(ports["ours"]),
                "LOG_LEVEL": "WARNING",
            }
            bare = ("uvicorn", "benchmarks.bare_api:app", "--port", str(ports["bare"]), "--no-access-log")
            processes = [
                await _start(lists_api, "lists_api", "serve"),
                await _start({"DATABASE_URL": postgres.dsn("postgres")}, *bare),
            ]
            for port, path in ((ports["ours"], "/health/ready"), (ports["bare"], "/openapi.json")):
                await _answers(f"http://127.0.0.1:{port}{path}")
            yield (
                Server(ports["ours"], psutil.Process(processes[0].pid), _bearer),
                Server(ports["bare"], psutil.Process(processes[1].pid), lambda user: {"X-User": user}),
            )
        finally:
            for process in processes:
                process.terminate()
                await process.wait()
            await postgres.stop()


async def _start(environment: Mapping[str, str], *command: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.DEVNULL
    )


async def _answers(url: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as http:
        while True:
            try:
                if (await http.get(url)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def _bearer(user: str) -> Mapping[str, str]:
    token = issue_token(KEY, user_id=user, issuer=ISSUER, audience=AUDIENCE, lifetime=timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}
