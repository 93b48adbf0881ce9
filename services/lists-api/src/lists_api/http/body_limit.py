"""A bound on request bodies, before anything is read into memory."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.problems import problem


class BodyLimit:
    """ASGI middleware: a body of more than `max_bytes` is answered with 413."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced_length(scope) > self._max_bytes:
            await problem(413, "too-large", self._detail)(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            # A chunked body announces no length: it is counted as it comes.
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(413, self._detail)
            return message

        await self._app(scope, receive_bounded, send)

    @property
    def _detail(self) -> str:
        return f"a request body may have at most {self._max_bytes} bytes"


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
