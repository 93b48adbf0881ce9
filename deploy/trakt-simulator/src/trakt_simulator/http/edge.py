"""The HTML pages of Cloudflare, which answers before a request reaches Trakt."""

from http import HTTPStatus

from trakt_simulator.http.response import HTML_TYPE, Response


def edge_page(status: int, title: str, *headers: tuple[bytes, bytes]) -> Response:
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{title} | api.trakt.tv</title></head>"
        f"<body><h1>{title}</h1><p>cloudflare</p></body></html>\n"
    )
    marks = ((b"server", b"cloudflare"), (b"cf-ray", b"8f00000000000000-LOC"))
    return Response(status, page.encode(), [HTML_TYPE, *marks, *headers])


def edge_forbidden() -> Response:
    return edge_page(HTTPStatus.FORBIDDEN, "Attention Required!")


def edge_rate_limited() -> Response:
    return edge_page(HTTPStatus.TOO_MANY_REQUESTS, "Error 1015: You are being rate limited", (b"retry-after", b"300"))


def edge_too_large() -> Response:
    return edge_page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "413 Request Entity Too Large")
