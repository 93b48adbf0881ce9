"""No token, code or key is in anything that comes out: logs (DEBUG), answers, events, the database."""

import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from chassis.testing import eventually
from chassis.testing_canaries import Canaries, canaries
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import CLIENT, KEY, QUICK, Harness, harness, movies, wanted
from trakt_sync.testing.hostile import Answer, ForOne, answered, hostile
from trakt_sync.testing.http import AUTH_KEY, application_on, bearer, client_of, http_settings
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.transport import connect


@pytest.fixture
async def made(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    await admin.options(device_interval_s=0.05)
    async with harness(dsn, simulator_url) as made:
        yield made


@pytest.fixture
async def app(made: Harness, dsn: str, simulator_url: str) -> AsyncIterator[FastAPI]:
    async with application_on(http_settings(dsn, simulator_url), wake=made.runtime.wake) as app:
        yield app


async def everything(made: Harness) -> list[str]:
    """Return the events that were written, as they are sent."""
    return [f"{row['value']!r} {row['headers']}" for row in await made.pool.fetch("SELECT value, headers FROM outbox")]


def know_installation(known: Canaries) -> None:
    known.know(key=KEY, client=CLIENT.client_secret.get_secret_value(), local_key=AUTH_KEY)
    known.know(bearer=bearer()["Authorization"].removeprefix("Bearer "))


async def test_a_life_of_an_account_tells_no_secret(made: Harness, app: FastAPI, admin: SimulatorAdmin) -> None:
    known = canaries()
    know_installation(known)
    pair = await admin.account("ada", vip=True)
    known.know(access=pair.access_token, refresh=pair.refresh_token)
    await made.connect("ada", pair.model_dump_json())
    async with client_of(app) as client, made.worker():
        await made.want(wanted(1, items=movies(1, 2)))
        await made.settled(1)
        await admin.expire_tokens("ada")
        await made.want(wanted(1, 2, items=movies(1, 2, 3)))
        await made.settled(1)  # the pair was renewed
        await admin.expire_tokens("ada", refresh_too=True)
        await made.want(wanted(1, 3, items=movies(1)))
        await eventually(lambda: made.pool.fetchval("SELECT state <> 'connected' FROM account"))
        begun = known.note(await client.post("/api/trakt/device")).json()
        await admin.decide_device(begun["user_code"], "ada")
        await eventually(lambda: made.pool.fetchval("SELECT state = 'connected' FROM account"))
        for path in ("/api/trakt/status", "/api/trakt/account", "/api/trakt/lists/1", "/api/trakt/lists/9"):
            known.note(await client.get(path))
        known.note(await client.get("/api/trakt/callback?state=a-canary-of-a-state&code=a-canary-of-a-code"))
        known.know(state="a-canary-of-a-state", code="a-canary-of-a-code")
        known.note(await client.get("/api/trakt/status", headers={"Authorization": "Bearer a-canary-of-a-token"}))
        known.know(bad="a-canary-of-a-token")
        known.note(await client.post("/api/trakt/disconnect"))
    await known.look_into(made.pool)
    known.assert_silent(told_events=await everything(made))


def echo(request: str) -> Answer:
    """Answer with the request itself, as debugging proxies do."""
    return answered(request.encode(), "422 Unprocessable", Content_Type="text/plain", X_Debug="1")


async def test_what_trakt_repeats_of_a_request_is_told_to_nobody(made: Harness, app: FastAPI) -> None:
    pair = {"access_token": "a-canary-of-access", "refresh_token": "a-canary-of-refresh", "expires_in": 604800}
    known = canaries()
    know_installation(known)
    known.know(access=pair["access_token"], refresh=pair["refresh_token"])  # type: ignore[arg-type]
    await made.connect("ada", json.dumps(pair | {"username": "ada"}))
    async with hostile(echo) as server, connect(server.url, CLIENT.client_id) as http, client_of(app) as client:
        ill = TraktClient(http, server.url, CLIENT, tries=QUICK, now=made.clock)
        async with made.worker(ForOne(made.trakt, "a-canary-of-access", ill)):
            await made.want(wanted(1, items=movies(1)))
            await eventually(lambda: made.pool.fetchval("SELECT max(attempts) >= 3 FROM mirror"))
        assert any("a-canary-of-access" in request for request in server.requests)
        known.note(await client.get("/api/trakt/lists/1"))
    await known.look_into(made.pool)
    known.assert_silent(told_events=await everything(made))
