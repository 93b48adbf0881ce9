"""Passes requests on to the other services, and their answers back, as they come: bodies and streams unbuffered."""

import asyncio
import string
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final
from urllib.parse import quote_from_bytes

import aiohttp
import structlog
from multidict import CIMultiDict
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

from chassis.connections import abort_of
from chassis.http.problems import METHODS, RETRY, problem
from chassis.telemetry.http import passed_on
from chassis.telemetry.trace_context import TRACEPARENT, TRACESTATE, TraceContext
from lists_api.console.request_body import BodyTooLargeError, ClientLeftError, RequestBody
from lists_api.errors import ServiceAwayError

log = structlog.get_logger()

PATHS: Final[Mapping[str, str]] = {
    "/api/trakt": "trakt-sync",
    "/api/notifications": "notifier",
    "/api/channels": "notifier",
}
"""Beginnings of paths, whole segments, and the service whose API they are."""
CONNECT_S: Final = 3.0
SILENCE_S: Final = 60.0
"""How long a service may say nothing. A live stream has a heartbeat every 15 s."""
PATIENCE: Final = timedelta(seconds=30)
"""How long a client may not read while something is there for it. The notifier's patience is the same."""
HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""RFC 9110 7.6.1. Those that `Connection` names belong to them."""
NOT_ASKED: Final = HOP_BY_HOP | {b"host", b"cookie", b"expect", b"forwarded", TRACEPARENT.encode(), TRACESTATE.encode()}
"""What is not passed on of a request. The bearer token stands for the cookie; the rest is said anew."""
NOT_ANSWERED: Final = HOP_BY_HOP | {b"set-cookie", b"server", b"date"}
"""What is not passed back of an answer. Our server adds the date."""
AS_IT_IS: Final = string.punctuation + string.digits + string.ascii_letters


class ClientSlowError(Exception):
    """The client does not read."""


class Gateway:
    """The way to the other services.

    A client that leaves ends its request there, and so does one that does not read. A service that is away, or silent,
    is a 503 that may be tried again.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        services: Mapping[str, str | None],
        *,
        max_body_bytes: int,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Args: services: service → address; None: this installation has not said where it is."""
        self._http, self._max_body_bytes, self.patience = http, max_body_bytes, patience
        self._services = {name: url.rstrip("/") if url else None for name, url in services.items()}
        self._streams: set[aiohttp.ClientResponse] = set()

    @classmethod
    @asynccontextmanager
    async def opened(cls, services: Mapping[str, str | None], *, max_body_bytes: int) -> AsyncIterator["Gateway"]:
        """Give a gateway with its connections."""
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),  # each live stream holds one
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENCE_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        ) as http:
            yield cls(http, services, max_body_bytes=max_body_bytes)

    @property
    def is_streaming(self) -> bool:
        """Whether live streams go through it."""
        return bool(self._streams)

    def end_streams(self) -> None:
        """End the live streams: the process stops, and they would not end by themselves."""
        for stream in self._streams:
            stream.close()

    @asynccontextmanager
    async def read(self, service: str, path: str, authorization: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Give the body of a service's answer to a GET of ours, in the name of a user.

        Raises:
            ServiceAwayError: it is away, or does not answer with what was asked for.
        """
        base = self._services[service]
        if base is None:
            raise ServiceAwayError(service, f"{service.replace('-', '_').upper()}_URL is not set")
        headers = {"Authorization": authorization, **TraceContext.current().to_headers()}
        try:
            async with self._http.get(f"{base}{path}", headers=headers) as response:
                response.raise_for_status()
                yield response.content.iter_any()
        except (aiohttp.ClientError, OSError) as exc:
            log.warning("service_unreachable", service=service, error=repr(exc), is_answered=False)
            raise ServiceAwayError(service, "try again") from exc

    async def __call__(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with the answer of a service."""
        with passed_on(scope):
            body = RequestBody(receive, Headers(scope=scope), self._max_body_bytes)
            passing = asyncio.create_task(self._pass(service, scope, body, send))
            leaving = asyncio.create_task(body.left())
            try:
                await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                passing.cancel()
                leaving.cancel()
                with suppress(asyncio.CancelledError):
                    await passing

    async def _pass(self, service: str, scope: Scope, body: RequestBody, send: Send) -> None:
        base, method = self._services[service], scope["method"]
        refusal: Response | None = None
        if base is None:
            name = f"{service.replace('-', '_').upper()}_URL"
            refusal = problem(404, "not-found", f"{name} is not set: this installation passes nothing on to {service}")
        elif method not in {*METHODS, "OPTIONS"}:
            refusal = problem(405, "method-not-allowed", f"this path takes {', '.join(METHODS)}")
        elif body.is_announced_too_large:
            refusal = self._too_large()
        if refusal is not None:
            return await refusal(scope, body.receive, send)
        is_answered = False
        try:
            async with self._http.request(
                method,
                URL(f"{base}{_target(scope)}", encoded=True),
                headers=_asked(scope),
                data=body.chunks() if body.is_there else None,
                allow_redirects=False,
            ) as response:
                is_answered = True
                await self._pass_back(response, self._patient(scope, send))
        except ClientSlowError:
            log.info("client_cut_off", service=service)
        except (aiohttp.ClientError, OSError, ClientLeftError, BodyTooLargeError) as exc:
            if isinstance(body.failure, BodyTooLargeError):
                await self._too_large()(scope, body.receive, send)
            elif body.failure is None:
                log.warning("service_unreachable", service=service, error=repr(exc), is_answered=is_answered)
                if not is_answered:
                    detail = f"{service} is away for the moment; try again"
                    await problem(503, "transient", detail, headers=RETRY)(scope, body.receive, send)
                # Else the answer has no end, and the server closes the connection: nobody takes it for whole.
        return None

    async def _pass_back(self, response: aiohttp.ClientResponse, send: Send) -> None:
        headers = _kept(response.raw_headers, NOT_ANSWERED)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        is_stream = response.content_type == "text/event-stream"
        if is_stream:
            self._streams.add(response)
        try:
            async for chunk in response.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except (aiohttp.ClientError, OSError):
            if not is_stream:
                raise  # a stream may end anywhere: its reader connects again, and names the last event
        finally:
            self._streams.discard(response)
        await send({"type": "http.response.body", "body": b""})

    def _patient(self, scope: Scope, send: Send) -> Send:
        async def send_or_cut_off(message: Message) -> None:
            try:
                async with asyncio.timeout(self.patience.total_seconds()):
                    await send(message)
            except TimeoutError:
                abort_of(scope)()
                raise ClientSlowError from None

        return send_or_cut_off

    def _too_large(self) -> Response:
        return problem(413, "too-large", f"a request body may have at most {self._max_body_bytes} bytes")


def start_of(path: str) -> str | None:
    """Return the beginning of the path by which it is another service's (`PATHS`); None: it is ours."""
    return next((start for start in PATHS if path == start or path.startswith(f"{start}/")), None)


def _target(scope: Scope) -> str:
    path = quote_from_bytes(scope["raw_path"].partition(b"?")[0], safe=AS_IT_IS)
    query = quote_from_bytes(scope["query_string"], safe=AS_IT_IS)
    return f"{path}?{query}" if query else path


def _asked(scope: Scope) -> CIMultiDict[str]:
    kept = [pair for pair in _kept(scope["headers"], NOT_ASKED) if not pair[0].startswith(b"x-forwarded-")]
    headers = CIMultiDict((name.decode("latin-1"), value.decode(errors="replace")) for name, value in kept)
    if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        headers.popall("Content-Length", None)  # the coding is the body's length (RFC 9112 6.3)
    if scope.get("client"):
        headers["X-Forwarded-For"] = scope["client"][0]
    headers["X-Forwarded-Proto"] = scope["scheme"]
    headers["X-Forwarded-Host"] = Headers(scope=scope).get("host", "")
    headers.update(TraceContext.current().to_headers())
    return headers


def _kept(headers: Sequence[tuple[bytes, bytes]], without: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    named = {
        one.strip().lower() for name, value in headers if name.lower() == b"connection" for one in value.split(b",")
    }
    return [(name.lower(), value) for name, value in headers if name.lower() not in without | named]
