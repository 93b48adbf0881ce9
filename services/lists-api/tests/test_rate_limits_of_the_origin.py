"""The one origin counts what an address asks, passes its address on, and has its pages for everybody."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis.http.forwarded import Forwarded, networks_of
from chassis.testing import served
from lists_api.testing import Api, assert_problem, running_api, token_of


async def told(request: Request) -> Response:
    return JSONResponse({"for": request.headers["x-forwarded-for"]})


@pytest.fixture
async def limited(dsn: str) -> AsyncIterator[Api]:
    """An API whose addresses may ask thirty times a minute, and users sixty times, in front of another service."""
    async with (
        served(Starlette(routes=[Route("/{path:path}", told)])) as url,
        running_api(
            dsn, address_requests_per_minute=30, user_requests_per_minute=15, notifier_url=url, trakt_sync_url=url
        ) as api,
    ):
        yield api


def client_of(api: Api, address: str) -> httpx.AsyncClient:
    origin = Forwarded(api.origin, networks_of("127.0.0.0/8"))
    headers = {"Authorization": f"Bearer {token_of('ada')}", "X-Forwarded-For": f"192.0.2.9, {address}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(origin), base_url="http://lists", headers=headers)


async def test_all_apis_of_the_origin_are_counted_together_and_the_pages_are_not(limited: Api) -> None:
    paths = ["/api/trakt/status", "/api/notifications", "/login/provider", "/openapi.json", "/api/lists"] * 2
    async with client_of(limited, "198.51.100.1") as client, client_of(limited, "198.51.100.2") as other:
        assert 429 not in [(await client.get(path)).status_code for path in paths]
        for path in (*paths[:5], "/api/session"):
            assert_problem(await client.get(path), 429, "rate-limited")
        assert [(await client.get(path)).status_code for path in ("/", "/health/live")] == [200, 200]
        assert (await other.get("/api/notifications")).json() == {"for": "198.51.100.2"}


async def test_a_user_is_counted_wherever_they_are(limited: Api) -> None:
    answers = []
    for number in range(6):
        async with client_of(limited, f"198.51.100.{number}") as client:
            answers.append(await client.get("/api/lists"))
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert_problem(answers[-1], 429, "rate-limited")
    assert answers[-1].headers["retry-after"] == "4"
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
