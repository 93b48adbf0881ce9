"""What is passed on to the other services: as it came, and live."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from chassis.testing import eventually, served
from lists_api.testing import Api, running_api

MEGABYTE = 1_000_000


@dataclass
class Target:
    """Another service: it keeps what it was asked, and answers as a test says."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [(b"content-type", b"application/json")])
    body: list[bytes] = field(default_factory=lambda: [b"{}"])
    asked: list[Scope] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    left: int = 0
    is_live: bool = False
    """Whether it waits for `goes_on` before each part of its body but the first."""
    is_cut: bool = False
    """Whether the body ends in the middle."""
    sent: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        content = b""
        while (message := await receive())["type"] == "http.request":
            content += message["body"]
            if not message["more_body"]:
                break
        else:
            self.left += 1
            return
        self.bodies.append(content)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for number, part in enumerate(self.body):
            if self.is_live and number:
                going, leaving = asyncio.ensure_future(self.goes_on.wait()), asyncio.ensure_future(receive())
                await asyncio.wait({going, leaving}, return_when=asyncio.FIRST_COMPLETED)
                going.cancel()
                if leaving.done():
                    self.left += 1
                    return
                leaving.cancel()
                self.goes_on.clear()
            await send({"type": "http.response.body", "body": part, "more_body": True})
            self.sent += len(part)
        if not self.is_cut:
            await send({"type": "http.response.body", "body": b""})

    async def was_left(self) -> int:
        return self.left

    def header(self, name: str) -> list[str]:
        """Return the values of a header of the last request."""
        return [value.decode() for key, value in self.asked[-1]["headers"] if key.decode() == name]


@dataclass(frozen=True)
class Origin:
    """The console's origin before a service."""

    api: Api
    target: Target
    http: httpx.AsyncClient

    async def is_streaming(self) -> bool:
        return self.api.origin.gateway.is_streaming


@asynccontextmanager
async def before(dsn: str, target: Target, **settings: object) -> AsyncIterator[Origin]:
    async with (
        served(target) as url,
        running_api(dsn, trakt_sync_url=url, notifier_url=url, **settings) as api,
        served(api.origin) as address,
        httpx.AsyncClient(base_url=address, timeout=10) as http,
    ):
        yield Origin(api, target, http)


@pytest.fixture
async def origin(dsn: str) -> AsyncIterator[Origin]:
    async with before(dsn, Target()) as one:
        yield one


@pytest.mark.parametrize("path", ["/api/trakt/status", "/api/notifications", "/api/channels/7", "/api/trakt"])
async def test_a_request_comes_to_the_service_as_it_was_sent(origin: Origin, path: str) -> None:
    origin.target.status, origin.target.body = 202, [b'{"a":', b"1}"]
    answer = await origin.http.put(f"{path}?a=%2F&b=%C3%A9&a=+", content=b'{"x": 1}', headers={"X-Mine": "yes"})
    (asked,) = origin.target.asked
    assert (asked["method"], asked["raw_path"], asked["query_string"]) == ("PUT", path.encode(), b"a=%2F&b=%C3%A9&a=+")
    assert origin.target.bodies == [b'{"x": 1}']
    assert origin.target.header("x-mine") == ["yes"]
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (202, b'{"a":1}', "application/json")


async def test_a_path_is_not_made_another_one(origin: Origin) -> None:
    raw = b"/api/trakt/%2e%2e/%2Fadmin/%7Eada/"
    await origin.http.get(httpx.URL(origin.http.base_url.copy_with(raw_path=raw)))
    assert origin.target.asked[0]["raw_path"] == raw


@pytest.mark.parametrize("path", ["/api/traktor", "/api/lists", "/api/notifications-old", "/health/live"])
async def test_other_paths_are_our_own(origin: Origin, path: str) -> None:
    await origin.http.get(path)
    assert origin.target.asked == []


async def test_what_is_of_the_connection_is_not_passed_on(origin: Origin) -> None:
    origin.target.headers += [
        (b"connection", b"x-hop"),
        (b"x-hop", b"1"),
        (b"keep-alive", b"timeout=5"),
        (b"set-cookie", b"a=b"),
        (b"etag", b'"1"'),
    ]
    headers = {"Connection": "keep-alive, X-Hop", "X-Hop": "1", "TE": "trailers", "Keep-Alive": "5", "Upgrade": "h2c"}
    answer = await origin.http.get("/api/trakt/status", headers=headers)
    for name in ("x-hop", "te", "keep-alive", "upgrade", "user-agent-of-ours"):
        assert origin.target.header(name) == []
    for name in ("x-hop", "keep-alive", "set-cookie"):
        assert name not in answer.headers
    assert answer.headers["etag"] == '"1"'
    assert len(answer.headers.get_list("date")) == 1


async def test_who_asks_is_said_by_us_and_not_by_the_client(origin: Origin) -> None:
    lies = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "for=10.0.0.1",
    }
    await origin.http.get("/api/trakt/status", headers=lies)
    assert origin.target.header("x-forwarded-host") == [origin.http.base_url.netloc.decode()]
    assert origin.target.header("x-forwarded-prefix") == origin.target.header("forwarded") == []
    assert len(origin.target.header("x-forwarded-for")) == len(origin.target.header("x-forwarded-proto")) == 1


async def test_a_trace_goes_through(origin: Origin) -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await origin.http.get("/api/trakt/status", headers={"traceparent": given, "tracestate": "a=1"})
    assert origin.target.header("traceparent") == [given]
    assert origin.target.header("tracestate") == ["a=1"]


async def test_the_cookie_stays_here_and_its_token_goes_on(origin: Origin) -> None:
    link = await origin.api.call("POST", "/api/session/links")
    code = {"code": link.json()["url"].partition("#")[2]}
    begun = await origin.http.post("/api/session", json=code, headers={"Sec-Fetch-Site": "same-origin"})
    assert begun.status_code == 201
    await origin.http.get("/api/notifications", headers={"X-Mine": "1"})
    token = origin.api.users["ada"]["Authorization"]
    assert origin.target.header("authorization") == [token]
    assert origin.target.header("cookie") == []
    refused = await origin.http.post("/api/notifications/read", headers={"Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, len(origin.target.asked)) == (403, 1)


async def test_a_redirect_is_the_browsers_to_follow(origin: Origin) -> None:
    origin.target.status = 303
    origin.target.headers = [(b"location", b"http://127.0.0.1:1/secret"), (b"content-length", b"0")]
    origin.target.body = []
    answer = await origin.http.get("/api/trakt/callback?code=x&state=y")
    assert (answer.status_code, answer.headers["location"]) == (303, "http://127.0.0.1:1/secret")
    assert len(origin.target.asked) == 1


async def test_compressed_bodies_stay_so(origin: Origin) -> None:
    origin.target.headers.append((b"content-encoding", b"gzip"))
    origin.target.body = [b"no gzip at all"]
    async with origin.http.stream("GET", "/api/trakt/status") as answer:
        assert b"".join([part async for part in answer.aiter_raw()]) == b"no gzip at all"


@pytest.mark.parametrize("status", [204, 304, 404, 422, 500])
async def test_every_status_comes_back(origin: Origin, status: int) -> None:
    origin.target.status, origin.target.body = status, [] if status in {204, 304} else [b"{}"]
    assert (await origin.http.get("/api/trakt/status")).status_code == status


async def test_a_head_has_no_body(origin: Origin) -> None:
    origin.target.headers.append((b"content-length", b"2"))
    answer = await origin.http.head("/api/trakt/status")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "2", b"")


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
        with pytest.raises(httpx.ReadTimeout):
            await origin.http.get("/api/trakt/status", timeout=0.3)
        await eventually(target.was_left)


async def test_a_client_that_leaves_within_its_body_ends_its_request(dsn: str) -> None:
    target = Target()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        await asyncio.sleep(10)

    async with before(dsn, target) as origin:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await origin.http.post("/api/trakt/device", content=endless())
        await eventually(target.was_left)


async def test_a_slow_client_holds_its_service_and_takes_no_memory(dsn: str) -> None:
    target = Target(headers=[(b"content-type", b"text/plain")], body=[b"x" * 100_000] * 500)
    async with before(dsn, target) as origin, origin.http.stream("GET", "/api/trakt/lists") as answer:
        parts = answer.aiter_raw()
        await anext(parts)
        await asyncio.sleep(0.5)
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


async def test_a_body_is_bounded_whether_or_not_its_size_is_announced(dsn: str) -> None:
    async def chunked() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000

    async with before(dsn, Target(), max_body_bytes=2048) as origin:
        announced = await origin.http.post("/api/trakt/device", content=b"x" * 3000)
        assert (announced.status_code, announced.json()["slug"], origin.target.asked) == (413, "too-large", [])
        unannounced = await origin.http.post("/api/trakt/device", content=chunked())
        assert (unannounced.status_code, unannounced.json()["slug"]) == (413, "too-large")
        assert origin.target.bodies == []


async def test_a_chunked_body_goes_on(origin: Origin) -> None:
    async def chunked() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"cd"

    await origin.http.post("/api/trakt/device", content=chunked(), headers={"Expect": "100-continue"})
    assert origin.target.bodies == [b"abcd"]


async def test_nobody_hides_a_request_in_a_body(origin: Origin) -> None:
    hidden = b"GET /api/trakt/hidden HTTP/1.1\r\nHost: lists\r\n\r\n"
    for head in (
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    ):
        reader, writer = await asyncio.open_connection(origin.http.base_url.host, origin.http.base_url.port)
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(hidden), hidden)
        writer.write(b"POST /api/trakt/device HTTP/1.1\r\nHost: lists\r\nConnection: close\r\n" + head + b"\r\n" + body)
        await reader.read()
        writer.close()
    await origin.http.get("/api/trakt/status")  # by the same connection to the service
    assert [asked["path"] for asked in origin.target.asked if "hidden" in asked["path"]] == []


@pytest.mark.parametrize("value", ["plain", "é", "日本"])
async def test_header_values_of_other_languages_go_on(origin: Origin, value: str) -> None:
    await origin.http.get("/api/trakt/status", headers=[(b"X-Mine", value.encode())])
    assert origin.target.header("x-mine") == [value]


async def test_a_service_that_is_away_may_be_asked_again(dsn: str) -> None:
    async with running_api(dsn, trakt_sync_url="http://127.0.0.1:1") as api:
        answer = await api.http.get("/api/trakt/status")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["slug"] == "transient"
        assert "trakt-sync" in answer.json()["detail"]


async def test_a_service_that_nobody_named_is_not_found(api: Api) -> None:
    for path, setting in (("/api/trakt/status", "TRAKT_SYNC_URL"), ("/api/channels", "NOTIFIER_URL")):
        answer = await api.http.get(path)
        assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")
        assert setting in answer.json()["detail"]


async def test_a_database_that_is_away_is_told_to_a_browser(api: Api) -> None:
    await api.pool.close()
    answer = await api.http.get("/api/trakt/status", headers={"Cookie": "watchbuddy=x"})
    assert (answer.status_code, answer.json()["slug"]) == (503, "database-unavailable")
