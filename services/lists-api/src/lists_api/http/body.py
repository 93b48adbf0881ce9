"""Reading a request body within bounds: bytes, values, the fields of an object, the digits of a number.

A body that no list needs is refused before it is parsed, or while it is, so that it costs no more than a good one.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAX_VALUES: Final = 2**16
"""Most `{`, `[` and `,` of a body. 10,000 items with three ids each have 60,003, and the longest texts 4,255 more."""
MAX_FIELDS: Final = 32
"""Most fields of an object. No object of ours has more than ten."""
MAX_NAME: Final = 64
"""Most characters of a field's name."""
MAX_DIGITS: Final = 20
"""Digits of a number that are read. Numbers of 20 digits are refused wherever numbers are taken."""


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Return the body.

    Raises:
        HTTPException: 413, it has more than `max_bytes` bytes; one that announces them is not read at all. 400, the
            client went away.
    """
    too_large = HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request body may have at most {max_bytes} bytes")
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > max_bytes:
        raise too_large
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)  # a chunked body announces no length
            if size > max_bytes:
                raise too_large
            chunks.append(chunk)
    except ClientDisconnect as exc:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the request ended before its body did") from exc
    return b"".join(chunks)


def parse_json(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON value of a body.

    Raises:
        HTTPException: 400, the body is not UTF-8.
        RequestValidationError: it is no JSON, nested too deep, has more than `MAX_VALUES` values, or has an object
            of more than `MAX_FIELDS` fields or a field name of more than `MAX_NAME` characters.
    """
    if content.count(b",") + content.count(b"{") + content.count(b"[") > MAX_VALUES:
        raise _refused(f"has more than {MAX_VALUES} values; a list of 10,000 items has fewer")
    try:
        return _DECODER.decode(content.decode())
    except UnicodeDecodeError as exc:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"the body is not UTF-8 at byte {exc.start}") from exc
    except json.JSONDecodeError as exc:
        raise _no_json(exc) from exc
    except RecursionError as exc:
        raise _refused("is nested too deep") from exc
    except _ObjectError as exc:
        raise _refused(str(exc)) from exc


class _ObjectError(Exception):
    pass


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_FIELDS:
        raise _ObjectError(f"has an object of more than {MAX_FIELDS} fields")
    if any(len(name) > MAX_NAME for name, _ in pairs):  # an error would repeat it
        raise _ObjectError(f"has a field name of more than {MAX_NAME} characters")
    return dict(pairs)


def _whole_number(digits: str) -> int:
    # the time that `int` takes grows with the square of the digits
    return int(digits) if len(digits) <= MAX_DIGITS else int(digits[:MAX_DIGITS])


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole_number)


def _refused(message: str) -> RequestValidationError:
    return RequestValidationError([{"type": "body_refused", "loc": ("body",), "msg": message}])


def _no_json(error: json.JSONDecodeError) -> RequestValidationError:
    context = {"error": error.msg}
    return RequestValidationError([{"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "ctx": context}])
