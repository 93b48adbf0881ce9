"""HTTP connections that an application can cut off.

ASGI knows no way to. A server that is to close a connection writes first what it has for it: to a client that does not
read, never.
"""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ABORT: Final = "watchbuddy.abort"
"""The ASGI extension; its `abort` is a function without arguments."""


class AbortableConnection(HttpToolsProtocol):
    """uvicorn's own, whose requests have the extension."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}
