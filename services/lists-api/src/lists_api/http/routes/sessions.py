"""Routes of browsers' sessions: a one-time link, logging in by it, who one is, logging out."""

from datetime import UTC, datetime
from typing import Final

import jwt
from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from chassis.errors import UnauthorizedError
from chassis.http.problem_kinds import DatabaseUnavailable, Internal, InvalidRequest, RateLimited, documented
from lists_api.errors import CrossSiteError, LoginLinkNotFoundError
from lists_api.http.address import address_of, has_tls, sessions_of
from lists_api.http.dependencies import Caller
from lists_api.http.documentation import ABSENT, CACHING, CROSS_SITE, LOGIN, with_headers
from lists_api.http.json_route import PublicJsonRoute, users_router
from lists_api.http.schemas.sessions import CodeIn, LoginLinkOut, SessionOut
from lists_api.sessions.browsers import cookie_of, forget_cookie, is_same_origin, set_cookie
from lists_api.sessions.session import Session

PREFIX: Final = "/api/session"
LOGIN_PAGE: Final = "/login"
ONCE: Final = "no-store"

router: Final = users_router("sessions", prefix=PREFIX)
public: Final = APIRouter(
    prefix=PREFIX,
    tags=["sessions"],
    route_class=PublicJsonRoute,
    responses=documented(InvalidRequest, RateLimited, Internal, DatabaseUnavailable),
)


@router.post("/links", status_code=201, responses=ABSENT | with_headers(201, "The link was made.", CACHING))
async def make_login_link(caller: Caller, response: Response) -> LoginLinkOut:
    """Make a one-time link by which a browser is logged in as you, with the token of this request."""
    token = caller.headers["authorization"].partition(" ")[2].strip()
    ends = datetime.fromtimestamp(jwt.decode(token, options={"verify_signature": False})["exp"], UTC)
    code, until = await sessions_of(caller).make_link(caller.user_id, SecretStr(token), ends)
    response.headers["Cache-Control"] = ONCE
    return LoginLinkOut(url=f"{address_of(caller)}{LOGIN_PAGE}#{code}", expires_at=until)


@router.get("", responses=with_headers(200, "The session.", CACHING))
async def read_session(caller: Caller, response: Response) -> SessionOut:
    """Read the session of this browser. Its cookie stands for a token; a token alone has no session."""
    key = _key(caller)
    session = None if key is None else await sessions_of(caller).find(key)
    if session is None:
        raise UnauthorizedError("this browser has no session")
    response.headers["Cache-Control"] = ONCE
    return _described(session)


@public.post("", status_code=201, responses=LOGIN | with_headers(201, "The browser is logged in.", CACHING))
async def log_in(request: Caller, body: CodeIn, response: Response) -> SessionOut:
    """Log a browser in by the code of a one-time link. A page of this origin asks for it."""
    if not is_same_origin(request.headers):
        raise CrossSiteError
    begun = await sessions_of(request).use_link(body.code)
    if begun is None:
        raise LoginLinkNotFoundError
    key, session = begun
    set_cookie(response, key, secure=has_tls(request), expires=session.expires_at)
    response.headers["Cache-Control"] = ONCE
    return _described(session)


@public.delete("", status_code=204, responses=CROSS_SITE)
async def log_out(request: Caller, response: Response) -> None:
    """Log this browser out. Its session is no good any more, whoever has the cookie."""
    key = _key(request)
    if key is not None:
        await sessions_of(request).end(key)
    forget_cookie(response, secure=has_tls(request))


def _key(request: Request) -> str | None:
    return cookie_of(request.headers, secure=has_tls(request))


def _described(session: Session) -> SessionOut:
    return SessionOut(user_id=session.user_id, login=session.login, expires_at=session.expires_at)
