"""How often users and addresses may ask, and whose address a request has."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
import structlog
from fastapi import Depends, FastAPI, Request
from starlette.responses import PlainTextResponse

from chassis.health import Health
from chassis.http import problems
from chassis.http.auth import Authenticator, current_user
from chassis.http.buckets import MAX_KEYS, Buckets
from chassis.http.forwarded import Forwarded, address_of, networks_of
from chassis.http.guarded import guarded
from chassis.http.health import router
from chassis.http.rate_limits import FAILED_LOGIN, RateLimits
from chassis.settings import CallerSettings
from chassis.testing_identity import LOCAL, LOCAL_KEY


class Seconds:
    """A clock of seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def api(clock: Seconds, *, peer: str = "203.0.113.7", **settings: object) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of an API with one route, which a process serves to `peer`."""
    known = CallerSettings.model_validate({"auth_local_key": LOCAL_KEY} | settings)
    app = FastAPI()
    problems.install(app)
    app.state.authenticator = Authenticator(known)
    app.state.limits = RateLimits(known, clock)

    @app.get("/me")
    async def me(request: Request, user_id: Annotated[str, Depends(current_user)]) -> dict[str, Any]:
        return {"user": user_id, "from": request.client.host if request.client else None, "by": request.url.scheme}

    app.include_router(router(Health()))
    transport = httpx.ASGITransport(guarded(app, app.state.limits, known), client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


def bearer(user: str = "ada") -> dict[str, str]:
    return {"Authorization": f"Bearer {LOCAL.token(sub=user)}"}


async def statuses(client: httpx.AsyncClient, count: int, path: str = "/me", **headers: str) -> list[int]:
    return [(await client.get(path, headers=headers)).status_code for _ in range(count)]


async def test_a_user_who_asks_too_often_is_told_when_to_come_again() -> None:
    clock = Seconds()
    async with api(clock, user_requests_per_minute=30) as client:
        assert await statuses(client, 10, **bearer()) == [200] * 10  # a third of a minute's at once
        refused = await client.get("/me", headers=bearer())
        assert (refused.status_code, refused.json()["slug"]) == (429, "rate-limited")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["retry-after"] == "2"
        assert await statuses(client, 1, **bearer("eve")) == [200]
        clock.now += 2
        assert await statuses(client, 2, **bearer()) == [200, 429]
        clock.now += 60
        assert await statuses(client, 11, **bearer()) == [200] * 10 + [429]


async def test_an_address_is_counted_whoever_asks_and_probes_are_free() -> None:
    async with api(Seconds(), address_requests_per_minute=30) as client:
        assert await statuses(client, 5, **bearer("ada")) == [200] * 5
        assert await statuses(client, 6, **bearer("eve")) == [200] * 5 + [429]
        assert await statuses(client, 1, path="/nowhere") == [429]
        assert await statuses(client, 50, path="/health/ready") == [200] * 50
        assert await statuses(client, 1, path="/metrics") == [404]


async def test_requests_without_a_good_token_cost_their_address_more() -> None:
    clock = Seconds()
    async with api(clock, address_requests_per_minute=300) as client:
        assert await statuses(client, 6) == [401] * 5 + [429]  # 100 at once, 20 each
        assert await statuses(client, 1, **bearer()) == [429]
        clock.now += FAILED_LOGIN * 60 / 300
        assert await statuses(client, 1, **bearer()) == [200]


async def test_zero_is_no_limit() -> None:
    async with api(Seconds(), user_requests_per_minute=0, address_requests_per_minute=0) as client:
        assert set(await statuses(client, 200)) == {401}
        assert set(await statuses(client, 200, **bearer())) == {200}


async def test_a_flood_makes_one_line_in_ten_seconds() -> None:
    clock = Seconds()
    async with api(clock, address_requests_per_minute=3) as client:
        with structlog.testing.capture_logs() as logs:
            await statuses(client, 100, **bearer())
            clock.now += 11
            await statuses(client, 1, **bearer())
    lines = [(one["count"], one["by"], one["address"]) for one in logs if one["event"] == "requests_refused"]
    assert lines == [(1, "address", "203.0.113.7"), (99, "address", "203.0.113.7")]


def test_the_limits_remember_so_many_and_take_so_much_memory() -> None:
    clock = Seconds()
    buckets = Buckets(60, now=clock)
    for key in range(3 * MAX_KEYS):
        assert buckets.take(key) == 0
    assert len(buckets._full_at) == MAX_KEYS
    assert sys.getsizeof(buckets._full_at) < 2_000_000
    for _ in range(19):
        assert buckets.take(3 * MAX_KEYS - 1) == 0
    assert buckets.take(3 * MAX_KEYS - 1) == 1.0  # one that was there lately is known


def test_a_bucket_owes_no_more_than_it_holds() -> None:
    clock = Seconds()
    buckets = Buckets(60, now=clock)
    buckets.charge("ada", 1_000_000)
    assert buckets.take("ada") == 21.0


PEER, PROXY = "203.0.113.7", "10.0.0.9"


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        (PEER, "198.51.100.1", PEER),
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "192.0.2.1, 198.51.100.1", "198.51.100.1"),
        (PROXY, "192.0.2.1, 198.51.100.1, 10.0.0.3, 10.1.2.3", "198.51.100.1"),
        (PROXY, "198.51.100.1:5123", "198.51.100.1"),
        (PROXY, "[2001:db8::1]:443", "2001:db8::1"),
        (PROXY, "::ffff:198.51.100.1", "198.51.100.1"),
        (PROXY, "198.51.100.1, nonsense", PROXY),
        (PROXY, "198.51.100.1, nonsense, 10.0.0.3", "10.0.0.3"),
        (PROXY, "", PROXY),
        (PROXY, "10.0.0.3", "10.0.0.3"),
        (PROXY, ",".join(["198.51.100.1"] * 10_000), "198.51.100.1"),
        ("fd00::1", "198.51.100.1", "198.51.100.1"),
    ],
)
async def test_an_address_that_is_forwarded_counts_when_a_trusted_proxy_says_it(
    peer: str, header: str, client: str
) -> None:
    async with api(Seconds(), peer=peer, trusted_proxies="10.0.0.0/8, fd00::/8") as http:
        answer = await http.get("/me", headers=bearer() | {"X-Forwarded-For": header})
    assert answer.json()["from"] == client


@pytest.mark.parametrize(
    ("peer", "header", "scheme"),
    [(PROXY, "https", "https"), (PEER, "https", "http"), (PROXY, "http, https", "https"), (PROXY, "gopher", "http")],
)
async def test_the_scheme_is_that_of_a_trusted_proxy(peer: str, header: str, scheme: str) -> None:
    async with api(Seconds(), peer=peer, trusted_proxies="10.0.0.0/8") as http:
        answer = await http.get("/me", headers=bearer() | {"X-Forwarded-Proto": header})
    assert answer.json()["by"] == scheme


async def test_who_invents_addresses_gets_no_bucket_for_each() -> None:
    async with api(Seconds(), address_requests_per_minute=30, trusted_proxies="") as client:
        asked = [await client.get("/me", headers=bearer() | {"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(11)]
    assert [one.status_code for one in asked] == [200] * 10 + [429]


async def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    clock, limits = Seconds(), {"address_requests_per_minute": 30, "trusted_proxies": "10.0.0.0/8"}
    async with api(clock, peer=PROXY, **limits) as client:
        seen = []
        for n in range(11):
            headers = bearer() | {"X-Forwarded-For": f"2001:db8:0:1::{n:x}"}
            seen.append((await client.get("/me", headers=headers)).status_code)
        other = await client.get("/me", headers=bearer() | {"X-Forwarded-For": "2001:db8:0:2::1"})
    assert seen == [200] * 10 + [429]
    assert other.status_code == 200


async def test_who_has_no_ip_address_has_no_limit_of_one() -> None:
    app = Forwarded(PlainTextResponse("here"), networks_of("10.0.0.0/8"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("", 0)), base_url="http://here") as client:
        assert (await client.get("/", headers={"X-Forwarded-For": "10.0.0.1"})).status_code == 200
    assert address_of("testclient") is None
    async with api(Seconds(), peer="/run/socket", address_requests_per_minute=3) as client:
        assert await statuses(client, 5, **bearer()) == [200] * 5


@pytest.mark.parametrize("networks", ["10.0.0.0/33", "10.0.0.1/8", "proxy.example.org"])
def test_networks_that_are_none_are_refused_at_the_start(networks: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        CallerSettings.model_validate({"auth_local_key": LOCAL_KEY, "trusted_proxies": networks})
