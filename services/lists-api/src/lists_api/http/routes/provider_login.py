"""Where browsers go to log in at the identity provider, and where it sends them back. Both answer with a redirect."""

from secrets import token_urlsafe
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse

from chassis.errors import NotFoundError
from lists_api.http.address import address_of, has_tls, sessions_of
from lists_api.sessions.browsers import keep_login_secret, login_secret, set_cookie
from lists_api.sessions.provider import GrantRefusedError, Provider, ProviderAwayError
from lists_api.sessions.provider_login import ProviderLogin, login_of

log = structlog.get_logger()

BEGIN: Final = "/login/provider"
CALLBACK: Final = "/login/callback"
"""Its query has a code, which no log line and no span may have."""
CONSOLE: Final = "/"
LOGIN_PAGE: Final = "/login"
SECRET_BYTES: Final = 32
UNCACHED: Final = {"Cache-Control": "no-store"}

router: Final = APIRouter(include_in_schema=False)


@router.get(BEGIN)
async def begin_provider_login(request: Request) -> RedirectResponse:
    """Send the browser to the provider."""
    secure = has_tls(request)
    secret = login_secret(request.headers, secure=secure) or token_urlsafe(SECRET_BYTES)
    login = ProviderLogin(secret, token_urlsafe(SECRET_BYTES))
    try:
        address = await _provider(request).login_address(
            redirect_uri=_redirect_uri(request), state=login.state, nonce=login.nonce, verifier=login.verifier
        )
    except ProviderAwayError:
        return _failed("away")
    response = RedirectResponse(address, 303, headers=UNCACHED)
    keep_login_secret(response, secret, secure=secure)
    return response


@router.get(CALLBACK)
async def end_provider_login(
    request: Request,
    state: Annotated[str, Query(max_length=256)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
    error: Annotated[str, Query(max_length=256)] = "",
    iss: Annotated[str | None, Query(max_length=2048)] = None,
) -> RedirectResponse:
    """Log the browser in that the provider sends back with a code."""
    provider, secure = _provider(request), has_tls(request)
    login = login_of(state, login_secret(request.headers, secure=secure))
    if login is None or (iss is not None and iss != provider.issuer):  # RFC 9207: of another provider
        return _failed("unknown")
    if error or not code:
        log.info("login_not_granted", error=error)
        return _failed("denied" if error == "access_denied" else "failed")
    try:
        tokens = await provider.exchange(
            code, redirect_uri=_redirect_uri(request), nonce=login.nonce, verifier=login.verifier
        )
    except GrantRefusedError as exc:
        log.warning("code_not_exchanged", error=str(exc))
        return _failed("failed")
    except ProviderAwayError:
        return _failed("away")
    key, session = await sessions_of(request).begin(tokens)
    response = RedirectResponse(CONSOLE, 303, headers=UNCACHED)
    set_cookie(response, key, secure=secure, expires=session.expires_at)
    return response


def _provider(request: Request) -> Provider:
    provider = sessions_of(request).provider
    if provider is None:
        raise NotFoundError("There is no identity provider here: OIDC_CLIENT_ID is not set.")
    return provider


def _redirect_uri(request: Request) -> str:
    return f"{address_of(request)}{CALLBACK}"


def _failed(how: str) -> RedirectResponse:
    return RedirectResponse(f"{LOGIN_PAGE}?login={how}", 303, headers=UNCACHED)
