"""The HTTP transport to Trakt: headers, timeouts, quick tries, and httpx's errors as ours."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Final

import httpx
import stamina
from opentelemetry.metrics import NoOpMeterProvider
from pydantic import SecretStr

from trakt_sync.errors import TokenRefusedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.trakt.connections import AiohttpTransport
from trakt_sync.trakt.measured import MeasuredTransport

TIMEOUT: Final = httpx.Timeout(connect=5, read=30, write=30, pool=5)
"""Deleting a large list was seen to take 22 s."""
KEEP_ALIVE_S: Final = 3.0
"""Below the usual 5 s of servers: on a connection that the server just closed, a write's fate is unknown."""
USER_AGENT: Final = f"WatchBuddy/{version('watchbuddy-trakt-sync')}"


@dataclass(frozen=True, slots=True)
class QuickTries:
    """How often a request is tried at once, and for how long together."""

    attempts: int = 4
    within: timedelta = timedelta(seconds=3)
    first_wait: timedelta = timedelta(milliseconds=100)


def connect(api_url: str, client_id: str, *, connections: int = 32, is_traced: bool = True) -> httpx.AsyncClient:
    """Return the HTTP client for the API, with the headers that Trakt requires of every request.

    Call it on a running loop.

    Args:
        is_traced: whether it makes spans. They are a tenth of the worker's processor time.
    """
    client = httpx.AsyncClient(
        base_url=api_url.rstrip("/"),
        headers={
            "Accept-Encoding": "gzip, deflate",
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "trakt-api-version": "2",
            "trakt-api-key": client_id,
        },
        timeout=TIMEOUT,
        transport=MeasuredTransport(AiohttpTransport(connections, KEEP_ALIVE_S)),
    )
    if is_traced:
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor  # noqa: PLC0415 - who exports loads it

        HTTPXClientInstrumentor.instrument_client(client, meter_provider=NoOpMeterProvider())
    return client


class Bearer(httpx.Auth):
    """Puts the token on the request at the last moment, so that no frame of ours holds it as text."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = self._token.get_secret_value()
        if not (token.isascii() and token.isprintable()):
            raise httpx.LocalProtocolError("no header can hold the token", request=request)
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


async def tried(
    call: Callable[[], Awaitable[httpx.Response]], tries: QuickTries, *errors: type[Exception]
) -> httpx.Response:
    """Call, and call again on these errors, a few times within seconds. Not where Trakt says how long to wait.

    Args:
        call: sends one request and raises our errors; see `translated`.
    """

    def is_passing(error: Exception) -> bool:
        return isinstance(error, errors) and not (isinstance(error, TraktError) and error.retry_after)

    attempts = stamina.retry_context(
        on=is_passing,
        attempts=tries.attempts,
        timeout=tries.within,
        wait_initial=tries.first_wait,
        wait_max=1.0,
        wait_jitter=tries.first_wait,
    )
    async for attempt in attempts:
        with attempt:
            return await call()
    raise AssertionError("stamina ends with a response or an error")


async def translated(call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Send one request.

    Raises:
        TraktUnreachableError: no connection: nothing was sent.
        TraktUnavailableError: the response is missing or cannot be read.
        TokenRefusedError: the token cannot be sent in a header.
    """
    try:
        return await call()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as exc:
        raise TraktUnreachableError(f"no connection to Trakt: {type(exc).__name__}") from None
    except httpx.LocalProtocolError:
        raise TokenRefusedError("the access token cannot be sent") from None
    except (httpx.TransportError, httpx.DecodingError) as exc:
        raise TraktUnavailableError(f"no answer from Trakt: {type(exc).__name__}") from None
