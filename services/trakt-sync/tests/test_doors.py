"""Who gets in: every route of the OpenAPI document, tried with tokens that are no good, and on another user's lists."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import AnyHttpUrl

from chassis.clock import utc_now
from chassis.http.auth import Authenticator
from chassis.postgres.database import Pool
from chassis.settings import AuthSettings
from chassis.testing_doors import Door, Values, assert_closed, assert_nobody_elses, doors, rows_of, without
from chassis.testing_identity import LOCAL, LOCAL_KEY, PROVIDER, keys_page
from trakt_sync.testing import movies, wanted
from trakt_sync.testing.http import application_on, bearer, client_of, http_settings
from trakt_sync.use_cases import record

OPEN = {"GET /api/trakt/callback", "GET /health/live", "GET /health/ready"}
"""Trakt sends a browser to the callback, with the login's state."""
TRACE = "{}"


@pytest.fixture
async def app(dsn: str) -> AsyncIterator[FastAPI]:
    away = httpx.MockTransport(lambda _: httpx.Response(503))
    trakt = httpx.AsyncClient(transport=away, base_url="http://trakt.test")
    async with application_on(http_settings(dsn, "http://trakt.test"), trakt=trakt) as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        del client.headers["Authorization"]
        yield client


def test_only_these_routes_need_no_token() -> None:
    assert {door.name for door in doors("trakt-sync") if not door.needs_token} == OPEN


async def test_no_route_opens_to_a_bad_token(app: FastAPI, client: httpx.AsyncClient) -> None:
    pool: Pool = app.state.pool

    def trust(authenticator: Authenticator) -> Authenticator:
        app.state.authenticator = authenticator
        return authenticator

    local = Authenticator(AuthSettings.model_validate({"auth_local_key": LOCAL_KEY}))
    assert await assert_closed(client, pool, LOCAL, "trakt-sync", lambda: trust(local)) > 400
    with keys_page() as page:
        provider = Authenticator(AuthSettings(auth_jwks_url=AnyHttpUrl(page.url)))
        assert await assert_closed(client, pool, PROVIDER, "trakt-sync", lambda: trust(provider)) > 400
        assert page.reads < 5, "strangers make us ask the provider"


async def test_what_is_another_users_is_not_there(app: FastAPI, client: httpx.AsyncClient) -> None:
    pool: Pool = app.state.pool
    lists = {"ada": 41, "eve": 42}
    for user, list_id in lists.items():
        await record(pool, [(wanted(list_id, user=user, items=movies(1, 2)), TRACE)], utc_now())

    async def knock(user: str, door: Door, values: Values) -> httpx.Response:
        return await door.knock(client, bearer(user)["Authorization"], values)

    ada, eve = ({"list_id": lists[user]} for user in ("ada", "eve"))
    before = await rows_of(pool)
    names = await assert_nobody_elses(knock, "trakt-sync", ada=ada, eve=eve, missing={"list_id": 987654})
    assert len(names) >= 5
    assert without(await rows_of(pool), "eve") == without(before, "eve")
    for door in doors("trakt-sync"):  # the same requests, by her whose they are
        if door.name in names:
            assert (await knock("ada", door, ada)).status_code != httpx.codes.NOT_FOUND, door.name
