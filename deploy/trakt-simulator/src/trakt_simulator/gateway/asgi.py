"""The gateway as an ASGI application: reads requests, sends answers, or breaks connections where a fault says so."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl

from trakt_simulator.gateway.gateway import Gateway, Outcome
from trakt_simulator.http.errors import edge_page
from trakt_simulator.http.wire import Answer, Call
from trakt_simulator.state.request_log import Entry
from trakt_simulator.state.simulator import Simulator

# ASGI's own types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Where the server leaves the connection in the scope.
CONNECTION = "trakt_simulator.connection"
_NO_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Connection(Protocol):
    """What a fault needs of a connection; asyncio's transports have it."""

    def close(self) -> None: ...


class ConnectionBrokenError(ConnectionError):
    """A fault broke a connection where there is none (an application called without a server)."""


class ClientGoneError(ConnectionError):
    """The caller closed the connection before its request was complete."""


class TraktApi:
    """The Trakt API over ASGI.

    Args:
        stopping: set when the server ends; cuts all waiting short.
        keep: called when a call was carried out, before its answer (or any waiting) begins.
    """

    def __init__(self, sim: Simulator, gateway: Gateway, stopping: asyncio.Event, keep: Callable[[], None]) -> None:
        self._sim = sim
        self._gateway = gateway
        self._stopping = stopping
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            body = await _read(receive, self._sim.options.max_body_bytes)
        except ClientGoneError:
            return
        call = _call(scope, body or b"", self._sim.clock.now_ms())
        if body is None:
            page = edge_page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "413 Request Entity Too Large")
            outcome = Outcome(page, "too large")
        else:
            outcome = self._gateway.handle(call)
        self._keep()
        wait_s = self._sim.options.latency_ms / 1000 + outcome.effects.delay_s
        if outcome.ending is not None:
            wait_s += outcome.ending.delay_s
        self._log(scope, call, outcome, (time.perf_counter() - started + wait_s) * 1000)
        if wait_s:
            await self._wait(wait_s)
        if outcome.ending is not None and outcome.ending.kind in ("close", "timeout"):
            await _break(scope, receive)
        elif "truncate" in outcome.effects.taken:
            await _send(scope, send, outcome.answer, call.now_ms, length=len(outcome.answer.body) // 2)
            await _break(scope, receive)
        else:
            await _send(scope, send, outcome.answer, call.now_ms)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _log(self, scope: Scope, call: Call, outcome: Outcome, duration_ms: float) -> None:
        log = self._sim.log
        is_lost = outcome.ending is not None and outcome.ending.kind in ("close", "timeout")
        entry = Entry(
            id=log.next_id(),
            at_ms=call.now_ms,
            account=call.account.username if call.account else None,
            method=scope["method"],
            path=call.path,
            query=scope["query_string"].decode("latin-1"),
            status=0 if is_lost else outcome.answer.status,
            fault=" ".join(outcome.effects.names) or None,
            duration_ms=round(duration_ms, 3),
            body=call.raw_body,
            answer=b"" if is_lost else outcome.answer.body,
        )
        log.add(entry, outcome.endpoint)


def _call(scope: Scope, body: bytes, now_ms: int) -> Call:
    headers = dict(scope["headers"])
    query = scope["query_string"]
    client = scope.get("client")
    return Call(
        # Clients resolve pages by HEAD: it is a GET whose body is not sent.
        method="GET" if scope["method"] == "HEAD" else scope["method"],
        is_head=scope["method"] == "HEAD",
        path=scope["path"],
        query=dict(parse_qsl(query.decode("latin-1"))) if query else {},
        headers=headers,
        raw_body=body,
        now_ms=now_ms,
        client=client[0] if client else "",
        base_url=f"{scope.get('scheme', 'http')}://{headers.get(b'host', b'').decode('latin-1')}",
    )


async def _read(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None when it is larger than the limit; the rest of it is read and dropped.

    Raises:
        ClientGoneError: the body did not come whole, so there is no request.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts) if size <= limit else None


async def _send(scope: Scope, send: Send, answer: Answer, now_ms: int, length: int | None = None) -> None:
    """Send an answer, or only the first `length` bytes of its body though more is announced."""
    headers = answer.headers
    if answer.status not in _NO_BODY:
        headers = [*headers, (b"content-length", b"%d" % len(answer.body))]
    headers = [*headers, (b"date", _http_date(now_ms // 1000))]
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    if length is None:
        await send({"type": "http.response.body", "body": body})
    else:
        await send({"type": "http.response.body", "body": body[:length], "more_body": True})


@lru_cache(maxsize=16)
def _http_date(seconds: int) -> bytes:
    """The simulated time, so that a client that measures its clock's skew sees what the answers' stamps mean."""
    return formatdate(seconds, usegmt=True).encode()


async def _break(scope: Scope, receive: Receive) -> None:
    """Close the connection, and wait until the server has seen it: it would answer 500 in our place otherwise."""
    connection: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    if connection is None:
        raise ConnectionBrokenError("a fault closed the connection")
    connection.close()
    while (await receive())["type"] != "http.disconnect":
        pass
