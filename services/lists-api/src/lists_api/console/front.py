"""The one origin: the console's pages, what is passed on to the other services, and our own API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.http.problems import METHODS, problem
from chassis.http.rate_limits import AddressLimits, RateLimits
from chassis.secured import secured
from chassis.telemetry.requests import note_route
from lists_api.console.cookie_logins import CookieLogins
from lists_api.console.gateway import PATHS, Gateway, start_of
from lists_api.console.pages import Page
from lists_api.sessions.browsers import is_tls
from lists_api.sessions.use_cases import Sessions

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EVERYWHERE: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""An answer that has one of its own keeps it."""
OF_PARTS: Final = {"X-Content-Type-Options": "nosniff"}
"""For scripts and styles. They are no documents: the policies of the page that loads them count. The others' 400 bytes
with each of sixty files were a fifth of what a first visit transfers."""
ASKED: Final = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID")
ANSWERED: Final = ("Content-Disposition", "ETag", "Location", "Retry-After")


@dataclass(frozen=True, slots=True)
class Front:
    """Answers every request of the origin, with the headers that keep browsers safe.

    Args:
        pages: by path.
        api: what answers below `/api/`, by sessions and CORS.
        rest: what answers everything else.
    """

    pages: Mapping[str, Page]
    api: ASGIApp
    rest: ASGIApp
    gateway: Gateway
    public_url: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.rest(scope, receive, send)
        path = scope["path"]
        page = self.pages.get(path)
        headers = OF_PARTS if page is not None and page.is_part else EVERYWHERE
        safe_send = secured(send, headers, has_tls=is_tls(scope, self.public_url))
        if path.startswith("/api/"):
            return await self.api(scope, receive, safe_send)
        if page is None:
            return await self.rest(scope, receive, safe_send)
        note_route(scope, path)
        if scope["method"] in {"GET", "HEAD"}:
            return await page.answer(Headers(scope=scope))(scope, receive, safe_send)
        refusal = problem(405, "method-not-allowed", "this path takes GET, HEAD", headers={"Allow": "GET, HEAD"})
        return await refusal(scope, receive, safe_send)


@dataclass(frozen=True, slots=True)
class _Apis:
    """Our own API, and those of the other services."""

    own: ASGIApp
    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = start_of(scope["path"])
        if start is None:
            return await self.own(scope, receive, send)
        note_route(scope, f"{start}/{{path}}")
        return await self.gateway(PATHS[start], scope, receive, send)


def front_of(
    own: ASGIApp,
    gateway: Gateway,
    limits: RateLimits,
    *,
    pages: Mapping[str, Page],
    sessions: Sessions | None,
    public_url: str | None,
    cors_origins: Sequence[str],
) -> Front:
    """Return the application of the origin.

    Args:
        own: lists-api's API.
        limits: of addresses; the console's pages, which come from memory, are free.
        sessions: None: this installation has none, and cookies mean nothing.
        cors_origins: whose pages may use the APIs with a bearer token; cookies are not for them.
    """
    api: ASGIApp = _Apis(own, gateway)
    if sessions is not None:
        api = CookieLogins(api, sessions, public_url)
    api = AddressLimits(api, limits)
    if cors_origins:
        api = CORSMiddleware(
            api, allow_origins=cors_origins, allow_methods=METHODS, allow_headers=ASKED, expose_headers=ANSWERED
        )
    return Front(pages, api, AddressLimits(own, limits), gateway, public_url)
