"""Trakt means ill, or who stands in its place: no answer costs more than some memory and time, or moves a token."""

import asyncio
import gzip
import itertools
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from trakt_sync.errors import TraktError, TraktUnavailableError
from trakt_sync.testing import CLIENT, QUICK
from trakt_sync.testing.hostile import (
    MEGABYTE,
    Answer,
    Hostile,
    answered,
    as_json,
    bomb,
    continued,
    dripping,
    endless,
    hostile,
    large,
    list_with,
    pages_without_end,
)
from trakt_sync.trakt.api import WriteLease
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.connections import MAX_BODY, AiohttpTransport
from trakt_sync.trakt.oauth import OAuth
from trakt_sync.trakt.transport import connect
from watchbuddy_contracts import Title

TOKEN, REFRESH = SecretStr("access"), SecretStr("refresh")
TITLES = [Title("movie", 1)]
PATIENT_S, IMPATIENT_S = 60.0, 0.3
MISTAKES = answered(b"[" + b"{}," * (MAX_BODY // 3 - 10) + b"{}]")
ZLIB = {"Content_Type": "text/plain; charset=zlib"}
PACKED = bomb("", 15)[0].partition(b"\r\n\r\n")[2]


SLOW: dict[str, Callable[[], Answer]] = {
    "a byte now and then": dripping,
    "silence": lambda: [60.0],
    "only 100 Continue": continued,
    "a header without end": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(0.01)),
}
ANSWERS: dict[str, Callable[[], Answer]] = {
    "100 MB": large,
    "no end": endless,
    "a gzip bomb": lambda: bomb("gzip", 31),
    "a deflate bomb": lambda: bomb("deflate", 15),
    "a bomb in a bomb": lambda: bomb("gzip, gzip", 31, times=2),
    "a charset that unpacks": lambda: answered(PACKED, "422 Unprocessable", **ZLIB),
    "another coding": lambda: answered(b"\x00" * 100, Content_Encoding="snappy"),
    "no gzip": lambda: answered(b"[]", Content_Encoding="gzip"),
    "100,000 levels": lambda: answered(b"[" * 100_000),
    "100,000 levels of objects": lambda: answered(b'{"ids":' * 100_000),
    "one long number": lambda: answered(b"[" + b"9" * MEGABYTE + b"]"),
    "four megabytes of mistakes": lambda: MISTAKES,
    "invalid UTF-8": lambda: answered(b'[{"name": "\xff\xfe"}]'),
    "UTF-16": lambda: answered("[]".encode("utf-16")),
    "a long header": lambda: answered(X_Error_Message="x" * MEGABYTE),
    "many headers": lambda: [b"HTTP/1.1 200 OK\r\n", *itertools.repeat(b"X-A: b\r\n" * 1000, 100), b"\r\n"],
    "a header without end": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"x" * 65_536)),
    "a status line without end": lambda: itertools.chain([b"HTTP/1.1 200 "], itertools.repeat(b"x" * 65_536)),
    "a length too long": lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[]", None],
    "a negative length": lambda: answered(Content_Length=-1),
    "a length of words": lambda: answered(Content_Length="many"),
    "two lengths": lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]"],
    "no such chunk": lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]"],
    "an empty 200": lambda: answered(b""),
    "HTTP/3": lambda: [b"HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n[]"],
    "another protocol": lambda: [b"\x15\x03\x01\x00\x02\x02\x28\r\n\r\n"],
    "switching protocols": lambda: [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"],
    "a page": lambda: answered(b"<html>" + b"x" * MEGABYTE, "200 OK", Content_Type="text/html"),
    "a status of its own": lambda: answered(b"{}", "799 Odd"),
}


@asynccontextmanager
async def clients(
    answer: Callable[[str], Answer], *, patience_s: float = PATIENT_S
) -> AsyncIterator[tuple[Hostile, TraktClient, OAuth]]:
    """Give clients of the hostile server, which wait so long for an answer."""
    async with hostile(answer) as server:
        transport = AiohttpTransport(32, 3.0, patience_s)
        async with httpx.AsyncClient(transport=transport, base_url=server.url, timeout=60) as http:
            options = {"tries": QUICK}
            yield (
                server,
                TraktClient(http, server.url, CLIENT, **options),  # type: ignore[arg-type]
                OAuth(http, server.url, CLIENT, **options),  # type: ignore[arg-type]
            )


def lease() -> WriteLease:
    return WriteLease(TOKEN, datetime.now(UTC) + timedelta(minutes=1))


def calls(trakt: TraktClient, oauth: OAuth) -> list[Callable[[], Any]]:
    return [
        lambda: trakt.read_items(TOKEN, 7),
        lambda: trakt.add_items(lease(), 7, TITLES),
        lambda: trakt.refresh(REFRESH),
        lambda: oauth.poll_device(REFRESH),
    ]


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_every_answer_costs_little_memory_and_is_one_of_our_errors(answer: Callable[[], Answer]) -> None:
    made = answer()
    async with clients(lambda _: made if isinstance(made, list) else answer()) as (_, trakt, oauth):
        for call in calls(trakt, oauth):
            tracemalloc.start()
            try:
                with pytest.raises(TraktError) as caught:
                    await call()
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert peak < (24 if made is not MISTAKES else 128) * MEGABYTE  # pydantic's error has them as objects
            assert len(caught.value.detail) < 500
            assert caught.value.detail.isprintable()


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW.keys())
async def test_however_slow_it_is_a_request_ends(answer: Callable[[], Answer]) -> None:
    async with clients(lambda _: answer(), patience_s=IMPATIENT_S) as (_, trakt, oauth), asyncio.timeout(60):
        for call in calls(trakt, oauth):
            with pytest.raises(TraktError):
                await call()


async def test_an_answer_of_http_1_0_that_ends_with_its_connection_is_whole() -> None:
    async with clients(lambda _: [b"HTTP/1.0 200 OK\r\n\r\n[]", None]) as (_, trakt, _):
        assert (await trakt.read_lists(TOKEN)).lists == ()


async def test_what_follows_an_answer_is_no_answer_to_the_next_request() -> None:
    forged = as_json([list_with(name="Forged")])[0]
    answers = iter([answered()[0] + forged, answered()[0]])
    async with clients(lambda _: [next(answers)]) as (server, trakt, _):
        assert (await trakt.read_lists(TOKEN)).lists == ()
        assert (await trakt.read_lists(TOKEN)).lists == ()
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_token_follows_a_redirect(status: int) -> None:
    async with hostile(lambda _: answered()) as elsewhere:
        moved = answered(b"", f"{status} Moved", Location=f"{elsewhere.url}/users/me/lists", Refresh="0; url=/other")
        async with clients(lambda _: moved) as (server, trakt, oauth):
            for call in calls(trakt, oauth):
                with pytest.raises(TraktError):
                    await call()
            assert all("/other" not in request for request in server.requests)
        assert elsewhere.requests == []


async def test_pages_without_end_are_read_no_further_than_anything_real_goes() -> None:
    async with clients(pages_without_end) as (server, trakt, _):
        with pytest.raises(TraktUnavailableError, match="no end"):
            await trakt.read_items(TOKEN, 7)
    assert len(server.requests) == 11


ODD: dict[str, object] = {
    "a text": "seven",
    "beyond bigint": 2**63,
    "far beyond": 10**400,
    "negative": -1,
    "half": 1.5,
    "an object": {},
    "an array": [7],
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_ids_and_numbers_of_other_kinds_are_unreadable(odd: object) -> None:
    item = {"id": 1, "type": "movie", "movie": {"ids": {"trakt": odd}}}
    bodies: dict[str, object] = {
        "/users/me/lists/7": list_with(ids={"trakt": odd}),
        "/users/me/lists": [list_with(ids={"trakt": odd})],
        "/users/me/lists/7/items": [item],
        "/users/settings": {"limits": {"list": {"count": odd}}},
    }
    async with clients(lambda request: as_json(_of(bodies, request))) as (_, trakt, _):
        for call in (
            lambda: trakt.show_list(TOKEN, 7),
            lambda: trakt.read_lists(TOKEN),
            lambda: trakt.read_items(TOKEN, 7),
            lambda: trakt.read_settings(TOKEN),
        ):
            with pytest.raises(TraktUnavailableError):
                await call()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "a\x00b"},
        {"name": "x" * 20_000},
        {"ids": {"trakt": 7, "slug": "a\x00"}},
        {"created_at": "0001-01-01T00:00:00+23:59"},
        {"created_at": "9999-12-31T23:59:59-23:59"},
        {"created_at": 10**30},
        {"item_count": 2**31},
    ],
    ids=str,
)
async def test_what_postgres_cannot_keep_is_unreadable(changes: dict[str, Any]) -> None:
    async with clients(lambda _: as_json([list_with(**changes)])) as (_, trakt, _):
        with pytest.raises(TraktUnavailableError):
            await trakt.read_lists(TOKEN)


@pytest.mark.parametrize("imdb", ["nonsense", "tt" + "9" * 100, "tt1\x00", "tt\uff11\uff12", 7, [], ""], ids=repr)
async def test_a_title_is_without_an_imdb_id_that_is_none(imdb: object) -> None:
    item = {"id": 1, "type": "movie", "movie": {"ids": {"trakt": 9, "imdb": imdb}}}
    async with clients(lambda _: as_json([item])) as (_, trakt, _):
        [entry] = (await trakt.read_items(TOKEN, 7)).entries
    assert entry.title == Title("movie", 9)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("315360000", 86_400),
        ("9" * 5000, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("\u0663", None),
    ],
)
async def test_no_wait_is_longer_than_a_day(header: str, seconds: int | None) -> None:
    answer = answered(b"", "429 Too Many", Retry_After=header)
    async with clients(lambda _: answer) as (_, trakt, _):
        with pytest.raises(TraktError) as caught:
            await trakt.add_items(lease(), 7, TITLES)
    wait = caught.value.retry_after
    assert (None if wait is None else wait.total_seconds()) == seconds


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": "x" * 20_000},
        {"access_token": "a\nb"},
        {"refresh_token": 7},
        {"created_at": "9999-12-31T23:59:59Z"},
        {"expires_in": 10**30},
        {"expires_in": -1},
        {"expires_in": "soon"},
    ],
    ids=str,
)
async def test_tokens_that_are_none_are_not_taken(changes: dict[str, Any]) -> None:
    pair = {"access_token": "a", "refresh_token": "b", "created_at": 1_790_000_000, "expires_in": 10**9}
    async with clients(lambda _: as_json(pair | changes)) as (_, trakt, oauth):
        with pytest.raises(TraktUnavailableError):
            await trakt.refresh(REFRESH)
        with pytest.raises(TraktUnavailableError):
            await oauth.poll_device(REFRESH)


async def test_trakts_own_words_are_text_and_short() -> None:
    body = b"\x00\x1b[31m" + "wörter ".encode() * 1000 + b"\xff"
    async with clients(lambda _: answered(body, "422 Unprocessable", Content_Type="text/plain")) as (_, trakt, _):
        with pytest.raises(TraktError) as caught:
            await trakt.add_items(lease(), 7, TITLES)
    assert caught.value.detail.isprintable()
    assert "wörter" in caught.value.detail[:400] == caught.value.detail


async def test_what_is_packed_is_read_as_before() -> None:
    body = gzip.compress(json.dumps([list_with()]).encode())
    async with (
        hostile(lambda _: answered(body, Content_Encoding="gzip")) as server,
        connect(server.url, CLIENT.client_id) as http,
    ):
        [one] = (await TraktClient(http, server.url, CLIENT).read_lists(TOKEN)).lists
    assert one.trakt_list_id == 7
    assert "accept-encoding: gzip, deflate\r\n" in server.requests[0].lower()


def _of(bodies: dict[str, object], request: str) -> object:
    path = request.split(" ")[1].partition("?")[0]
    return next(body for known, body in bodies.items() if path == known or path.startswith(f"{known}/items"))
