"""What browsers say of themselves: their session's cookie, where a request comes from, whether TLS protects it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

COOKIE: Final = "watchbuddy"
LOGIN_COOKIE: Final = "watchbuddy-login"
LOGIN_WITHIN: Final = timedelta(minutes=10)
"""How long a login at the provider may take."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def is_tls(scope: Scope, public_url: str | None) -> bool:
    """Whether browsers reach us by TLS. Args: public_url: the setting; None: the request's own scheme says it."""
    return (public_url or f"{scope['scheme']}:").startswith("https:")


def cookie_name(*, secure: bool, name: str = COOKIE) -> str:
    """Return the name. With the prefix, no other host and no page without TLS can set it (RFC 6265bis 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def cookie_of(headers: Mapping[str, str], *, secure: bool, name: str = COOKIE) -> str | None:
    """Return the value of our cookie; None: the request has none."""
    return cookie_parser(headers.get("cookie", "")).get(cookie_name(secure=secure, name=name))


def set_cookie(response: Response, key: str, *, secure: bool, expires: datetime) -> None:
    """Give the browser its session. No script reads it, and no other site's request carries it."""
    name = cookie_name(secure=secure)
    response.set_cookie(name, key, expires=expires, path="/", secure=secure, httponly=True, samesite="strict")


def login_secret(headers: Mapping[str, str], *, secure: bool) -> str | None:
    """Return what the browser keeps while it logs in at the provider; None: it keeps nothing."""
    return cookie_of(headers, secure=secure, name=LOGIN_COOKIE)


def keep_login_secret(response: Response, value: str, *, secure: bool) -> None:
    """Have the browser keep it. The provider's page sends the browser back, so the cookie has to come with it: Lax."""
    name, age = cookie_name(secure=secure, name=LOGIN_COOKIE), int(LOGIN_WITHIN.total_seconds())
    response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")


def forget_cookie(response: Response, *, secure: bool) -> None:
    """Take the session's cookie from the browser."""
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="strict")


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of this origin sent the request.

    By Sec-Fetch-Site, which browsers send where TLS protects us and on this machine; else by Origin, against Host.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
