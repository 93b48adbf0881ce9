"""Every answer of a process has the headers that keep browsers safe."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chassis.health import Health, routes
from chassis.http.forwarded import Forwarded, networks_of
from chassis.secured import OF_DATA, Secured


async def own(_request: Request) -> Response:
    return PlainTextResponse("a page", headers={"Content-Security-Policy": "default-src 'self'"})


def client() -> httpx.AsyncClient:
    app = Secured(Starlette(routes=[*routes(Health()), Route("/own", own)]))
    transport = httpx.ASGITransport(Forwarded(app, networks_of("127.0.0.1/32")))
    return httpx.AsyncClient(transport=transport, base_url="http://here")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/nowhere"])
async def test_answers_have_the_headers_whatever_they_are(path: str) -> None:
    async with client() as http:
        headers = (await http.get(path)).headers
    assert {name: headers[name] for name in OF_DATA} == OF_DATA
    assert "strict-transport-security" not in headers


async def test_an_answer_with_a_policy_of_its_own_keeps_it() -> None:
    async with client() as http:
        headers = (await http.get("/own")).headers
    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-content-type-options"] == "nosniff"


async def test_who_came_by_tls_is_to_stay_with_it() -> None:
    async with client() as http:
        headers = (await http.get("/own", headers={"X-Forwarded-Proto": "https"})).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
