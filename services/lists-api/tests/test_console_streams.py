"""What is passed on part by part: live, to its end, and no faster than its client reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from chassis.testing import eventually
from lists_api.testing_gateway import Target, before

MEGABYTE = 1_000_000
STREAM = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]


async def test_a_stream_passes_live_and_ends_with_its_client(dsn: str) -> None:
    target = Target(headers=STREAM, body=[b"id: 0\n\n", b"id: 1\n\n", b"id: 2\n\n"], is_live=True)
    async with before(dsn, target) as origin:
        headers = {"Last-Event-ID": "41", "Accept-Encoding": "gzip"}
        async with origin.http.stream("GET", "/api/notifications/stream", headers=headers) as answer:
            parts = answer.aiter_raw()
            assert await anext(parts) == b"id: 0\n\n"  # while the service waits
            target.goes_on.set()
            assert await anext(parts) == b"id: 1\n\n"
            assert target.header("last-event-id") == ["41"]
            assert "content-encoding" not in answer.headers
            assert answer.headers["cache-control"] == "no-cache"
        await eventually(target.was_left)


async def test_a_stream_ends_when_the_process_does(dsn: str) -> None:
    target = Target(headers=STREAM, body=[b"id: 0\n\n", b"id: 1\n\n"], is_live=True)
    async with before(dsn, target) as origin, origin.http.stream("GET", "/api/notifications/stream") as answer:
        parts = answer.aiter_raw()
        assert await anext(parts) == b"id: 0\n\n"
        origin.api.origin.gateway.end_streams()
        assert [part async for part in parts] == []  # a whole answer


async def test_a_stream_whose_service_dies_ends_so_that_its_reader_comes_again(dsn: str) -> None:
    target = Target(headers=STREAM, body=[b"id: 0\n\n"], is_cut=True)
    async with before(dsn, target) as origin, origin.http.stream("GET", "/api/notifications/stream") as answer:
        assert [part async for part in answer.aiter_raw()] == [b"id: 0\n\n"]


async def test_half_an_answer_is_not_taken_for_a_whole_one(dsn: str) -> None:
    async with before(dsn, Target(body=[b'{"lists": ['], is_cut=True)) as origin:
        with pytest.raises(httpx.RemoteProtocolError):
            await origin.http.get("/api/trakt/lists")


async def test_a_client_that_leaves_ends_its_request(dsn: str) -> None:
    target = Target(body=[b"{", b"}"], is_live=True)
    async with before(dsn, target) as origin:
        asking = asyncio.create_task(origin.http.get("/api/trakt/status"))
        await eventually(target.was_asked)
        asking.cancel()
        await eventually(target.was_left)


async def test_a_client_that_leaves_within_its_body_ends_its_request(dsn: str) -> None:
    target = Target()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        await asyncio.Event().wait()  # for ever

    async with before(dsn, target) as origin:
        asking = asyncio.create_task(origin.http.post("/api/trakt/device", content=endless()))
        await eventually(target.was_asked)
        asking.cancel()
        await eventually(target.was_left)


async def test_a_slow_client_holds_its_service_and_takes_no_memory(dsn: str) -> None:
    target = Target(headers=[(b"content-type", b"text/plain")], body=[b"x" * 100_000] * 500)
    async with before(dsn, target) as origin, origin.http.stream("GET", "/api/trakt/lists") as answer:
        parts = answer.aiter_raw()
        await anext(parts)
        await asyncio.sleep(
            0.5
        )  # that no more is taken than this: an origin that reads on would have all of it by then
        assert target.sent < 20 * MEGABYTE  # what the kernel's buffers take of 50 MB
        size = 0
        async for part in parts:
            size += len(part)
        assert size > 49 * MEGABYTE


async def test_a_client_that_does_not_read_is_cut_off(dsn: str) -> None:
    target = Target(headers=STREAM, body=[b"x" * 100_000] * 500)
    async with before(dsn, target) as origin:
        origin.api.origin.gateway.patience = timedelta(seconds=0.3)
        url = origin.http.base_url
        reader, writer = await asyncio.open_connection(url.host, url.port, limit=1000)
        writer.write(b"GET /api/notifications/stream HTTP/1.1\r\nHost: lists\r\n\r\n")
        await eventually(origin.is_streaming)
        await eventually(origin.is_streaming, until=lambda is_streaming: not is_streaming)
        size = 0
        with suppress(ConnectionResetError):
            while part := await reader.read(100_000):  # what the kernel had taken
                size += len(part)
        assert size < 20 * MEGABYTE
        writer.close()
