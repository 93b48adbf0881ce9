"""Logging in by address, and disconnecting."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, import_of, movies, wanted
from trakt_sync.testing.http import application_on, client_of, http_settings
from watchbuddy_contracts import (
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktListReadFailed,
)

REDIRECT = "http://127.0.0.1:8000/callback"
CALLBACK = "/api/trakt/callback"
AUTHORIZE = "/api/trakt/authorize"
DISCONNECT = "/api/trakt/disconnect"
STATUS = "/api/trakt/status"


@pytest.fixture
async def made(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    await admin.account("grace", vip=True)
    async with harness(dsn, simulator_url) as made:
        yield made


@pytest.fixture
async def app(made: Harness, dsn: str, simulator_url: str) -> AsyncIterator[FastAPI]:
    settings = http_settings(dsn, simulator_url, trakt_redirect_uri=REDIRECT)
    async with application_on(settings, wake=made.runtime.wake, now=made.clock) as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def address(client: httpx.AsyncClient) -> str:
    answer = await client.post(AUTHORIZE)
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["authorize_url"]
    return url


async def at_trakt(url: str, decision: str = "approve") -> dict[str, str]:
    """Decide on Trakt's page, and return what Trakt gives the browser for us."""
    fields = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    async with httpx.AsyncClient(trust_env=False) as browser:
        sent = await browser.post(url.partition("?")[0], data={**fields, "username": "grace", "decision": decision})
    back = urlsplit(sent.headers["location"])
    assert sent.headers["location"].startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(back.query).items()}


async def back_here(app: FastAPI, query: dict[str, str]) -> httpx.Response:
    """Come back as a browser does: without a token."""
    async with client_of(app) as browser:
        return await browser.get(CALLBACK, params=query, headers={"Authorization": ""})


async def state_of(client: httpx.AsyncClient) -> str:
    return str((await client.get(STATUS)).json()["state"])


async def test_a_user_logs_in_by_address(app: FastAPI, client: httpx.AsyncClient, made: Harness) -> None:
    query = await at_trakt(await address(client))
    page = await back_here(app, query)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Your Trakt account is connected." in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    status = (await client.get(STATUS)).json()
    assert (status["state"], status["trakt_user"]) == ("connected", "grace")
    assert len(await made.events(TraktAccountConnected)) == 1

    again = await back_here(app, query)
    assert (again.status_code, "used already" in again.text) == (400, True)
    assert len(await made.events(TraktAccountConnected)) == 1


async def test_what_is_stored_of_a_login_ends_nobodys_login(made: Harness, client: httpx.AsyncClient) -> None:
    state = parse_qs(urlsplit(await address(client)).query)["state"][0]
    row = await made.pool.fetchrow("SELECT * FROM authorization_login")
    assert row is not None
    assert state.encode() not in b"".join(value for value in row.values() if isinstance(value, bytes))


async def test_a_login_that_the_user_denies_says_so(app: FastAPI, client: httpx.AsyncClient) -> None:
    page = await back_here(app, await at_trakt(await address(client), "deny"))
    assert (page.status_code, "did not let WatchBuddy in" in page.text) == (400, True)
    assert await state_of(client) == "disconnected"


async def test_a_wrong_an_old_and_an_expired_state_are_refused_each_in_its_words(
    app: FastAPI, client: httpx.AsyncClient, made: Harness
) -> None:
    unknown = await back_here(app, {"state": "made-up", "code": "c"})
    assert "does not know this login" in unknown.text
    assert "does not know this login" in (await back_here(app, {})).text

    first = await at_trakt(await address(client))
    second = await at_trakt(await address(client))
    assert "have begun another" in (await back_here(app, first)).text

    made.clock.move(timedelta(minutes=11))
    expired = await back_here(app, second)
    assert (expired.status_code, "longer than ten minutes" in expired.text) == (400, True)
    assert await state_of(client) == "disconnected"


async def test_a_code_that_trakt_does_not_accept_and_a_trakt_that_is_away_are_told_apart(
    app: FastAPI, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    query = await at_trakt(await address(client))
    assert "did not accept" in (await back_here(app, {**query, "code": "another"})).text
    query = await at_trakt(await address(client))
    await admin.fault("status", path="/oauth/token", status=503, times=1)
    assert "does not answer" in (await back_here(app, query)).text


async def test_an_installation_may_have_a_page_of_its_own(made: Harness, dsn: str, simulator_url: str) -> None:
    del made
    settings = http_settings(
        dsn, simulator_url, trakt_redirect_uri=REDIRECT, login_return_url="https://watchbuddy.example/settings?tab=1"
    )
    async with application_on(settings) as app, client_of(app) as client:
        sent = await back_here(app, await at_trakt(await address(client)))
        assert (sent.status_code, sent.headers["location"]) == (
            303,
            "https://watchbuddy.example/settings?tab=1&login=connected",
        )


async def test_without_an_address_of_ours_only_the_device_code_is_left(
    made: Harness, dsn: str, simulator_url: str
) -> None:
    del made
    async with application_on(http_settings(dsn, simulator_url)) as app, client_of(app) as client:
        refused = await client.post(AUTHORIZE)
    assert (refused.status_code, refused.json()["slug"]) == (409, "no-redirect")


async def test_after_disconnecting_nothing_is_asked_and_a_new_login_goes_on_with_the_same_lists(
    app: FastAPI, client: httpx.AsyncClient, made: Harness, admin: SimulatorAdmin
) -> None:
    await back_here(app, await at_trakt(await address(client)))
    async with made.worker():
        await made.want(wanted(items=movies(1, 2)))
        await made.settled()
        [before] = await admin.lists_of("grace")

        left = await client.post(DISCONNECT)
        assert (left.status_code, left.json()) == (200, {"state": "disconnected", "revoked": True, "lists_left": 1})
        assert await state_of(client) == "disconnected"
        assert await made.pool.fetchval("SELECT tokens FROM account") is None
        assert len(await made.events(TraktAccountDisconnected)) == 1
        await admin.clear_requests()
        await made.want(wanted(version=2, items=movies(1, 2, 3)), import_of("some-list"))
        [failed] = await made.sent(TraktListReadFailed)
        assert failed.reason == "not_connected"
        assert await admin.requests(account="grace") == []

        assert (await client.post(DISCONNECT)).json()["revoked"] is False
        assert len(await made.events(TraktAccountDisconnected)) == 1

        await back_here(app, await at_trakt(await address(client)))
        await made.settled()
    [after] = await admin.lists_of("grace")
    assert (after.ids["trakt"], after.item_count) == (before.ids["trakt"], 3)


async def test_a_trakt_that_is_away_keeps_nobody_connected(
    app: FastAPI, client: httpx.AsyncClient, made: Harness, admin: SimulatorAdmin
) -> None:
    await back_here(app, await at_trakt(await address(client)))
    await made.want(import_of("some-list"))
    device = (await client.post("/api/trakt/device")).json()
    await admin.fault("status", path="/oauth/revoke", status=503, times=1)
    assert (await client.post(DISCONNECT)).json()["revoked"] is False
    assert await state_of(client) == "disconnected"
    # The import that waited has ended, and so has the login that was open.
    assert [failed.reason for failed in await made.events(TraktListReadFailed)] == ["not_connected"]
    assert device["state"] == "pending"
    assert (await client.get("/api/trakt/device")).status_code == 404
