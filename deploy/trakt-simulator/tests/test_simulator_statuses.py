"""Every status of Trakt's official table is sent at least once. Faults send those of an overloaded server."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"
Make = Callable[[InProcessTrakt], Awaitable[httpx.Response]]


async def _with_list(trakt: InProcessTrakt, **profile: object) -> httpx.AsyncClient:
    client = await trakt.client(**profile)
    await client.post(LISTS, json={"name": "a"})
    return client


async def ok(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).get(LISTS)


async def created(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).post(LISTS, json={"name": "a"})


async def no_content(trakt: InProcessTrakt) -> httpx.Response:
    return await (await _with_list(trakt)).delete(f"{LISTS}/a")


async def bad_request(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).post(LISTS, content=b"{")


async def unauthorized(trakt: InProcessTrakt) -> httpx.Response:
    return await trakt.client_without_token().get(LISTS)


async def forbidden(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).get(LISTS, headers={"trakt-api-key": "blocked"})


async def not_found(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).get(f"{LISTS}/none")


async def no_method(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).get("/none")


async def conflict(trakt: InProcessTrakt) -> httpx.Response:
    app = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
    code = (await trakt.client_without_token().post("/oauth/device/code", json=app)).json()
    await trakt.admin.post(f"/device/{code['user_code']}", json={"username": "demo"})
    poll = {"code": code["device_code"], **app}
    await trakt.client_without_token().post("/oauth/device/token", json=poll)
    return await trakt.client_without_token().post("/oauth/device/token", json=poll)


async def precondition(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).post(LISTS, content=b"{}", headers={"Content-Type": "text/plain"})


async def account_limit(trakt: InProcessTrakt) -> httpx.Response:
    client = await _with_list(trakt, limits={"lists": 1, "items_per_list": 1, "total_items": 1})
    return await client.post(LISTS, json={"name": "b"})


async def not_valid(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client()).post(LISTS, json={"name": ""})


async def locked(trakt: InProcessTrakt) -> httpx.Response:
    return await (await trakt.client(locked=True)).get(LISTS)


async def vip_only(trakt: InProcessTrakt) -> httpx.Response:
    return await (await _with_list(trakt)).put(f"{LISTS}/a/items/1", json={"notes": "n"})


async def rate_limited(trakt: InProcessTrakt) -> httpx.Response:
    await trakt.admin.patch("/options", json={"rate_limits": True})
    return await (await _with_list(trakt)).post(LISTS, json={"name": "b"})


def broken(status: int) -> Make:
    async def make(trakt: InProcessTrakt) -> httpx.Response:
        await trakt.fault("status", status=status)
        return await (await trakt.client()).get(LISTS)

    return make


@pytest.mark.parametrize(
    ("status", "make"),
    [
        (200, ok), (201, created), (204, no_content), (400, bad_request), (401, unauthorized), (403, forbidden),
        (404, not_found), (405, no_method), (409, conflict), (412, precondition), (420, account_limit),
        (422, not_valid), (423, locked), (426, vip_only), (429, rate_limited),
        *((status, broken(status)) for status in (500, 502, 503, 504, 520, 521, 522)),
    ],
)  # fmt: skip
async def test_a_call_gets(unlimited: InProcessTrakt, status: int, make: Make) -> None:
    assert (await make(unlimited)).status_code == status
