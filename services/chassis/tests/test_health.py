"""Liveness and readiness, as a worker's own server and as an HTTP API answer them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import TypeAlias

import httpx
import pytest
from fastapi import FastAPI

from chassis.health import STUCK_AFTER, Health, StuckError
from chassis.health_server import HealthServer
from chassis.http.health import router
from chassis.testing import FakeClock

Asking: TypeAlias = Callable[[Health], AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def of_a_worker(health: Health) -> AsyncIterator[httpx.AsyncClient]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    async with HealthServer(health, listener), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


@asynccontextmanager
async def of_an_http_api(health: Health) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router(health))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        yield client


@pytest.mark.parametrize("asking", [of_a_worker, of_an_http_api])
async def test_ready_names_the_checks_that_fail_and_live_fails_only_when_one_is_stuck(asking: Asking) -> None:
    clock = FakeClock()
    health = Health(now=clock)
    broken: Exception | None = StuckError("has fetched nothing for 31 s")

    async def consumer() -> None:
        if broken is not None:
            raise broken

    async def database() -> None: ...

    health.add("consumer", consumer)
    health.add("database", database)
    async with asking(health) as client:
        ready = await client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["checks"] == {"consumer": "has fetched nothing for 31 s", "database": "ok"}
        assert (await client.get("/health/live")).status_code == 200
        clock.advance(STUCK_AFTER + timedelta(seconds=1))
        assert (await client.get("/health/live")).status_code == 503
        broken = ConnectionError("Kafka is away")
        assert (await client.get("/health/live")).status_code == 200, "a restart would not bring Kafka back"
        assert (await client.get("/health/ready")).status_code == 503
        broken = None
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200


@pytest.mark.parametrize("asking", [of_a_worker, of_an_http_api])
async def test_who_asks_otherwise_is_told_so(asking: Asking) -> None:
    async with asking(Health()) as client:
        head = await client.head("/health/ready")
        assert (head.status_code, head.content) == (200, b"")
        assert (await client.get("/health/live?verbose=1")).status_code == 200
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/health/live")).status_code == 405


async def test_a_worker_bears_clients_that_send_nonsense_and_answers_the_next_one() -> None:
    async with of_a_worker(Health()) as client:
        for nonsense in (b"", b"\r\n\r\n", b"\xff\x00 \xfe\r\n\r\n", b"GET " + b"a" * 100_000):
            reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
            writer.write(nonsense)
            writer.write_eof()
            answer = await reader.read()
            assert answer == b"" or answer.startswith(b"HTTP/1.1 404 ")
            writer.close()
        assert (await client.get("/health/ready")).json() == {"status": "ok", "checks": {}}
