"""Who gets in: every route of the OpenAPI document, with tokens that are no good, and on another's channels."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import AnyHttpUrl

from chassis.http.auth import Authenticator
from chassis.postgres.database import Pool
from chassis.settings import AuthSettings
from chassis.testing_doors import Door, Values, assert_closed, assert_nobody_elses, doors, rows_of, without
from chassis.testing_identity import LOCAL, LOCAL_KEY, PROVIDER, keys_page
from notifier.app import HttpApplication
from notifier.dispatch import Dispatcher
from notifier.testing import application_on, bearer, delivered, settings_for, sync_started

OPEN = {"GET /health/live", "GET /health/ready"}
NO_ID = "018f0000-0000-7000-8000-000000000000"
SCRIPT = {"name": "Script", "kind": "webhook", "address": "https://hooks.example.org/watchbuddy"}


@pytest.fixture
async def http(dsn: str) -> AsyncIterator[HttpApplication]:
    async with application_on(settings_for(dsn)) as http:
        yield http


def client_of(http: HttpApplication) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(http.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://notifier")


def test_only_the_probes_need_no_token() -> None:
    assert {door.name for door in doors("notifier") if not door.needs_token} == OPEN


async def test_no_route_opens_to_a_bad_token(http: HttpApplication, pool: Pool) -> None:
    def trust(authenticator: Authenticator) -> Authenticator:
        http.app.state.authenticator = authenticator
        return authenticator

    local = Authenticator(AuthSettings.model_validate({"auth_local_key": LOCAL_KEY}))
    async with client_of(http) as client:
        assert await assert_closed(client, pool, LOCAL, "notifier", lambda: trust(local)) > 400
        with keys_page() as page:
            provider = Authenticator(AuthSettings(auth_jwks_url=AnyHttpUrl(page.url)))
            assert await assert_closed(client, pool, PROVIDER, "notifier", lambda: trust(provider)) > 400
            assert page.reads < 5, "strangers make us ask the provider"


async def objects_of(client: httpx.AsyncClient, dispatcher: Dispatcher, user: str) -> Values:
    """Make a user's channel with a delivery, and a message; return what they are known by."""
    await dispatcher.dispatch([delivered(sync_started(user))])
    headers = bearer(user)
    [message] = (await client.get("/api/notifications", headers=headers)).json()["messages"]
    channel = (await client.post("/api/channels", headers=headers, json=SCRIPT)).json()["channel"]
    delivery = (await client.post(f"/api/channels/{channel['id']}/test", headers=headers)).json()
    return {"message_id": message["id"], "channel_id": channel["id"], "delivery_id": delivery["id"]}


async def test_what_is_another_users_is_not_there(http: HttpApplication, dispatcher: Dispatcher, pool: Pool) -> None:
    async with client_of(http) as client:
        ada, eve = await objects_of(client, dispatcher, "ada"), await objects_of(client, dispatcher, "eve")
        missing = {"message_id": 987654, "channel_id": 987654, "delivery_id": NO_ID}

        async def knock(user: str, door: Door, values: Values) -> httpx.Response:
            return await door.knock(client, bearer(user)["Authorization"], values)

        before = await rows_of(pool)
        names = await assert_nobody_elses(knock, "notifier", ada=ada, eve=eve, missing=missing)
        assert len(names) >= 8
        assert without(await rows_of(pool), "eve") == without(before, "eve")
        for door in doors("notifier"):  # the same requests, by her whose they are
            if door.name in names:
                assert (await knock("ada", door, ada)).status_code != httpx.codes.NOT_FOUND, door.name
