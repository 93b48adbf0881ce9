import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chassis.postgres.database import Pool
from chassis.testing import eventually
from notifier.channels.channel import MOST_CHANNELS
from notifier.testing import application_on, bearer, settings_for
from notifier.testing_channels import LOOPBACK

API = "/api/channels"
SECRET = "s3cr3t"
PHONE = {"name": "Phone", "kind": "apprise", "address": f"ntfys://ada:{SECRET}@ntfy.example.org/{SECRET}"}
SCRIPT = {"name": "Script", "kind": "webhook", "address": f"https://hooks.example.org/{SECRET}"}


@pytest.fixture
async def client(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with application_on(settings_for(dsn)) as http:
        transport = httpx.ASGITransport(http.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier", headers=bearer()) as client:
            yield client


async def made(client: httpx.AsyncClient, **fields: object) -> dict[str, Any]:
    answer = await client.post(API, json=PHONE | fields)
    assert answer.status_code == 201, answer.text
    channel: dict[str, Any] = answer.json()["channel"]
    return channel


async def test_a_channel_is_made_with_what_needs_somebody_and_without_its_secrets(client: httpx.AsyncClient) -> None:
    answer = await client.post(API, json=PHONE)
    assert answer.status_code == 201
    body = answer.json()
    assert body["secret"] is None
    channel = body["channel"]
    created_at, channel_id = channel.pop("created_at"), channel.pop("id")
    assert created_at.endswith("Z")
    assert channel == {
        "kind": "apprise",
        "address": "ntfys://ntfy.example.org/…",
        "name": "Phone",
        "severities": ["warning", "error"],
        "time_zone": "UTC",
        "quiet_hours": None,
        "digest": None,
        "enabled": True,
        "last_sent_at": None,
        "failing_since": None,
        "failure": None,
        "waiting": 0,
        "old_secret_until": None,
    }
    assert (await client.get(f"{API}/{channel_id}")).json()["name"] == "Phone"


async def test_a_webhooks_secret_is_shown_when_it_is_made_and_not_again(client: httpx.AsyncClient, pool: Pool) -> None:
    body = (await client.post(API, json=SCRIPT)).json()
    first, channel_id = body["secret"], body["channel"]["id"]
    assert first.startswith("whsec_")
    rotated = (await client.post(f"{API}/{channel_id}/secret")).json()
    assert rotated["secret"] not in (None, first)
    await client.post(f"{API}/{channel_id}/test")
    seen = [(await client.get(f"{API}{path}")).text for path in ("", f"/{channel_id}", f"/{channel_id}/deliveries")]
    seen.append((await client.patch(f"{API}/{channel_id}", json={"name": "Other"})).text)
    stored = json.dumps([dict(row) for row in await pool.fetch("SELECT * FROM channels")], default=str)
    for secret in (first, rotated["secret"], SECRET):
        assert not any(secret in text for text in [*seen, stored])
    assert (await client.get(f"{API}/{channel_id}")).json()["old_secret_until"] == rotated["old_secret_until"]


async def test_an_apprise_channel_has_no_secret_to_replace(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/{(await made(client))['id']}/secret")
    assert (answer.status_code, answer.json()["slug"]) == (409, "no-webhook")


async def test_a_change_keeps_what_it_does_not_name(client: httpx.AsyncClient) -> None:
    channel = await made(client, digest={"at": "08:00"}, quiet_hours={"begin": "22:00", "end": "07:30"})
    path = f"{API}/{channel['id']}"
    changed = (await client.patch(path, json={"time_zone": "Europe/Berlin", "severities": ["error", "error"]})).json()
    assert changed == channel | {"time_zone": "Europe/Berlin", "severities": ["error"]}
    changed = (await client.patch(path, json={"digest": {"every_hours": 6}, "quiet_hours": None})).json()
    assert (changed["digest"], changed["quiet_hours"]) == ({"every_hours": 6}, None)
    changed = (await client.patch(path, json={"digest": None, "enabled": False})).json()
    assert (changed["digest"], changed["enabled"], changed["time_zone"]) == (None, False, "Europe/Berlin")
    changed = (await client.patch(path, json={"address": "jsons://json.example.org/x"})).json()
    assert changed["address"] == "jsons://json.example.org/…"
    assert (await client.get(path)).json() == changed


async def test_changes_at_the_same_time_are_all_made(client: httpx.AsyncClient) -> None:
    path = f"{API}/{(await made(client))['id']}"
    changes: list[dict[str, object]] = [
        {"name": "Other"},
        {"severities": ["info"]},
        {"time_zone": "Asia/Tokyo"},
        {"digest": {"at": "08:00"}},
        {"enabled": False},
    ]
    await asyncio.gather(*(client.patch(path, json=change) for change in changes))
    channel = (await client.get(path)).json()
    assert all(channel[name] == value for change in changes for name, value in change.items())


async def test_a_channel_is_deleted_once(client: httpx.AsyncClient) -> None:
    path = f"{API}/{(await made(client))['id']}"
    await client.post(f"{path}/test")
    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).status_code == 404
    assert (await client.get(API)).json() == {"channels": []}


async def test_another_users_channel_is_not_there(client: httpx.AsyncClient) -> None:
    body = (await client.post(API, json=SCRIPT)).json()["channel"]
    path = f"{API}/{body['id']}"
    delivery = (await client.post(f"{path}/test")).json()
    bob = bearer("bob")
    assert (await client.get(API, headers=bob)).json() == {"channels": []}
    answers = [
        await client.request(method, f"{path}{rest}", headers=bob, json=given)
        for method, rest, given in (
            ("GET", "", None),
            ("PATCH", "", {"name": "Mine"}),
            ("DELETE", "", None),
            ("POST", "/test", None),
            ("POST", "/secret", None),
            ("GET", "/deliveries", None),
            ("GET", f"/deliveries/{delivery['id']}", None),
        )
    ]
    assert {(answer.status_code, answer.json()["slug"]) for answer in answers} == {(404, "not-found")}
    assert (await client.get(path)).json() == body | {"waiting": 1}


async def test_there_are_so_many_channels_and_no_more(client: httpx.AsyncClient) -> None:
    for number in range(MOST_CHANNELS):
        await made(client, name=str(number))
    answer = await client.post(API, json=PHONE)
    assert (answer.status_code, answer.json()["slug"]) == (409, "too-many-channels")
    assert len((await client.get(API)).json()["channels"]) == MOST_CHANNELS


async def test_a_test_is_a_delivery_of_its_own_and_there_is_one_in_ten_seconds(client: httpx.AsyncClient) -> None:
    path = f"{API}/{(await made(client))['id']}"
    answer = await client.post(f"{path}/test")
    assert answer.status_code == 202
    delivery = answer.json()
    assert (delivery["state"], delivery["test"], delivery["attempts"]) == ("pending", True, 0)
    assert delivery["text"] == "This is a test of 'Phone'. Messages of your lists will come here."
    assert (await client.get(f"{path}/deliveries/{delivery['id']}")).json() == delivery
    log = (await client.get(f"{path}/deliveries")).json()
    assert log == {"deliveries": [delivery], "page": 1, "limit": 25, "total": 1}
    again = await client.post(f"{path}/test")
    assert (again.status_code, again.json()["slug"]) == (429, "too-many-requests")
    assert 1 <= int(again.headers["Retry-After"]) <= 10


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "body.name"),
        ({"name": " \u200b"}, "body.name"),
        ({"name": "a\nb"}, "body.name"),
        ({"name": "x" * 81}, "body.name"),
        ({"kind": "pigeon"}, "body.kind"),
        ({"address": ""}, "body.address"),
        ({"address": "file:///etc/passwd"}, "body.address"),
        ({"address": "ntfy://127.0.0.1/topic"}, "body.address"),
        ({"address": "ntfy://localhost/topic"}, "body.address"),
        ({"address": "json://[::1]/"}, "body.address"),
        ({"address": "json://169.254.169.254/latest"}, "body.address"),
        ({"kind": "webhook", "address": "http://hooks.example.org/"}, "body.address"),
        ({"kind": "webhook", "address": "https://10.0.0.1/"}, "body.address"),
        ({"kind": "webhook", "address": "https://a:b@hooks.example.org/"}, "body.address"),
        ({"severities": []}, "body.severities"),
        ({"severities": ["loud"]}, "body.severities.0"),
        ({"time_zone": "Berlin"}, "body.time_zone"),
        ({"time_zone": "../../etc/passwd"}, "body.time_zone"),
        ({"quiet_hours": {"begin": "22:00", "end": "22:00"}}, "body.quiet_hours"),
        ({"quiet_hours": {"begin": "24:00", "end": "22:00"}}, "body.quiet_hours.begin"),
        ({"digest": {"every_hours": 5}}, "body.digest.every_hours.every_hours"),
        ({"digest": {"at": "8:00"}}, "body.digest.at.at"),
        ({"digest": {}}, "body.digest.at.at"),
        ({"digest": 6}, "body.digest.at"),
        ({"user_id": "bob"}, "body.user_id"),
    ],
)
async def test_what_is_wrong_is_named_and_no_secret_repeated(
    client: httpx.AsyncClient, fields: dict[str, object], wrong: str
) -> None:
    answer = await client.post(API, json=PHONE | fields)
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == wrong
    assert SECRET not in answer.text
    assert (await client.get(API)).json() == {"channels": []}


async def test_networks_of_ones_own_are_taken_when_a_setting_says_so(dsn: str) -> None:
    settings = settings_for(dsn).model_copy(update={"channel_networks": LOOPBACK, "channel_schemes": "json"})
    async with application_on(settings) as http:
        transport = httpx.ASGITransport(http.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier", headers=bearer()) as client:
            assert await made(client, address="json://127.0.0.1/")
            assert await made(client, kind="webhook", address="http://localhost:8080/")
            refused = await client.post(API, json=PHONE)
    assert refused.json()["detail"] == "body.address: needs to begin with one of json, and ://"


async def test_a_large_body_is_refused_and_one_without_a_token_not_read(client: httpx.AsyncClient) -> None:
    large = PHONE | {"name": "x" * 20_000}
    assert (await client.post(API, json=large)).json()["slug"] == "too-large"
    assert (await client.post(API, json=large, headers={"Authorization": ""})).status_code == 401
    assert (await client.post(API, content=b"[", headers={"Content-Type": "application/json"})).status_code == 422
    assert (await client.post(API, content=b"a=b")).status_code == 415


@pytest.mark.parametrize("path", ["", "/1", "/1/deliveries", "/1/deliveries/0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06"])
async def test_no_route_answers_without_a_token(client: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "PATCH", "DELETE"):
        answer = await client.request(method, f"{API}{path}", headers={"Authorization": ""})
        assert answer.status_code in (401, 405)


async def test_the_service_stays_ready(client: httpx.AsyncClient) -> None:
    async def status() -> int:
        return (await client.get("/health/ready")).status_code

    await eventually(status, until=lambda code: code == 200)
