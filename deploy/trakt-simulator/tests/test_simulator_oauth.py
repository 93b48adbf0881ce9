"""Logging in: device flow, authorization code with PKCE, rotation, revocation."""

import base64
import hashlib
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


async def device_code(trakt: InProcessTrakt) -> dict[str, str]:
    answer = await trakt.stranger().post("/oauth/device/code", json={"client_id": APP["client_id"]})
    assert answer.status_code == 200
    return answer.json()


async def poll(trakt: InProcessTrakt, code: str) -> httpx.Response:
    return await trakt.stranger().post("/oauth/device/token", json={"code": code, **APP})


async def decide(trakt: InProcessTrakt, user_code: str, decision: str, username: str = "demo") -> httpx.Response:
    form = {"user_code": user_code, "username": username, "decision": decision}
    return await trakt.browser.post("/activate", data=form)


async def authorized_code(trakt: InProcessTrakt, **asked: str) -> str:
    form = {**ASKED, **asked, "decision": "approve", "username": "demo"}
    answer = await trakt.browser.post("/oauth/authorize", data=form)
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def exchange(trakt: InProcessTrakt, code: str, **fields: str) -> httpx.Response:
    body = {"code": code, "redirect_uri": CALLBACK, "grant_type": "authorization_code", **fields}
    return await trakt.stranger().post("/oauth/token", json=body)


async def refresh(trakt: InProcessTrakt, token: str, **fields: str) -> httpx.Response:
    body = {"refresh_token": token, "grant_type": "refresh_token", **APP, **fields}
    return await trakt.stranger().post("/oauth/token", json={name: value for name, value in body.items() if value})


async def test_a_device_code_is_as_documented(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    assert (len(code["device_code"]), len(code["user_code"])) == (64, 8)
    assert code["verification_url"] == "http://trakt.test/activate"
    assert (code["expires_in"], code["interval"]) == (600, 5)


async def test_a_device_waits_until_the_user_approves_and_gets_its_token_once(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    assert (await poll(calm, code["device_code"])).status_code == 400
    assert "Connected" in (await decide(calm, code["user_code"].lower(), "approve")).text
    calm.pass_time(1)
    token = await poll(calm, code["device_code"])
    assert token.status_code == 200
    assert set(token.json()) == {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"}
    assert (token.json()["token_type"], token.json()["scope"], token.json()["expires_in"]) == (
        "bearer",
        "public",
        604_800,
    )
    client = calm.client_with({**api_headers(), "Authorization": f"Bearer {token.json()['access_token']}"})
    assert (await client.get("/users/settings")).json()["user"]["username"] == "demo"
    assert (await poll(calm, code["device_code"])).status_code == 409


async def test_a_denied_device_is_told_so(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    await decide(calm, code["user_code"], "deny")
    answer = await poll(calm, code["device_code"])
    assert (answer.status_code, answer.content) == (418, b"")


async def test_a_device_that_polls_too_fast_is_slowed_down(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    statuses = []
    for wait_s in (0, 4, 5):
        calm.pass_time(wait_s)
        statuses.append((await poll(calm, code["device_code"])).status_code)
    assert statuses == [400, 429, 400]


async def test_a_device_code_expires_for_device_and_user(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    calm.pass_time(600)
    assert (await decide(calm, code["user_code"], "approve")).status_code == 400
    assert (await poll(calm, code["device_code"])).status_code == 410


async def test_an_unknown_device_code_is_not_found(calm: InProcessTrakt) -> None:
    assert (await poll(calm, "0" * 64)).status_code == 404


async def test_a_device_without_the_secret_is_an_option(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    body = {"code": code["device_code"], "client_id": APP["client_id"]}
    assert (await calm.stranger().post("/oauth/device/token", json=body)).status_code == 400
    await calm.admin.patch("/options", json={"secret_required": True})
    refused = await calm.stranger().post("/oauth/device/token", json=body)
    assert refused.json()["error"] == "invalid_client"


async def test_a_device_is_decided_on_by_the_admin_api_too(calm: InProcessTrakt) -> None:
    code = await device_code(calm)
    answer = await calm.admin.post(f"/device/{code['user_code']}", json={"username": "new one"})
    assert answer.status_code == 204
    assert (await poll(calm, code["device_code"])).status_code == 200
    assert (await calm.admin.post(f"/device/{code['user_code']}", json={"username": "x"})).status_code == 404


async def test_the_page_of_a_code_has_it_filled_in_and_escapes_what_it_shows(calm: InProcessTrakt) -> None:
    assert 'value="ABCD2345"' in (await calm.browser.get("/activate/ABCD2345")).text
    answer = await decide(calm, '"><script>x', "approve")
    assert answer.status_code == 400
    assert "<script>x" not in answer.text


async def test_a_code_with_pkce_is_exchanged_without_a_secret(calm: InProcessTrakt) -> None:
    code = await authorized_code(calm, **PKCE)
    token = await exchange(calm, code, client_id=APP["client_id"], code_verifier=VERIFIER)
    assert token.status_code == 200
    again = await exchange(calm, code, client_id=APP["client_id"], code_verifier=VERIFIER)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_the_redirect_bears_the_apps_state(calm: InProcessTrakt) -> None:
    form = {**ASKED, "decision": "approve", "username": "demo"}
    location = (await calm.browser.post("/oauth/authorize", data=form)).headers["location"]
    assert location.startswith(f"{CALLBACK}?code=")
    assert parse_qs(urlsplit(location).query)["state"] == ["s&1"]


async def test_a_code_without_pkce_needs_the_secret(calm: InProcessTrakt) -> None:
    refused = await exchange(calm, await authorized_code(calm), client_id=APP["client_id"])
    assert refused.json()["error"] == "invalid_client"
    refused = await exchange(calm, await authorized_code(calm), client_id=APP["client_id"], code_verifier=VERIFIER)
    assert refused.json()["error"] == "invalid_grant"
    assert (await exchange(calm, await authorized_code(calm), **APP)).status_code == 200


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
    calm: InProcessTrakt, fields: dict[str, str]
) -> None:
    refused = await exchange(calm, await authorized_code(calm, **PKCE), **{**APP, **fields})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_code_expires(calm: InProcessTrakt) -> None:
    code = await authorized_code(calm)
    calm.pass_time(600)
    assert (await exchange(calm, code, **APP)).status_code == 400


async def test_a_user_who_denies_sends_the_app_an_error(calm: InProcessTrakt) -> None:
    answer = await calm.browser.post("/oauth/authorize", data={**ASKED, "decision": "deny"})
    assert answer.headers["location"] == f"{CALLBACK}?error=access_denied&state=s%261"


@pytest.mark.parametrize(
    "asked", [{"client_id": "unknown"}, {"redirect_uri": "http://evil.test/"}, {"redirect_uri": CALLBACK.upper()}]
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(calm: InProcessTrakt, asked: dict[str, str]) -> None:
    assert (await calm.browser.get("/oauth/authorize", params={**ASKED, **asked})).status_code == 400
    form = {**ASKED, **asked, "decision": "approve", "username": "demo"}
    assert (await calm.browser.post("/oauth/authorize", data=form)).status_code == 400


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x"}, "invalid_request"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told(calm: InProcessTrakt, asked: dict[str, str], error: str) -> None:
    answer = await calm.browser.get("/oauth/authorize", params={**ASKED, **asked})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == [error]


async def test_an_app_without_an_address_gets_its_code_by_copying(calm: InProcessTrakt) -> None:
    form = {**ASKED, "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "decision": "approve", "username": "demo"}
    assert "Copy this code" in (await calm.browser.post("/oauth/authorize", data=form)).text


async def test_a_refresh_token_is_dead_once_it_was_used(calm: InProcessTrakt) -> None:
    first = await calm.account()
    second = await refresh(calm, first.refresh_token, redirect_uri="urn:ietf:wg:oauth:2.0:oob")
    assert second.status_code == 200
    again = await refresh(calm, first.refresh_token)
    assert (again.status_code, again.json()["error_description"]) == (400, "session not found")
    assert (await refresh(calm, second.json()["refresh_token"])).status_code == 200


async def test_the_old_access_token_lives_until_it_expires_and_is_then_forgotten(calm: InProcessTrakt) -> None:
    first = await calm.account()
    await refresh(calm, first.refresh_token)
    assert (await calm.client_with(first.headers()).get("/users/settings")).status_code == 200
    calm.pass_time(604_800)
    assert (await calm.client_with(first.headers()).get("/users/settings")).status_code == 401
    await calm.account("other")
    assert first.access_token not in calm.sim.tokens._by_access


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
    calm: InProcessTrakt, fields: dict[str, str], error: str
) -> None:
    token = await calm.account()
    answer = await refresh(calm, token.refresh_token, **fields)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert (await refresh(calm, token.refresh_token)).status_code == 200


async def test_a_refresh_needs_no_secret_unless_an_option_says_so(calm: InProcessTrakt) -> None:
    token = await calm.account()
    renewed = await refresh(calm, token.refresh_token, client_secret="")
    assert renewed.status_code == 200
    await calm.admin.patch("/options", json={"secret_required": True})
    assert (await refresh(calm, renewed.json()["refresh_token"], client_secret="")).status_code == 400


async def test_basic_authentication_of_the_app_is_not_accepted(calm: InProcessTrakt) -> None:
    token = await calm.account()
    body = {"refresh_token": token.refresh_token, "grant_type": "refresh_token"}
    auth = httpx.BasicAuth(APP["client_id"], APP["client_secret"])
    assert (await calm.stranger().post("/oauth/token", json=body, auth=auth)).json()["error"] == "invalid_client"


async def test_a_revoked_token_takes_its_pair_with_it(calm: InProcessTrakt) -> None:
    token = await calm.account()
    answer = await calm.stranger().post("/oauth/revoke", json={"token": token.access_token, **APP})
    assert (answer.status_code, answer.json()) == (200, {})
    assert (await calm.client_with(token.headers()).get("/users/settings")).status_code == 401
    assert (await refresh(calm, token.refresh_token)).status_code == 400


async def test_oauth_works_on_a_base_url_of_its_own_and_on_the_apis() -> None:
    async with SimulatorProcess("--auth-port", "0") as simulator, httpx.AsyncClient(headers=api_headers()) as client:
        for base in (simulator.url, simulator.auth_url, f"{simulator.auth_url}/"):
            code = (await client.post(f"{base}/oauth/device/code", json={"client_id": APP["client_id"]})).json()
            assert code["verification_url"] == f"{simulator.auth_url}/activate"
            assert (await client.get(code["verification_url"])).status_code == 200
        assert (await client.get(f"{simulator.auth_url}/movies/1")).status_code == 404
        assert (await client.get(f"{simulator.auth_url}/_admin/health")).status_code == 404
        assert (await client.get(f"{simulator.url}/movies/1")).status_code == 200
