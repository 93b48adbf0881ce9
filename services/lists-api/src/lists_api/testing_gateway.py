"""For the tests of the console's gateway: a service behind the console's origin, on real connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.types import Receive, Scope, Send

from chassis.testing import served
from lists_api.testing import Api, running_api


@dataclass
class Target:
    """Another service: it keeps what it was asked, and answers as a test says."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [(b"content-type", b"application/json")])
    body: list[bytes] = field(default_factory=lambda: [b"{}"])
    asked: list[Scope] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    left: int = 0
    is_live: bool = False
    """Whether it waits for `goes_on` before each part of its body but the first."""
    is_cut: bool = False
    """Whether the body ends in the middle."""
    sent: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        content = b""
        while (message := await receive())["type"] == "http.request":
            content += message["body"]
            if not message["more_body"]:
                break
        else:
            self.left += 1
            return
        self.bodies.append(content)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for number, part in enumerate(self.body):
            if self.is_live and number:
                going, leaving = asyncio.ensure_future(self.goes_on.wait()), asyncio.ensure_future(receive())
                await asyncio.wait({going, leaving}, return_when=asyncio.FIRST_COMPLETED)
                going.cancel()
                if leaving.done():
                    self.left += 1
                    return
                leaving.cancel()
                self.goes_on.clear()
            await send({"type": "http.response.body", "body": part, "more_body": True})
            self.sent += len(part)
        if not self.is_cut:
            await send({"type": "http.response.body", "body": b""})

    async def was_asked(self) -> int:
        return len(self.asked)

    async def was_left(self) -> int:
        return self.left

    def header(self, name: str) -> list[str]:
        """Return the values of a header of the last request."""
        return [value.decode() for key, value in self.asked[-1]["headers"] if key.decode() == name]


@dataclass(frozen=True)
class Origin:
    """The console's origin before a service."""

    api: Api
    target: Target
    http: httpx.AsyncClient

    async def is_streaming(self) -> bool:
        return self.api.origin.gateway.is_streaming


@asynccontextmanager
async def before(dsn: str, target: Target, **settings: object) -> AsyncIterator[Origin]:
    """Run the application before a service that is trakt-sync and the notifier."""
    async with (
        served(target) as url,
        running_api(dsn, trakt_sync_url=url, notifier_url=url, **settings) as api,
        served(api.origin) as address,
        httpx.AsyncClient(base_url=address, timeout=10) as http,
    ):
        yield Origin(api, target, http)
