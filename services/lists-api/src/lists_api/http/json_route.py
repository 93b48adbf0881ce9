"""The order in which a request is looked at: the token, then the body's size, its JSON, its contents.

FastAPI reads and parses a body before any dependency runs. Here a request without a valid token costs nothing but
its head, and a large body is parsed in a thread, so that other requests go on meanwhile.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from chassis.http.auth import BEARER, user_of
from chassis.http.problem_kinds import ANYWHERE, documented
from chassis.http.problems import says_json
from lists_api.http.body import parse_json, read_body
from lists_api.http.dependencies import Caller
from lists_api.settings import HttpSettings

MAX_BODY_ON_LOOP: Final = 16 * 1024
"""Bytes that are parsed without a thread: within a millisecond."""

MAX_PUBLIC_BODY: Final = 4096
"""Bytes of a body that comes without a token."""
NOBODY: Final = ""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class JsonRoute(APIRoute):
    """A route that checks the token before it reads the body, and the body within bounds."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        annotation = self.body_field.field_info.annotation if self.body_field else None
        body = TypeAdapter[Any](annotation) if annotation else None

        async def handle_checked(request: Request) -> Response:
            user_id = await user_of(request, request.headers.get("authorization"))
            if body is None:
                return await handle(Caller(request, user_id))
            settings: HttpSettings = request.app.state.settings
            return await handle(await _checked(request, user_id, body, max_bytes=settings.max_body_bytes))

        return handle_checked


class PublicJsonRoute(APIRoute):
    """The same without a token: nobody knows yet whose request it is, so the body has to be small."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        annotation = self.body_field.field_info.annotation if self.body_field else None
        body = TypeAdapter[Any](annotation) if annotation else None

        async def handle_checked(request: Request) -> Response:
            caller = Caller(request, NOBODY)
            if body is not None:
                caller = await _checked(request, NOBODY, body, max_bytes=MAX_PUBLIC_BODY)
            return await handle(caller)

        return handle_checked


def users_router(tag: str, *, prefix: str = "", route_class: type[APIRoute] = JsonRoute) -> APIRouter:
    """Return a router whose routes need a token. The class of its routes checks it."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=route_class,
        dependencies=[Depends(BEARER)],
        responses=documented(*ANYWHERE),
    )


async def _checked(request: Request, user_id: str, body: TypeAdapter[Any], *, max_bytes: int) -> Caller:
    content = await read_body(request, max_bytes=max_bytes)
    if not content or not says_json(request):
        return Caller(request, user_id, content)  # FastAPI refuses it
    if len(content) <= MAX_BODY_ON_LOOP:
        return Caller(request, user_id, content, _parsed(content, body))
    return Caller(request, user_id, content, await asyncio.to_thread(_parsed, content, body))


def _parsed(content: bytes, body: TypeAdapter[Any]) -> object:
    try:
        return body.validate_python(parse_json(content))
    except ValidationError as exc:
        errors = exc.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**error, "loc": ("body", *error["loc"])} for error in errors]) from exc
