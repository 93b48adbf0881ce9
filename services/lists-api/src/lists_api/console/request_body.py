"""The body of a request that is passed on, within bounds, and the end of its client."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.types import Receive


class BodyTooLargeError(Exception):
    """The body has more bytes than are passed on."""


class ClientLeftError(Exception):
    """The client went away in the middle of its request."""


class RequestBody:
    """Reads one request. `left` takes what comes after the body."""

    def __init__(self, receive: Receive, headers: Mapping[str, str], max_bytes: int) -> None:
        self.receive, self._max_bytes = receive, max_bytes
        announced = headers.get("content-length", "0")
        self._announced = int(announced) if announced.isascii() and announced.isdigit() else 0
        self.is_there = self._announced > 0 or "transfer-encoding" in headers
        """Whether the request has a body (RFC 9112 6.3)."""
        self._is_read = asyncio.Event()
        if not self.is_there:
            self._is_read.set()
        self.failure: BodyTooLargeError | ClientLeftError | None = None
        """Why the body was not passed on; None: it was, or the target did not want the rest of it."""

    @property
    def is_announced_too_large(self) -> bool:
        """Whether the headers say so. A chunked body announces nothing."""
        return self._announced > self._max_bytes

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body. Raises: BodyTooLargeError, ClientLeftError; `failure` is the same."""
        size, is_more = 0, True
        while is_more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                self.failure = ClientLeftError()
                raise self.failure
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._max_bytes:
                self.failure = BodyTooLargeError()
                raise self.failure
            is_more = message.get("more_body", False)
            if chunk:
                yield chunk
        self._is_read.set()

    async def left(self) -> None:
        """Return when the client has gone."""
        await self._is_read.wait()
        while (await self.receive())["type"] != "http.disconnect":
            pass
