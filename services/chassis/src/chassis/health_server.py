"""Liveness and readiness of a worker over HTTP: `/health/live`, `/health/ready`.

A worker serves nothing else. A web server and a framework for it cost each worker 0.15 s of processor time at its
start, 5 MB, and a wake-up each second.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Self

from chassis.health import Answer, Health, live_answer, ready_answer

ANSWER_WITHIN_S: Final = 10.0
"""From the connection to the answer. The checks themselves take two seconds at most."""
ANSWERS: Final[Mapping[str, Callable[[Health], Awaitable[Answer]]]] = {
    "/health/live": live_answer,
    "/health/ready": ready_answer,
}


class HealthServer:
    """Answers while it is entered. Each connection has one request; GET and HEAD are all it knows."""

    def __init__(self, health: Health, listener: socket.socket) -> None:
        """Args: listener: it is closed at the end."""
        self._health = health
        self._listener = listener
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, sock=self._listener)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What a client sends wrongly, too slowly or at too great length is no answer's worth, and no log line's.
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head.decode("latin-1").partition("\r\n")[0]))
                await writer.drain()
        writer.close()

    async def _answer(self, request_line: str) -> bytes:
        method, _, rest = request_line.partition(" ")
        answering = ANSWERS.get(rest.partition(" ")[0].partition("?")[0])
        if answering is None:
            return _response(Answer(HTTPStatus.NOT_FOUND, {"status": "not found"}), method)
        if method not in {"GET", "HEAD"}:
            return _response(Answer(HTTPStatus.METHOD_NOT_ALLOWED, {"status": "GET or HEAD"}), method)
        return _response(await answering(self._health), method)


def _response(answer: Answer, method: str) -> bytes:
    body = json.dumps(answer.body).encode()
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)
