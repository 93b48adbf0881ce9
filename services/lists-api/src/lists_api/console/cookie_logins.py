"""The ASGI middleware that makes the bearer token of a cookie. Nothing behind it knows of sessions."""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import TransientError
from chassis.http.problems import database_away, problem_of
from chassis.postgres.database import DATABASE_ERRORS
from lists_api.errors import CrossSiteError
from lists_api.sessions.browsers import SAFE_METHODS, cookie_of, is_same_origin, is_tls
from lists_api.sessions.use_cases import Sessions


@dataclass(frozen=True, slots=True)
class CookieLogins:
    """Puts `Authorization: Bearer` in place of the cookie that stands for it.

    A request that has an Authorization header already stays as it is. An unsafe one with a cookie needs to come from a
    page of this origin.

    Args:
        app: what answers.
        public_url: as browsers reach us; None: as the request says.
    """

    app: ASGIApp
    sessions: Sessions
    public_url: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if "authorization" in headers or "cookie" not in headers:
            return await self.app(scope, receive, send)
        key = cookie_of(headers, secure=is_tls(scope, self.public_url))
        if key is None:
            return await self.app(scope, receive, send)
        if scope["method"] not in SAFE_METHODS and not is_same_origin(headers):
            return await problem_of(CrossSiteError())(scope, receive, send)
        try:
            session = await self.sessions.find(key)
        except TransientError as exc:
            return await problem_of(exc)(scope, receive, send)
        except DATABASE_ERRORS as exc:
            away = database_away(exc)
            if away is None:
                raise
            return await away(scope, receive, send)
        if session is not None:
            bearer = (b"authorization", b"Bearer " + session.token.get_secret_value().encode())
            scope = {**scope, "headers": [*scope["headers"], bearer]}
        return await self.app(scope, receive, send)
