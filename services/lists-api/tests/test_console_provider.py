"""Logging in at an identity provider: authorization code with PKCE, renewal, logout. The provider is a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from chassis.testing import served
from lists_api.testing import Api, running_api
from lists_api.testing_provider import FakeProvider

LISTS = "/api/lists"
HERE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Installation:
    provider: FakeProvider
    api: Api
    browser: httpx.AsyncClient
    settings: dict[str, Any]


@asynccontextmanager
async def installed(dsn: str, **settings: Any) -> AsyncIterator[Installation]:  # noqa: ANN401 - settings
    provider = FakeProvider()
    async with served(provider.app()) as provider.url:
        ours = provider.settings() | settings
        async with running_api(dsn, **ours) as api, browser_of(api) as browser:
            await api.delete_everything()
            api.clock.now = datetime.now(UTC)
            provider.clock = api.clock
            yield Installation(provider, api, browser, ours)


def browser_of(api: Api) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(api.origin), base_url="http://lists", headers=HERE)


@pytest.fixture
async def here(dsn: str) -> AsyncIterator[Installation]:
    async with installed(dsn) as one:
        yield one


async def go(browser: httpx.AsyncClient) -> str:
    """Begin a login and pass the provider's page; return where it sends the browser."""
    begun = await browser.get("/login/provider")
    assert begun.status_code == 303
    async with httpx.AsyncClient() as at_provider:
        return str((await at_provider.get(begun.headers["location"])).headers["location"])


async def log_in(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get(await go(browser))


async def test_a_login_at_the_provider_makes_a_session(here: Installation) -> None:
    ended = await log_in(here.browser)
    assert (ended.status_code, ended.headers["location"]) == (303, "/")
    session = (await here.browser.get("/api/session")).json()
    assert (session["user_id"], session["login"]) == ("ada", "oidc")
    assert datetime.fromisoformat(session["expires_at"]) == here.api.clock.now + timedelta(days=30)
    made = await here.browser.post(LISTS, json={"title": "Noir", "list_type": "manual"})
    assert made.status_code == 201


async def test_the_login_page_names_the_provider(here: Installation, dsn: str) -> None:
    assert 'href="/login/provider">Log in with 127.0.0.1<' in (await here.browser.get("/login")).text
    async with running_api(dsn) as api:
        assert "/login/provider" not in (await api.http.get("/login")).text
        assert (await api.http.get("/login/provider")).status_code == 404


async def test_two_tabs_can_log_in_at_a_time(here: Installation) -> None:
    first, second = await go(here.browser), await go(here.browser)
    for address in (second, first):
        assert (await here.browser.get(address)).headers["location"] == "/"


async def test_a_code_is_good_for_the_browser_that_began_the_login(here: Installation) -> None:
    address = await go(here.browser)
    async with browser_of(here.api) as other:
        assert (await other.get(address)).headers["location"] == "/login?login=unknown"
        await go(other)  # it has a login of its own under way
        assert (await other.get(address)).headers["location"] == "/login?login=unknown"
        assert "watchbuddy" not in other.cookies
    assert (await here.browser.get(address)).headers["location"] == "/"
    assert (await here.browser.get(address)).headers["location"] == "/login?login=failed"  # again


async def test_a_login_that_the_user_refuses_says_so(here: Installation) -> None:
    state = httpx.URL(await go(here.browser)).params["state"]
    for error, how in (("access_denied", "denied"), ("server_error", "failed")):
        ended = await here.browser.get("/login/callback", params={"state": state, "error": error})
        assert ended.headers["location"] == f"/login?login={how}"


async def test_an_answer_of_another_provider_is_not_taken(here: Installation) -> None:
    address = await go(here.browser)
    assert (await here.browser.get(f"{address}&iss=https://evil.example")).headers["location"].endswith("unknown")


@pytest.mark.parametrize(
    "changes",
    [
        {"id_token": {"nonce": "another"}},
        {"id_token": {"aud": "another client"}},
        {"id_token": {"sub": "bob"}},
        {"id_token": {"iss": "https://evil.example"}},
        {"audience": "another api"},
        {"without": ["id_token"]},
        {"without": ["access_token"]},
    ],
    ids=str,
)
async def test_tokens_that_are_not_of_this_login_are_refused(here: Installation, changes: dict[str, Any]) -> None:
    here.provider.changes = changes
    assert (await log_in(here.browser)).headers["location"] == "/login?login=failed"
    assert "watchbuddy" not in here.browser.cookies


async def test_a_provider_that_is_away_is_asked_again(here: Installation) -> None:
    here.provider.is_away = True
    assert (await here.browser.get("/login/provider")).headers["location"] == "/login?login=away"
    here.provider.is_away = False
    address = await go(here.browser)
    here.provider.is_away = True
    assert (await here.browser.get(address)).headers["location"] == "/login?login=away"
    here.provider.is_away = False
    assert (await here.browser.get(address)).headers["location"] == "/"


async def test_a_token_is_renewed_ahead_of_its_end_and_once(here: Installation) -> None:
    await log_in(here.browser)
    here.api.clock.advance(timedelta(minutes=3))
    assert (await here.browser.get(LISTS)).is_success
    assert here.provider.renewals == 0
    here.api.clock.advance(timedelta(minutes=1, seconds=30))
    async with running_api_of(here) as replica, browser_of(replica) as tab:
        replica.clock.now = here.api.clock.now
        tab.cookies = here.browser.cookies
        answers = await asyncio.gather(*(one.get(LISTS) for one in (here.browser, tab) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert here.provider.renewals == 1


def running_api_of(here: Installation) -> Any:  # noqa: ANN401 - a context manager
    return running_api(here.api.settings.database_url.get_secret_value(), **here.settings)


async def test_a_provider_that_is_away_at_a_renewal_ends_no_session(here: Installation) -> None:
    await log_in(here.browser)
    here.provider.is_away = True
    here.api.clock.advance(timedelta(minutes=4, seconds=30))
    assert (await here.browser.get(LISTS)).is_success  # the token is good for half a minute
    here.api.clock.advance(timedelta(minutes=1))
    away = await here.browser.get(LISTS)
    assert (away.status_code, away.json()["slug"], away.headers["retry-after"]) == (503, "transient", "1")
    here.provider.is_away = False
    assert (await here.browser.get(LISTS)).is_success


@pytest.mark.parametrize("user", ["ada", "bob"])
async def test_a_session_that_the_provider_does_not_renew_ends(here: Installation, user: str) -> None:
    await log_in(here.browser)
    here.api.clock.advance(timedelta(minutes=10))
    if user == "ada":
        here.provider.refresh_tokens.clear()
    here.provider.user = user  # tokens of somebody else
    assert (await here.browser.get(LISTS)).status_code == 401
    assert await here.api.pool.fetchval("SELECT count(*) FROM session") == 0


async def test_a_session_ends_after_thirty_days_whatever_is_renewed(here: Installation) -> None:
    await log_in(here.browser)
    here.api.clock.advance(timedelta(days=30))
    here.browser.headers["Cookie"] = "; ".join(f"{name}={one}" for name, one in here.browser.cookies.items())
    assert (await here.browser.get(LISTS)).status_code == 401


async def test_without_a_refresh_token_a_session_ends_with_its_token(here: Installation) -> None:
    here.provider.changes = {"without": ["refresh_token"]}
    await log_in(here.browser)
    session = (await here.browser.get("/api/session")).json()
    assert datetime.fromisoformat(session["expires_at"]) < here.api.clock.now + timedelta(minutes=6)


async def test_a_logout_is_one_at_the_provider_too(here: Installation) -> None:
    await log_in(here.browser)
    (refresh,) = here.provider.refresh_tokens
    assert (await here.browser.delete("/api/session")).status_code == 204
    assert here.provider.revoked == [refresh]
    assert (await here.browser.get(LISTS)).status_code == 401


async def test_an_erasure_ends_all_logins_of_the_user_at_the_provider_too(here: Installation) -> None:
    async with browser_of(here.api) as phone, browser_of(here.api) as of_bob:
        await log_in(phone)
        await log_in(here.browser)
        of_ada = set(here.provider.refresh_tokens)
        here.provider.user = "bob"
        await log_in(of_bob)
        everything = {"confirm": "erase everything", "keep_trakt_lists": True}
        assert (await here.browser.post("/api/account/erase", json=everything)).status_code == 202
        assert len(of_ada) == 2
        assert set(here.provider.revoked) == of_ada
        assert [(await one.get(LISTS)).status_code for one in (phone, of_bob)] == [401, 200]


async def test_the_providers_new_key_is_taken(here: Installation) -> None:
    here.provider.key, here.provider.kid = rsa.generate_private_key(65537, 2048), "2"
    assert (await log_in(here.browser)).headers["location"] == "/"


async def test_no_secret_is_logged(
    here: Installation, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    address = await go(here.browser)
    await here.browser.get(address)
    await here.browser.get(address)  # its code was used
    here.api.clock.advance(timedelta(minutes=10))
    await here.browser.get(LISTS)
    await here.browser.delete("/api/session")
    logged = "".join(capsys.readouterr()) + caplog.text
    assert "session_begun" in logged
    assert not [secret for secret in (*here.provider.answers, *here.browser.cookies.values()) if secret in logged]


@pytest.mark.parametrize(
    "settings",
    [
        {"session_encryption_keys": None},
        {"auth_issuer": "watchbuddy"},
        {"auth_jwks_url": None, "auth_local_key": "k" * 40},
    ],
    ids=str,
)
async def test_settings_that_do_not_go_together_are_refused(dsn: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"OIDC_CLIENT_ID"):
        async with installed(dsn, **settings):
            pass
