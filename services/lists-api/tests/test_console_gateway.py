"""What is passed on to the other services: as it came, and bounded."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from lists_api.testing import Api, running_api
from lists_api.testing_gateway import Origin, Target, before


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
