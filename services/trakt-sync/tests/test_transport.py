"""What a request to Trakt does on the wire: one server of a few lines that answers, or does worse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from trakt_sync.errors import LeaseLostError, TokenRefusedError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.testing import CLIENT, QUICK
from trakt_sync.trakt.api import WriteLease
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.connections import proxy_of
from trakt_sync.trakt.transport import Bearer, connect, translated

TOKEN = SecretStr("access")
NOTHING = b"HTTP/1.1 204 No Content\r\nSet-Cookie: session=1\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nX-Pagination-Page-Count: 100000\r\nContent-Length: 2\r\n\r\n[]"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[]"
Answer = Callable[[int], bytes | None]
"""What is answered to the request of this number; None: the connection is closed."""


class Server:
    """Answers each request as it is told, and keeps what it got."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[str] = []
        self.connections = 0
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                text = head.decode()
                lines = text.lower().splitlines()
                length = next((line[15:] for line in lines if line.startswith("content-length:")), "0")
                await reader.readexactly(int(length))
                self.requests.append(text)
                answer = self._answer(len(self.requests))
                if answer is None:
                    break
                writer.write(answer)
                if answer is SHORT:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def lines(self) -> list[str]:
        return [request.partition(" HTTP")[0] for request in self.requests]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[tuple[Server, httpx.AsyncClient, str]]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening, connect(url, CLIENT.client_id) as http:
        yield server, http, url


def client(http: httpx.AsyncClient, url: str) -> TraktClient:
    return TraktClient(http, url, CLIENT, tries=QUICK)


def lease(until: timedelta = timedelta(minutes=1)) -> WriteLease:
    return WriteLease(TOKEN, datetime.now(UTC) + until)


async def test_requests_carry_what_trakt_requires_and_share_a_connection() -> None:
    async with serving(lambda _: NOTHING) as (server, http, url):
        await client(http, url).delete_list(lease(), 6)
        await client(http, url).delete_list(lease(), 7)
    assert server.lines == ["DELETE /users/me/lists/6", "DELETE /users/me/lists/7"]
    assert server.connections == 1
    for request in server.requests:
        headers = {line.lower() for line in request.splitlines()}
        assert {"authorization: bearer access", "trakt-api-version: 2", "content-type: application/json"} <= headers
        assert f"trakt-api-key: {CLIENT.client_id}" in headers
        assert not any(line.startswith("cookie") for line in headers)


def body(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


SHOWN = '{"name": "Heists", "privacy": "public", "created_at": "2026-11-21T00:00:00Z", "ids": {"trakt": 7}}'


@pytest.mark.parametrize(
    "answer",
    ["<html>", "{}", "[]", SHOWN, SHOWN.replace("public", "private").replace("7}", "8}")],
    ids=["html", "empty object", "empty list", "another privacy", "another list"],
)
async def test_a_change_of_a_list_is_believed_only_when_the_answer_shows_it(answer: str) -> None:
    async with serving(lambda _: body(answer)) as (_, http, url):
        with pytest.raises(TraktUnavailableError):
            await client(http, url).update_list(lease(), 7, {"privacy": "private"})


@pytest.mark.parametrize("answer", ["<html>", "{}", '{"added": {}}', '{"not_found": {}}'])
async def test_an_answer_that_does_not_say_what_was_done_is_none(answer: str) -> None:
    trakt = TraktClient
    async with serving(lambda _: body(answer)) as (_, http, url):
        for write in (trakt.add_items, trakt.remove_items):
            with pytest.raises(TraktUnavailableError):
                await write(client(http, url), lease(), 7, [])
        with pytest.raises(TraktUnavailableError):
            await client(http, url).reorder_items(lease(), 7, [1])
        with pytest.raises(TraktUnavailableError):
            await client(http, url).delete_list(lease(), 7)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
async def test_a_write_is_not_sent_again_when_its_kept_connection_breaks(method: str) -> None:
    async with serving(lambda number: NOTHING if number == 1 else None) as (server, http, _):
        await http.get("/first")
        with pytest.raises(TraktUnavailableError):
            await translated(lambda: http.request(method, "/write", json={}))
    assert server.lines == ["GET /first", f"{method} /write"]


async def test_a_write_that_reached_trakt_is_not_tried_again() -> None:
    async with serving(lambda _: None) as (server, http, url):
        with pytest.raises(TraktUnavailableError):
            await client(http, url).delete_list(lease(), 7)
    assert server.lines == ["DELETE /users/me/lists/7"]


async def test_a_read_without_an_answer_is_tried_again() -> None:
    async with serving(lambda number: None if number == 1 else PAGE) as (server, http, url):
        assert (await client(http, url).read_lists(TOKEN)).lists == ()
    assert len(server.requests) == 2


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", SHORT], ids=["no-http", "cut-off"])
async def test_an_answer_that_cannot_be_read_leaves_open_what_was_done(answer: bytes) -> None:
    async with serving(lambda _: answer) as (_, http, _), asyncio.timeout(5):
        with pytest.raises(TraktUnavailableError):
            await translated(lambda: http.post("/write", json={}))


async def test_no_redirect_is_followed() -> None:
    async with serving(lambda _: MOVED) as (server, http, _):
        assert (await http.get("/here")).status_code == 302
    assert server.lines == ["GET /here"]


async def test_nothing_was_sent_where_nobody_listens() -> None:
    async with serving(lambda _: NOTHING) as (_, _, url):
        pass
    async with connect(url, CLIENT.client_id) as http:
        with pytest.raises(TraktUnreachableError):
            await translated(lambda: http.post("/write", json={}))


async def test_each_quick_try_looks_at_the_lease() -> None:
    async with serving(lambda _: NOTHING) as (_, _, url):
        pass
    times = iter([datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1)])
    async with connect(url, CLIENT.client_id) as http:
        trakt = TraktClient(http, url, CLIENT, tries=QUICK, now=lambda: next(times))
        with pytest.raises(LeaseLostError):
            await trakt.delete_list(lease(), 7)


@pytest.mark.parametrize("token", ["a\nb", "nönsense"], ids=["line", "umlaut"])
async def test_a_token_that_no_header_can_hold_is_refused_before_anything_is_sent(token: str) -> None:
    async with serving(lambda _: NOTHING) as (server, http, _):
        with pytest.raises(TokenRefusedError):
            await translated(lambda: http.get("/here", auth=Bearer(SecretStr(token))))
    assert server.requests == []


async def test_page_with_nothing_new_is_the_last_however_many_trakt_promises() -> None:
    async with serving(lambda _: PAGE) as (server, http, url):
        lists = await client(http, url).read_lists(TOKEN)
    assert (lists.lists, lists.is_complete) == ((), False)
    assert server.lines == ["GET /users/me/lists?page=1&limit=250"]


def test_the_environment_names_the_proxy_and_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "auth.trakt.test")
    assert proxy_of("https://api.trakt.test") == "http://proxy.test:3128"
    assert proxy_of("https://auth.trakt.test") is None
    assert proxy_of("http://api.trakt.test") is None


async def test_a_proxy_gets_the_request_for_trakt(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(lambda _: NOTHING) as (server, _, url):
        monkeypatch.setenv("http_proxy", url)
        async with connect("http://api.trakt.test", CLIENT.client_id) as http:
            await http.get("/here")
    assert server.lines == ["GET http://api.trakt.test/here"]
