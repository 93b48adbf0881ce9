"""A route that takes a file: the token, then the size of the body, then its parts. Nothing is written to a disk."""

from collections.abc import AsyncIterator, Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from chassis.http.auth import user_of
from lists_api.http.body import read_body
from lists_api.http.dependencies import Caller
from lists_api.http.turns import Turns
from lists_api.settings import HttpSettings

MAX_FIELDS: Final = 10
"""Fields beside the file. There are fewer."""
MEDIA_TYPE: Final = "multipart/form-data"


class UploadRoute(APIRoute):
    """A route whose body is a form with a file."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_checked(request: Request) -> Response:
            user_id = await user_of(request, request.headers.get("authorization"))
            if self.body_field is None:
                return await handle(Caller(request, user_id))
            settings: HttpSettings = request.app.state.settings
            turns: Turns = request.app.state.turns
            async with turns.of(user_id):
                content = await read_body(request, max_bytes=settings.max_body_bytes)
                _check_media_type(request)
                async with turns.work():
                    return await handle(_Upload(request, user_id, content))

        return handle_checked


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send a file, as {MEDIA_TYPE}")


class _InMemory(MultiPartParser):
    spool_max_size = 2**31  # the body's size is bounded already, and an image's disk is read-only


class _Upload(Caller):
    async def form(self, **_limits: object) -> FormData:  # type: ignore[override]
        """Return the form's parts, as FastAPI asks for them."""

        async def body() -> AsyncIterator[bytes]:
            yield self._content

        parser = _InMemory(self.headers, body(), max_files=1, max_fields=MAX_FIELDS)  # type: ignore[arg-type]
        try:
            return await parser.parse()
        except (MultiPartException, UnicodeDecodeError) as exc:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "the body is no form of a file and few fields") from exc
