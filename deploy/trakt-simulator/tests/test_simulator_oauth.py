"""Login: device flow, authorization code with PKCE, rotation, revocation."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from trakt_simulator.testing import SimulatorProcess, api_headers
from trakt_simulator.testing.in_process import InProcessTrakt

APP = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
CALLBACK = "http://127.0.0.1:8000/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {"response_type": "code", "client_id": APP["client_id"], "redirect_uri": CALLBACK, "state": "s&1"}
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


async def device_code(trakt: InProcessTrakt) -> dict[str, Any]:
    response = await trakt.client_without_token().post("/oauth/device/code", json={"client_id": APP["client_id"]})
    assert response.status_code == 200
    started: dict[str, Any] = response.json()
    return started


async def poll(trakt: InProcessTrakt, code: str) -> httpx.Response:
    return await trakt.client_without_token().post("/oauth/device/token", json={"code": code, **APP})


async def decide(trakt: InProcessTrakt, user_code: str, decision: str, username: str = "demo") -> httpx.Response:
    form = {"user_code": user_code, "username": username, "decision": decision}
    return await trakt.browser.post("/activate", data=form)


async def authorized_code(trakt: InProcessTrakt, **asked: str) -> str:
    form = {**ASKED, **asked, "decision": "approve", "username": "demo"}
    response = await trakt.browser.post("/oauth/authorize", data=form)
    assert response.status_code == 302
    return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]


async def exchange(trakt: InProcessTrakt, code: str, **fields: str) -> httpx.Response:
    body = {"code": code, "redirect_uri": CALLBACK, "grant_type": "authorization_code", **fields}
    return await trakt.client_without_token().post("/oauth/token", json=body)


async def refresh(trakt: InProcessTrakt, token: str, **fields: str) -> httpx.Response:
    body = {"refresh_token": token, "grant_type": "refresh_token", **APP, **fields}
    return await trakt.client_without_token().post(
        "/oauth/token", json={name: value for name, value in body.items() if value}
    )


async def test_a_device_code_is_as_documented(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    assert (len(code["device_code"]), len(code["user_code"])) == (64, 8)
    assert code["verification_url"] == "http://trakt.test/activate"
    assert (code["expires_in"], code["interval"]) == (600, 5)


async def test_a_device_waits_until_the_user_approves_and_gets_its_token_once(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    assert (await poll(unlimited, code["device_code"])).status_code == 400
    assert "Connected" in (await decide(unlimited, code["user_code"].lower(), "approve")).text
    unlimited.pass_time(1)
    token = await poll(unlimited, code["device_code"])
    assert token.status_code == 200
    assert set(token.json()) == {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"}
    assert (token.json()["token_type"], token.json()["scope"], token.json()["expires_in"]) == (
        "bearer",
        "public",
        604_800,
    )
    client = unlimited.client_with({**api_headers(), "Authorization": f"Bearer {token.json()['access_token']}"})
    assert (await client.get("/users/settings")).json()["user"]["username"] == "demo"
    assert (await poll(unlimited, code["device_code"])).status_code == 409


async def test_a_denied_device_is_told_so(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    await decide(unlimited, code["user_code"], "deny")
    response = await poll(unlimited, code["device_code"])
    assert (response.status_code, response.content) == (418, b"")


async def test_a_device_that_polls_too_fast_is_slowed_down(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    statuses = []
    for wait_s in (0, 4, 5):
        unlimited.pass_time(wait_s)
        statuses.append((await poll(unlimited, code["device_code"])).status_code)
    assert statuses == [400, 429, 400]


async def test_a_device_code_expires_for_device_and_user(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    unlimited.pass_time(600)
    assert (await decide(unlimited, code["user_code"], "approve")).status_code == 400
    assert (await poll(unlimited, code["device_code"])).status_code == 410


async def test_an_unknown_device_code_is_not_found(unlimited: InProcessTrakt) -> None:
    assert (await poll(unlimited, "0" * 64)).status_code == 404


async def test_a_device_without_the_secret_is_an_option(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    body = {"code": code["device_code"], "client_id": APP["client_id"]}
    assert (await unlimited.client_without_token().post("/oauth/device/token", json=body)).status_code == 400
    await unlimited.admin.patch("/options", json={"secret_required": True})
    refused = await unlimited.client_without_token().post("/oauth/device/token", json=body)
    assert refused.json()["error"] == "invalid_client"


async def test_a_device_is_decided_on_by_the_admin_api_too(unlimited: InProcessTrakt) -> None:
    code = await device_code(unlimited)
    response = await unlimited.admin.post(f"/device/{code['user_code']}", json={"username": "new one"})
    assert response.status_code == 204
    assert (await poll(unlimited, code["device_code"])).status_code == 200
    assert (await unlimited.admin.post(f"/device/{code['user_code']}", json={"username": "x"})).status_code == 404


async def test_the_page_of_a_code_has_it_filled_in_and_escapes_what_it_shows(unlimited: InProcessTrakt) -> None:
    assert 'value="ABCD2345"' in (await unlimited.browser.get("/activate/ABCD2345")).text
    response = await decide(unlimited, '"><script>x', "approve")
    assert response.status_code == 400
    assert "<script>x" not in response.text


async def test_a_code_with_pkce_is_exchanged_without_a_secret(unlimited: InProcessTrakt) -> None:
    code = await authorized_code(unlimited, **PKCE)
    token = await exchange(unlimited, code, client_id=APP["client_id"], code_verifier=VERIFIER)
    assert token.status_code == 200
    again = await exchange(unlimited, code, client_id=APP["client_id"], code_verifier=VERIFIER)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_the_redirect_bears_the_apps_state(unlimited: InProcessTrakt) -> None:
    form = {**ASKED, "decision": "approve", "username": "demo"}
    location = (await unlimited.browser.post("/oauth/authorize", data=form)).headers["location"]
    assert location.startswith(f"{CALLBACK}?code=")
    assert parse_qs(urlsplit(location).query)["state"] == ["s&1"]


async def test_a_code_without_pkce_needs_the_secret(unlimited: InProcessTrakt) -> None:
    refused = await exchange(unlimited, await authorized_code(unlimited), client_id=APP["client_id"])
    assert refused.json()["error"] == "invalid_client"
    refused = await exchange(
        unlimited, await authorized_code(unlimited), client_id=APP["client_id"], code_verifier=VERIFIER
    )
    assert refused.json()["error"] == "invalid_grant"
    assert (await exchange(unlimited, await authorized_code(unlimited), **APP)).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": "v" * 42},
        {"code_verifier": VERIFIER, "redirect_uri": CALLBACK + "/"},
        {"code_verifier": VERIFIER, "redirect_uri": CALLBACK.upper()},
        {},
    ],
)
async def test_a_code_is_not_exchanged_with_a_wrong_verifier_or_redirect_uri(
    unlimited: InProcessTrakt, fields: dict[str, str]
) -> None:
    refused = await exchange(unlimited, await authorized_code(unlimited, **PKCE), **{**APP, **fields})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_code_expires(unlimited: InProcessTrakt) -> None:
    code = await authorized_code(unlimited)
    unlimited.pass_time(600)
    assert (await exchange(unlimited, code, **APP)).status_code == 400


async def test_a_user_who_denies_sends_the_app_an_error(unlimited: InProcessTrakt) -> None:
    response = await unlimited.browser.post("/oauth/authorize", data={**ASKED, "decision": "deny"})
    assert response.headers["location"] == f"{CALLBACK}?error=access_denied&state=s%261"


@pytest.mark.parametrize(
    "asked", [{"client_id": "unknown"}, {"redirect_uri": "http://evil.test/"}, {"redirect_uri": CALLBACK.upper()}]
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    unlimited: InProcessTrakt, asked: dict[str, str]
) -> None:
    assert (await unlimited.browser.get("/oauth/authorize", params={**ASKED, **asked})).status_code == 400
    form = {**ASKED, **asked, "decision": "approve", "username": "demo"}
    assert (await unlimited.browser.post("/oauth/authorize", data=form)).status_code == 400


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x"}, "invalid_request"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told(unlimited: InProcessTrakt, asked: dict[str, str], error: str) -> None:
    response = await unlimited.browser.get("/oauth/authorize", params={**ASKED, **asked})
    assert response.status_code == 302
    assert parse_qs(urlsplit(response.headers["location"]).query)["error"] == [error]


async def test_an_app_without_an_address_gets_its_code_by_copying(unlimited: InProcessTrakt) -> None:
    form = {**ASKED, "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "decision": "approve", "username": "demo"}
    assert "Copy this code" in (await unlimited.browser.post("/oauth/authorize", data=form)).text


async def test_a_refresh_token_is_dead_once_it_was_used(unlimited: InProcessTrakt) -> None:
    first = await unlimited.account()
    second = await refresh(unlimited, first.refresh_token, redirect_uri="urn:ietf:wg:oauth:2.0:oob")
    assert second.status_code == 200
    again = await refresh(unlimited, first.refresh_token)
    assert (again.status_code, again.json()["error_description"]) == (400, "session not found")
    assert (await refresh(unlimited, second.json()["refresh_token"])).status_code == 200


async def test_the_old_access_token_lives_until_it_expires_and_is_then_forgotten(unlimited: InProcessTrakt) -> None:
    first = await unlimited.account()
    await refresh(unlimited, first.refresh_token)
    assert (await unlimited.client_with(first.headers()).get("/users/settings")).status_code == 200
    unlimited.pass_time(604_800)
    assert (await unlimited.client_with(first.headers()).get("/users/settings")).status_code == 401
    await unlimited.account("other")
    assert first.access_token not in unlimited.sim.tokens._by_access


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"refresh_token": "unknown"}, "invalid_grant"),
    ],
)
async def test_a_wrong_refresh_is_a_400_with_oauths_words(
    unlimited: InProcessTrakt, fields: dict[str, str], error: str
) -> None:
    token = await unlimited.account()
    response = await refresh(unlimited, token.refresh_token, **fields)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert (await refresh(unlimited, token.refresh_token)).status_code == 200


async def test_a_refresh_needs_no_secret_unless_an_option_says_so(unlimited: InProcessTrakt) -> None:
    token = await unlimited.account()
    renewed = await refresh(unlimited, token.refresh_token, client_secret="")
    assert renewed.status_code == 200
    await unlimited.admin.patch("/options", json={"secret_required": True})
    assert (await refresh(unlimited, renewed.json()["refresh_token"], client_secret="")).status_code == 400


async def test_basic_authentication_of_the_app_is_not_accepted(unlimited: InProcessTrakt) -> None:
    token = await unlimited.account()
    body = {"refresh_token": token.refresh_token, "grant_type": "refresh_token"}
    auth = httpx.BasicAuth(APP["client_id"], APP["client_secret"])
    assert (await unlimited.client_without_token().post("/oauth/token", json=body, auth=auth)).json()[
        "error"
    ] == "invalid_client"


async def test_a_revoked_token_takes_its_pair_with_it(unlimited: InProcessTrakt) -> None:
    token = await unlimited.account()
    response = await unlimited.client_without_token().post("/oauth/revoke", json={"token": token.access_token, **APP})
    assert (response.status_code, response.json()) == (200, {})
    assert (await unlimited.client_with(token.headers()).get("/users/settings")).status_code == 401
    assert (await refresh(unlimited, token.refresh_token)).status_code == 400


async def test_oauth_works_on_a_base_url_of_its_own_and_on_the_apis() -> None:
    async with SimulatorProcess("--auth-port", "0") as simulator, httpx.AsyncClient(headers=api_headers()) as client:
        for base in (simulator.url, simulator.auth_url, f"{simulator.auth_url}/"):
            code = (await client.post(f"{base}/oauth/device/code", json={"client_id": APP["client_id"]})).json()
            assert code["verification_url"] == f"{simulator.auth_url}/activate"
            assert (await client.get(code["verification_url"])).status_code == 200
        assert (await client.get(f"{simulator.auth_url}/movies/1")).status_code == 404
        assert (await client.get(f"{simulator.auth_url}/_admin/health")).status_code == 404
        assert (await client.get(f"{simulator.url}/movies/1")).status_code == 200
