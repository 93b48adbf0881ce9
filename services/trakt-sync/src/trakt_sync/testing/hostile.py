"""For tests: a server in Trakt's place that means ill, or that is broken."""

import asyncio
import itertools
import json
import re
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from trakt_sync.trakt.api import Trakt, WriteLease

MEGABYTE: Final = 1024 * 1024
Answer = Iterable[bytes | float | None]
"""What is written, piece by piece; a number: so many seconds nothing; None: the connection is closed."""


@dataclass(slots=True)
class Hostile:
    """Args: answer: to a request, which it gets as text, its first line first."""

    answer: Callable[[str], Answer]
    requests: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1])) if length else b""
                self.requests.append(head + body.decode())
                for piece in self.answer(self.requests[-1]):
                    await _send(writer, piece)
        except (asyncio.IncompleteReadError, OSError):
            pass  # the client has left
        finally:
            writer.close()


async def _send(writer: asyncio.StreamWriter, piece: bytes | float | None) -> None:
    match piece:
        case bytes():
            writer.write(piece)
            await writer.drain()
        case None:
            writer.close()
        case seconds:
            await asyncio.sleep(seconds)


@asynccontextmanager
async def hostile(answer: Callable[[str], Answer]) -> AsyncIterator[Hostile]:
    """Serve it on a free port of 127.0.0.1."""
    server = Hostile(answer)
    serving: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(server.serve(reader, writer)))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


def answered(body: bytes = b"[]", status: str = "200 OK", **headers: object) -> list[bytes]:
    """Return an answer of HTTP. Args: headers: with underscores for hyphens."""
    lines = {"Content-Length": len(body)} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return [f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body]


def as_json(value: object, status: str = "200 OK", **headers: object) -> list[bytes]:
    return answered(json.dumps(value).encode(), status, Content_Type="application/json", **headers)


def large() -> Answer:
    """100 MB, as announced."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n[" % (100 * MEGABYTE)
    yield from itertools.repeat(b" " * 65_536, 1600)


def endless() -> Answer:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from itertools.repeat(b"10000\r\n" + b" " * 65_536 + b"\r\n")


def dripping() -> Answer:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    for _ in range(1000):
        yield b" "
        yield 0.05


def continued() -> Answer:
    yield from itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def bomb(coding: str, bits: int, *, times: int = 1) -> list[bytes]:
    """Return 100 MB of blanks as some hundred bytes or kilobytes. Args: times: packed over and over."""
    packed = b""
    for _ in range(times):
        packing = zlib.compressobj(9, wbits=bits)
        pieces = [packed] if packed else itertools.repeat(b" " * MEGABYTE, 100)
        packed = b"".join(packing.compress(piece) for piece in pieces) + packing.flush()
    return answered(packed, Content_Encoding=coding)


def pages_without_end(request: str) -> Answer:
    """Answer with a page of 5,000 things that no page had before, of a billion pages."""
    first = 5000 * int((re.search(r"page=(\d+)", request) or ["", "1"])[1])
    rows = [{"id": first + n, "type": "movie", "movie": {"ids": {"trakt": first + n}}} for n in range(5000)]
    return as_json(rows, X_Pagination_Page_Count=10**9, X_Pagination_Item_Count=10**9)


class ForOne:
    """A Trakt that is another one for one access token."""

    def __init__(self, trakt: Trakt, token: str, other: Trakt) -> None:
        self._trakt, self._token, self._other = trakt, token, other

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*arguments: Any) -> Any:  # noqa: ANN401 - of any method
            token = arguments[0].token if isinstance(arguments[0], WriteLease) else arguments[0]
            trakt = self._other if token.get_secret_value() == self._token else self._trakt
            return await getattr(trakt, method)(*arguments)

        return call


def list_with(**changes: object) -> Mapping[str, object]:
    """Return a list as Trakt has it, but for these changes."""
    return {"name": "Heists", "created_at": "2026-11-21T00:00:00Z", "ids": {"trakt": 7, "slug": "heists"}} | changes
