"""HTTP errors as RFC 9457 problem documents: `{"type", "title", "status", "detail", …}`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from chassis.errors import PermanentError, TransientError, UnauthorizedError
from chassis.postgres import AWAY, is_away

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:watchbuddy:problem:"
MAX_ERRORS: Final = 20
METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_SLUGS: Final[Mapping[int, str]] = {
    400: "bad-request",
    401: "unauthorized",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}


class Problem(BaseModel):
    """What went wrong (RFC 9457), as `application/problem+json`; some kinds have further members."""

    type: str
    slug: str
    """The kind of problem, for programs."""
    title: str
    status: int
    detail: str
    """This occurrence, for people."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of these answers: the `responses` of a route or router."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def problem(
    status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None, **extra: object
) -> JSONResponse:
    """Return a problem document.

    Args:
        status: the HTTP status.
        headers: further headers of the answer.
        slug: the kind of problem, for programs; `type` is `urn:watchbuddy:problem:<slug>`.
        detail: this occurrence, for people. The title is the slug in words: it is the same for every occurrence.
        extra: further members.
    """
    body = {
        "type": TYPE_PREFIX + slug,
        "slug": slug,
        "title": slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        **extra,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


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
    headers: dict[str, str] = {}
    if isinstance(exc, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(exc, TransientError):
        headers["Retry-After"] = "1"
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
    """Return the methods that the path takes; Starlette's answer names those of the first route alone (RFC 9110 15.5.6)."""
    return [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


async def _on_database_error(request: Request, exc: Exception) -> Response:
    if not is_away(exc):
        return await _on_defect(request, exc)
    log.warning("database_unavailable", error=repr(exc))
    detail = "the database is away for the moment; try again"
    return problem(503, "database-unavailable", detail, headers={"Retry-After": "1"})


async def _on_defect(request: Request, exc: Exception) -> Response:
    log.error("request_failed", method=request.method, path=request.url.path, exc_info=exc)
    return problem(500, "internal", "something went wrong here; it has been logged")
