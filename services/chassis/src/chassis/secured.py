"""The headers that keep browsers from doing more with an answer than its reader meant."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OF_DATA: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of answers that are no pages. One that has a header of its own keeps it."""
STRICT_TRANSPORT: Final = "max-age=31536000"


class Secured:
    """An application all of whose answers have the headers of data, problem documents, probes and metrics too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = secured(send, OF_DATA, has_tls=scope["scheme"] == "https")
        await self._app(scope, receive, send)


def secured(send: Send, headers: Mapping[str, str], *, has_tls: bool = False) -> Send:
    """Return what sends an answer with these headers. Args: has_tls: browsers reach us by TLS, and stay with it."""

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = MutableHeaders(scope=message)
            for name, value in headers.items():
                given.setdefault(name, value)
            if has_tls:
                given["Strict-Transport-Security"] = STRICT_TRANSPORT
        await send(message)

    return send_secured
