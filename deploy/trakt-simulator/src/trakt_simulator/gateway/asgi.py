"""Between ASGI and our requests and responses."""

from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response

# ASGI's own types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Where the server leaves the connection in the scope.
CONNECTION = "trakt_simulator.connection"
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Connection(Protocol):
    """What a fault needs of a connection; asyncio's transports have it."""

    def close(self) -> None: ...


class ConnectionBrokenError(ConnectionError):
    """A fault broke a connection where there is none (an application called without a server)."""


class ClientGoneError(ConnectionError):
    """The caller closed the connection before its request was complete."""


async def read_body(receive: Receive, limit: int | None = None) -> bytes | None:
    """Return the whole body; None when it is larger than the limit in bytes, and then all of it is read and dropped.

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
        if limit is None or size <= limit:
            parts.append(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts) if limit is None or size <= limit else None


def request_from(scope: Scope, body: bytes, now_ms: int) -> Request:
    headers = dict(scope["headers"])
    query = scope["query_string"]
    client = scope.get("client")
    return Request(
        # Clients resolve pages by HEAD: a GET whose body is not sent.
        method="GET" if scope["method"] == "HEAD" else scope["method"],
        is_head=scope["method"] == "HEAD",
        path=scope["path"],
        query=dict(parse_qsl(query.decode("latin-1"))) if query else {},
        headers=headers,
        body=body,
        now_ms=now_ms,
        client_address=client[0] if client else "",
        base_url=f"{scope.get('scheme', 'http')}://{headers.get(b'host', b'').decode('latin-1')}",
    )


async def send_response(request: Request, send: Send, response: Response, length: int | None = None) -> None:
    """Send a response, or only the first `length` bytes of its body though more is announced."""
    headers = response.headers
    if response.status not in _WITHOUT_BODY:
        headers = [*headers, (b"content-length", b"%d" % len(response.body))]
    headers = [*headers, (b"date", _http_date(request.now_ms // 1000))]
    body = b"" if request.is_head else response.body
    await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
    if length is None:
        await send({"type": "http.response.body", "body": body})
    else:
        await send({"type": "http.response.body", "body": body[:length], "more_body": True})


@lru_cache(maxsize=16)
def _http_date(seconds: int) -> bytes:
    """Return the simulated time, so that a client that measures its clock's skew reads our dates correctly."""
    return formatdate(seconds, usegmt=True).encode()


async def close_connection(scope: Scope, receive: Receive) -> None:
    """Close the connection, and wait until the server has seen it. The server would send a 500 otherwise."""
    connection: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    if connection is None:
        raise ConnectionBrokenError("a fault closed the connection")
    connection.close()
    while (await receive())["type"] != "http.disconnect":
        pass
