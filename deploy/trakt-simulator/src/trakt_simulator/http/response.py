"""A response as it is sent."""

from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

import orjson

Headers = list[tuple[bytes, bytes]]
JSON_TYPE = (b"content-type", b"application/json; charset=utf-8")
HTML_TYPE = (b"content-type", b"text/html; charset=UTF-8")


@dataclass(slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)

    def with_headers(self, *headers: tuple[bytes, bytes]) -> "Response":
        return Response(self.status, self.body, [*self.headers, *headers])


def json_response(value: object, status: int = HTTPStatus.OK, headers: Headers | None = None) -> Response:
    return Response(status, orjson.dumps(value), [JSON_TYPE, *(headers or ())])


def html_response(page: str, status: int = HTTPStatus.OK) -> Response:
    return Response(status, page.encode(), [HTML_TYPE])


def no_content() -> Response:
    return Response(HTTPStatus.NO_CONTENT)


def redirect(address: str) -> Response:
    """Return a 302 to this address. Characters that a header cannot hold are percent-encoded."""
    return Response(HTTPStatus.FOUND, headers=[(b"location", quote(address, safe=":/%#?=@[]!$&'()*+,;").encode())])
