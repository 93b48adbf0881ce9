"""Bodies that are nested too deeply, or that end half-way."""

import asyncio

import httpx
import pytest

from trakt_simulator.testing import SimulatorProcess, eventually
from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


async def test_a_body_that_is_nested_too_deeply_is_refused_before_anything_is_applied(
    unlimited: InProcessTrakt,
) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "Queue"})
    for levels in (98, 300, 1_000):
        body = f'{{"movies":[{{"ids":{{"trakt":1}}}},{{"ids":{{"trakt":0}},"x":{nested(levels)}}}]}}'
        assert (await client.post(f"{LISTS}/queue/items", content=body)).status_code == 400
    assert (await client.get(f"{LISTS}/queue")).json()["item_count"] == 0
    body = f'{{"movies":[{{"ids":{{"trakt":1}}}},{{"ids":{{"trakt":0}},"x":{nested(97)}}}]}}'
    response = await client.post(f"{LISTS}/queue/items", content=body)
    assert (response.status_code, response.json()["added"]["movies"], len(response.json()["not_found"]["movies"])) == (
        201,
        1,
        1,
    )


@pytest.mark.parametrize("levels", [100, 300, 1_000, 5_000])
async def test_the_log_shows_requests_whatever_their_bodies_are(unlimited: InProcessTrakt, levels: int) -> None:
    client = await unlimited.client()
    await client.post("/no/such/path", content=nested(levels))
    (logged,) = (await unlimited.admin.get("/requests")).json()
    assert (logged["status"], logged["body"] is None) == (405, levels > 100)


async def test_the_admin_api_refuses_what_is_nested_too_deeply(unlimited: InProcessTrakt) -> None:
    item = f'{{"ids":{{"x":{nested(300)}}}}}'
    seed = f'{{"accounts":[{{"username":"a","lists":[{{"name":"a","items":[{item}]}}]}}]}}'
    assert (await unlimited.admin.post("/seed", content=seed)).status_code == 400
    assert (await unlimited.admin.get("/accounts")).json() == []


async def test_half_a_request_is_none() -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        headers = "".join(f"{name}: {value}\r\n" for name, value in token.headers().items())
        head = f"POST {LISTS} HTTP/1.1\r\nHost: trakt\r\n{headers}Content-Length: 500\r\n\r\n"
        address = httpx.URL(simulator.url)
        _, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(f'{head}{{"name":"half"}}'.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:

            async def is_served() -> bool:
                return (await client.post(LISTS, json={"name": "whole"})).status_code == 201

            await eventually(is_served)
        assert [shown.name for shown in await simulator.admin.lists_of("demo")] == ["whole"]
        assert (await simulator.admin.counts()).by_status == {"201": 1}
