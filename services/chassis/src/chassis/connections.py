"""HTTP connections that an application can cut off.

ASGI knows no way to. A server that is to close a connection writes first what it has for it: to a client that does not
read, never.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ABORT: Final = "watchbuddy.abort"
"""The ASGI extension; its `abort` is a function without arguments."""


class AbortableConnection(HttpToolsProtocol):
    """uvicorn's own, whose requests have the extension."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}


def abort_of(scope: Scope) -> Callable[[], None]:
    """Return what cuts the request's connection off; on a server without the extension, it does nothing."""
    extensions: Mapping[str, Mapping[str, Any]] = scope.get("extensions") or {}
    abort: Callable[[], None] = extensions[ABORT]["abort"] if ABORT in extensions else _nothing
    return abort


def _nothing() -> None:
    """A server that cannot cut a connection off waits for its client."""
