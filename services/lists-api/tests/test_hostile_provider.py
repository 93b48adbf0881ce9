"""The identity provider means ill, or is broken: logins fail in words of ours, within some memory and time."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from chassis.clock import utc_now
from chassis.http.auth import Authenticator
from chassis.settings import AuthSettings
from chassis.testing import served
from chassis.testing_identity import LOCAL_KEY
from lists_api.sessions.provider import DISCOVERY, GrantRefusedError, Provider, ProviderAwayError, Registration

MEGABYTE = 1024 * 1024
BOMB = gzip.compress(b" " * 50 * MEGABYTE)
Answer = Callable[[], Response]


async def pieces(count: int, wait_s: float = 0) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 65_536
        await asyncio.sleep(wait_s)  # how slow it is is what is tested


ANSWERS: dict[str, Answer] = {
    "100 MB": lambda: StreamingResponse(pieces(1600)),
    "a gzip bomb": lambda: Response(BOMB, headers={"Content-Encoding": "gzip"}),
    "slow": lambda: StreamingResponse(pieces(100, 0.05)),
    "100,000 levels": lambda: Response(b"[" * 100_000),
    "invalid UTF-8": lambda: Response(b'{"issuer": "\xff"}'),
    "an array": lambda: JSONResponse([1]),
    "a number": lambda: Response(b"9" * 10_000),
    "nothing": lambda: Response(b""),
    "other kinds": lambda: JSONResponse({"issuer": 7, "access_token": {}, "token_endpoint": "file:///etc/passwd"}),
    "a long header": lambda: Response(b"{}", headers={"X-A": "x" * 100_000}),
    "a redirect": lambda: RedirectResponse("/elsewhere", 307),
}


@asynccontextmanager
async def provider_with(answer: Answer, *, discovered: bool) -> AsyncIterator[tuple[Provider, list[str]]]:
    """Give a provider that answers so, at its discovery or only after it, and the paths of the requests it got."""
    got: list[str] = []

    async def take(request: Request) -> Response:
        got.append(request.url.path)
        if request.url.path == DISCOVERY and discovered:
            return JSONResponse({"issuer": url, "authorization_endpoint": url, "token_endpoint": f"{url}/token"})
        return answer()

    app = Starlette(routes=[Route("/{path:path}", take, methods=["GET", "POST"])])
    async with served(app) as url, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as http:
        settings = AuthSettings.model_validate({"auth_local_key": LOCAL_KEY})
        registered = Registration(url, "console", SecretStr("a secret"), "openid", "watchbuddy")
        yield Provider(http, registered, Authenticator(settings), utc_now), got


async def bounded(call: Callable[[], Awaitable[object]]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises((ProviderAwayError, GrantRefusedError)):
            await call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * MEGABYTE


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_a_login_fails_and_costs_little(answer: Answer) -> None:
    async with provider_with(answer, discovered=False) as (provider, _):
        await bounded(lambda: provider.login_address(redirect_uri="/", state="s", nonce="n", verifier="v"))
    async with provider_with(answer, discovered=True) as (provider, got):
        await bounded(lambda: provider.exchange("code", redirect_uri="/", nonce="n", verifier="v"))
        await bounded(lambda: provider.renew(SecretStr("refresh")))
        assert "/elsewhere" not in got
