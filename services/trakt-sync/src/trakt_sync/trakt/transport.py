"""HTTP to Trakt: headers, timeouts, quick tries, and aiohttp's errors as ours (decision 29)."""

import os
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Final, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
import stamina
from pydantic import SecretStr
from pydantic_core import to_json
from yarl import URL

from trakt_sync.errors import TokenRefusedError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.trakt.http_telemetry import HttpTelemetry
from trakt_sync.trakt.response import Response

TIMEOUT: Final = aiohttp.ClientTimeout(total=90, connect=10, sock_connect=5, sock_read=30)
"""Deleting a large list was seen to take 22 s. `connect` is a free connection, or a new one."""
KEEP_ALIVE_S: Final = 3.0
"""Below the usual 5 s of servers: on a connection that the server just closed, a write's fate is unknown."""
USER_AGENT: Final = f"WatchBuddy/{version('watchbuddy-trakt-sync')}"


@dataclass(frozen=True, slots=True)
class QuickTries:
    """How often a request is tried at once, and for how long together."""

    attempts: int = 4
    within: timedelta = timedelta(seconds=3)
    first_wait: timedelta = timedelta(milliseconds=100)


class Http:
    """Connections to Trakt's hosts. One call is one request at most, whatever becomes of it.

    Args:
        api_url: base URL of the API.
        telemetry: None: no spans and metrics.
    """

    def __init__(self, api_url: str, session: aiohttp.ClientSession, telemetry: HttpTelemetry | None) -> None:
        self._api_url = api_url.rstrip("/")
        self._session = session
        self._telemetry = telemetry
        self._proxies: dict[str, str | None] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._session.close()

    async def request(
        self, method: str, path: str, *, base_url: str = "", token: SecretStr | None = None, body: object = None
    ) -> Response:
        """Send one request.

        Args:
            path: as it is sent, with its query.
            base_url: of another host than the API's.
            body: sent as JSON; None: nothing.

        Raises:
            TraktUnreachableError: no connection: nothing was sent.
            TraktUnavailableError: the response is missing or cannot be read.
            TokenRefusedError: the token cannot be sent in a header.
        """
        base = base_url or self._api_url
        headers = {} if token is None else {"Authorization": f"Bearer {_sendable(token)}"}
        if self._telemetry is None:
            return await self._send(method, base, path, headers, body)
        url = f"{base}{path}"
        return await self._telemetry.observed(
            method, url, headers, lambda: self._send(method, base, path, headers, body)
        )

    async def _send(self, method: str, base: str, path: str, headers: Mapping[str, str], body: object) -> Response:
        request = self._session.request(
            method,
            URL(f"{base}{path}", encoded=True),
            headers=headers,
            data=None if body is None else to_json(body),
            allow_redirects=False,
            proxy=self._proxy_of(base),
        )
        try:
            async with request as answer:
                return Response(answer.status, answer.headers, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as exc:
            raise TraktUnreachableError(f"no connection to Trakt: {type(exc).__name__}") from None
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise TraktUnavailableError(f"no answer from Trakt: {type(exc).__name__}") from None

    def _proxy_of(self, base: str) -> str | None:
        if base not in self._proxies:
            self._proxies[base] = proxy_of(base)
        return self._proxies[base]


def connect(api_url: str, client_id: str, *, connections: int = 32, is_observed: bool = True) -> Http:
    """Return the connections to Trakt, with the headers that it requires of every request. Call it on a running loop.

    Args:
        is_observed: whether it makes spans and metrics.
    """
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=KEEP_ALIVE_S, ssl=_trusted()),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "trakt-api-version": "2",
            "trakt-api-key": client_id,
        },
        timeout=TIMEOUT,
        middlewares=(_sent_once,),
    )
    return Http(api_url, session, HttpTelemetry() if is_observed else None)


async def _sent_once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a PUT or DELETE again when a kept connection breaks: the lease may be over by then."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as exc:
        raise TraktUnavailableError(f"no answer from Trakt: {type(exc).__name__}") from None


def proxy_of(base_url: str) -> str | None:
    """Return the proxy that the environment names for a host (`HTTPS_PROXY`, `NO_PROXY` and so on), or None."""
    address = urlsplit(base_url)
    if proxy_bypass(address.netloc):
        return None
    proxies = getproxies()
    return proxies.get(address.scheme) or proxies.get("all")


def _trusted() -> ssl.SSLContext:
    """Return the authorities that may sign Trakt's certificate: those of `SSL_CERT_FILE` or `SSL_CERT_DIR`, or all."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    return ssl.create_default_context(cafile=certifi.where())


def _sendable(token: SecretStr) -> str:
    text = token.get_secret_value()
    if not (text.isascii() and text.isprintable()):
        raise TokenRefusedError("the access token cannot be sent")
    return text


async def tried(call: Callable[[], Awaitable[Response]], tries: QuickTries, *errors: type[Exception]) -> Response:
    """Call, and call again on these errors, a few times within seconds.

    Args:
        call: sends one request and raises our errors.
    """
    attempts = stamina.retry_context(
        on=errors,
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
