"""httpx's connections to Trakt, made by aiohttp: they cost a tenth of httpcore's (decision 29)."""

from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

TOTAL_S: Final = 90.0
"""For one request in all, however slowly its answer drips."""
MAX_BODY: Final = 4 * 1024 * 1024
"""Bytes of an answer, unpacked. A page of 250 items has 100 kB. Parsed, as many take up to 200 MB for a moment."""
NOTHING_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)

NOT_KEPT: Final = (b"set-cookie", b"content-encoding", b"content-length")
"""Headers that say nothing of the body as it is given on: aiohttp unpacks it, by pieces."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends each request once, on aiohttp's connections, and keeps no cookies. Make it on a running loop.

    `httpx.ConnectError` says that nothing was sent, any other error that Trakt may have got the request.
    """

    def __init__(self, connections: int, keep_alive_s: float, total_s: float = TOTAL_S) -> None:
        """Args: keep_alive_s: how long a connection without a request is kept."""
        self._total_s = total_s
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=connections, keepalive_timeout=keep_alive_s, ssl=httpx.create_ssl_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_sent_once,),
        )
        self._proxies: dict[str, str | None] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the whole response.

        Raises:
            httpx.ConnectError: no connection, or none within the request's time limits.
            httpx.ReadError: the answer is missing, cut off, too large or no HTTP.
        """
        limits = request.extensions["timeout"]
        sending = self._session.request(
            request.method,
            URL(str(request.url), encoded=True),
            headers=request.headers.multi_items(),
            data=await request.aread() or None,
            allow_redirects=False,
            proxy=self._proxy_of(request.url),
            timeout=aiohttp.ClientTimeout(
                total=self._total_s,
                connect=limits["connect"] + limits["pool"],
                sock_connect=limits["connect"],
                sock_read=limits["read"],
            ),
        )
        try:
            async with sending as answer:
                content = await _whole(answer)
        except NOTHING_SENT as exc:
            raise httpx.ConnectError(type(exc).__name__, request=request) from None
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise httpx.ReadError(type(exc).__name__, request=request) from None
        headers = [(name, value) for name, value in answer.raw_headers if name.lower() not in NOT_KEPT]
        return httpx.Response(answer.status, headers=headers, content=content, request=request)

    async def aclose(self) -> None:
        await self._session.close()

    def _proxy_of(self, url: httpx.URL) -> str | None:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if origin not in self._proxies:
            self._proxies[origin] = proxy_of(origin)
        return self._proxies[origin]


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > MAX_BODY:
            raise aiohttp.ClientPayloadError("the answer is too large")
    return bytes(content)


async def _sent_once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a PUT or DELETE again when a kept connection breaks: the lease may be over by then."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as exc:
        raise aiohttp.ClientPayloadError(type(exc).__name__) from None  # aiohttp sends none again after this


def proxy_of(origin: str) -> str | None:
    """Return the proxy that the environment names for a host (`HTTPS_PROXY`, `NO_PROXY` and so on), or None."""
    address = urlsplit(origin)
    if proxy_bypass(address.netloc):
        return None
    proxies = getproxies()
    return proxies.get(address.scheme) or proxies.get("all")
