"""HTTP errors as RFC 9457 problem documents. Their kinds are in `chassis.http.problem_kinds`."""

import math
from collections.abc import Mapping
from typing import Any, Final

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from chassis.errors import PermanentError, TooManyRequestsError, TransientError, UnauthorizedError
from chassis.http.problem_kinds import (
    MEDIA_TYPE,
    BadRequest,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
    problem_members,
)
from chassis.postgres.database import AWAY, is_away

log = structlog.get_logger()

MAX_ERRORS: Final = 20
METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
RETRY: Final[Mapping[str, str]] = {"Retry-After": "1"}
"""Of an answer that a retry may better."""
_SLUGS: Final[Mapping[int, str]] = {
    kind.code(): kind.kind()
    for kind in (BadRequest, Unauthorized, NotFound, MethodNotAllowed, TooLarge, UnsupportedMediaType)
}


def problem(
    status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None, **extra: object
) -> JSONResponse:
    """Return a problem document.

    Args:
        status: the HTTP status.
        slug: the kind of problem, for programs.
        detail: this occurrence, for people.
        headers: further headers of the answer.
        extra: further members.
    """
    body = problem_members(slug, status, detail=detail)
    return JSONResponse(body | extra, status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error answer of the application a problem document."""
    app.add_exception_handler(PermanentError, _on_error)
    app.add_exception_handler(TransientError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    for error in (*AWAY, asyncpg.InterfaceError):
        app.add_exception_handler(error, _on_database_error)
    app.add_exception_handler(Exception, _on_defect)


async def _on_error(_request: Request, exc: Exception) -> Response:
    assert isinstance(exc, PermanentError | TransientError)  # noqa: S101 - registered for these two
    return problem_of(exc)


def problem_of(exc: PermanentError | TransientError) -> Response:
    """Return the answer that one of our errors becomes."""
    headers: dict[str, str] = {}
    if isinstance(exc, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(exc, TransientError):
        headers |= RETRY
    if isinstance(exc, TooManyRequestsError):
        headers["Retry-After"] = str(max(1, math.ceil(exc.retry_after.total_seconds())))
    return problem(exc.status, exc.slug, exc.detail, headers=headers, **exc.extra)


async def _on_invalid(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)  # noqa: S101
    is_unread = any(error["loc"] == ("body",) and error["type"] != "missing" for error in exc.errors())
    if is_unread and not says_json(request):
        return problem(415, "unsupported-media-type", "send JSON, with the header Content-Type: application/json")
    errors = [_described(error) for error in exc.errors()[:MAX_ERRORS]]
    count = len(exc.errors())
    detail = f"{errors[0]['field']}: {errors[0]['message']}" if errors else "the request is not valid"
    if count > 1:
        detail += f" (and {count - 1} more)"
    return problem(422, "invalid-request", detail.encode(errors="backslashreplace").decode(), errors=_clean(errors))


def says_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _described(error: Mapping[str, Any]) -> dict[str, str]:
    loc: tuple[int | str, ...] = error["loc"]
    if error["type"] == "json_invalid":
        return {"field": "body", "message": f"not JSON at character {loc[-1]}: {error['ctx']['error']}"}
    if error["type"] == "string_pattern_mismatch":  # people do not read patterns
        return {"field": ".".join(str(part) for part in loc), "message": "must be in the form that /openapi.json shows"}
    return {"field": ".".join(str(part) for part in loc), "message": error["msg"].removeprefix("Value error, ")}


def _clean(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    # a lone surrogate in a field's name cannot be written as UTF-8
    return [{key: text.encode(errors="backslashreplace").decode() for key, text in error.items()} for error in errors]


async def _on_http(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101
    slug = _SLUGS.get(exc.status_code, "http-error")
    if slug == "method-not-allowed":
        allowed = ", ".join(_methods(request))
        return problem(exc.status_code, slug, f"this path takes {allowed}", headers={"Allow": allowed})
    is_path_unknown = exc.status_code == 404 and exc.detail == "Not Found"  # noqa: PLR2004 - by Starlette's router
    detail = "there is no such path; /openapi.json lists them" if is_path_unknown else str(exc.detail)
    return problem(exc.status_code, slug, detail, headers=exc.headers)


def _methods(request: Request) -> list[str]:
    """Return the methods of the path (RFC 9110 15.5.6). Starlette's answer names those of the first route alone."""
    return [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


def database_away(exc: Exception) -> Response | None:
    """Return the answer when Postgres is the reason of an error; None: it is a defect."""
    if not is_away(exc):
        return None
    log.warning("database_unavailable", error=repr(exc))
    return problem(503, "database-unavailable", "the database is away for the moment; try again", headers=RETRY)


async def _on_database_error(request: Request, exc: Exception) -> Response:
    return database_away(exc) or await _on_defect(request, exc)


async def _on_defect(request: Request, exc: Exception) -> Response:
    log.error("request_failed", method=request.method, route=_route(request), exc_info=exc)
    return problem(500, "internal", "something went wrong here; it has been logged")


def _route(request: Request) -> str | None:
    """Return the path as the route has it, "/api/lists/{list_id}": the path itself may hold a secret."""
    return getattr(request.scope.get("route"), "path", None)
