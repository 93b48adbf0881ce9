"""Browsers' sessions: one-time links, cookies in place of tokens, requests of other sites, logout."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from cryptography.fernet import Fernet

from chassis.testing import run_python
from lists_api.lists.retention import sweep
from lists_api.testing import SESSION_KEY, Api, running_api

HERE = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
LISTS = "/api/lists"


@pytest.fixture
async def browser(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(api) as one:
        yield one


def browser_of(api: Api, base: str = "http://lists") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(api.origin), base_url=base, headers=HERE)


async def code_for(api: Api, user: str = "ada") -> str:
    answer = await api.call("POST", "/api/session/links", user=user)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    return str(answer.json()["url"]).partition("#")[2]


async def log_in(api: Api, browser: httpx.AsyncClient, user: str = "ada") -> httpx.Response:
    return await browser.post("/api/session", json={"code": await code_for(api, user)})


async def test_a_link_logs_a_browser_in_as_the_user_who_made_it(api: Api, browser: httpx.AsyncClient) -> None:
    made = await api.create(user="ada")
    assert (await browser.get(LISTS)).status_code == 401
    begun = await log_in(api, browser)
    assert begun.status_code == 201
    assert (await browser.get(LISTS)).json()["lists"][0]["id"] == made["id"]
    read = await browser.get("/api/session")
    assert read.json() == begun.json() == {"user_id": "ada", "login": "link", "expires_at": begun.json()["expires_at"]}


async def test_the_link_is_an_address_whose_code_no_request_carries(api: Api) -> None:
    answer = await api.call("POST", "/api/session/links")
    url = httpx.URL(answer.json()["url"])
    assert (url.host, url.path, url.query) == ("lists", "/login", b"")
    assert len(url.fragment) >= 40


async def test_the_address_of_a_link_is_the_configured_one(dsn: str) -> None:
    async with running_api(dsn, public_url="https://lists.example.org") as api:
        answer = await api.call("POST", "/api/session/links")
        assert answer.json()["url"].startswith("https://lists.example.org/login#")


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api: Api, browser: httpx.AsyncClient) -> None:
    cookie = (await log_in(api, browser)).headers["set-cookie"].lower()
    assert cookie.startswith("watchbuddy=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie  # there is no TLS here, and the browser would drop it


async def test_with_tls_the_cookie_is_of_this_host_alone(dsn: str) -> None:
    async with running_api(dsn, public_url="https://lists") as api, browser_of(api, "https://lists") as browser:
        cookie = (await log_in(api, browser)).headers["set-cookie"]
        assert cookie.startswith("__Host-watchbuddy=")
        assert "Secure" in cookie
        assert (await browser.get("/api/session")).is_success


async def test_a_code_makes_one_session(api: Api, browser: httpx.AsyncClient) -> None:
    code = {"code": await code_for(api)}
    assert (await browser.post("/api/session", json=code)).status_code == 201
    async with browser_of(api) as other:
        again = await other.post("/api/session", json=code)
        assert (again.status_code, again.json()["slug"]) == (404, "not-found")
        assert "set-cookie" not in again.headers


async def test_a_code_that_a_preview_looked_at_still_works(api: Api, browser: httpx.AsyncClient) -> None:
    code = await code_for(api)
    for path in ("/login", f"/login?{code}", "/api/session"):
        await browser.get(path)
        await browser.head(path)
    assert (await browser.post("/api/session", json={"code": code})).status_code == 201


async def test_a_code_ends_after_ten_minutes(api: Api, browser: httpx.AsyncClient) -> None:
    code = await code_for(api)
    api.clock.advance(timedelta(minutes=10))
    assert (await browser.post("/api/session", json={"code": code})).status_code == 404


@pytest.mark.parametrize("code", ["nonsense", "\x00", "ä" * 256])
async def test_a_wrong_code_is_not_found(browser: httpx.AsyncClient, code: str) -> None:
    assert (await browser.post("/api/session", json={"code": code})).status_code == 404


async def test_two_tabs_have_one_session_and_two_browsers_two(api: Api, browser: httpx.AsyncClient) -> None:
    await log_in(api, browser)
    async with browser_of(api) as tab, browser_of(api) as other:
        tab.cookies = browser.cookies
        await log_in(api, other)
        await tab.delete("/api/session")
        assert (await browser.get(LISTS)).status_code == 401
        assert (await other.get(LISTS)).status_code == 200


async def test_a_logout_takes_the_cookie_and_makes_it_worthless(api: Api, browser: httpx.AsyncClient) -> None:
    await log_in(api, browser)
    kept = {"Cookie": _cookie(browser)}
    out = await browser.delete("/api/session")
    assert out.status_code == 204
    assert not browser.cookies
    assert (await browser.get(LISTS, headers=kept)).status_code == 401
    assert (await browser.delete("/api/session")).status_code == 204  # again


async def test_a_session_ends_with_its_token(api: Api, browser: httpx.AsyncClient) -> None:
    ends = (await log_in(api, browser)).json()["expires_at"]
    assert ends
    api.clock.advance(timedelta(days=3650))  # the token is of the real clock
    assert (await api.http.get(LISTS, headers={"Cookie": _cookie(browser)})).status_code == 401


async def test_what_has_ended_is_deleted(api: Api, browser: httpx.AsyncClient) -> None:
    await log_in(api, browser)
    await code_for(api)
    await sweep(api.pool, api.settings, now=api.clock())
    assert await api.pool.fetchval("SELECT count(*) FROM session") == 1
    api.clock.advance(timedelta(days=3650))
    await sweep(api.pool, api.settings, now=api.clock())
    left = await api.pool.fetchval("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM login_link)")
    assert left == 0


@pytest.mark.parametrize(
    "headers",
    [ELSEWHERE, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}],
    ids=["another site", "another host of the site", "nobody's page"],
)
async def test_another_sites_page_changes_nothing_by_the_cookie(
    api: Api, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await log_in(api, browser)
    body = {"title": "Evil", "list_type": "manual"}
    refused = await browser.post(LISTS, json=body, headers=headers)
    assert (refused.status_code, refused.json()["slug"]) == (403, "cross-site-request")
    assert (await browser.delete("/api/session", headers=headers)).status_code == 403
    assert (await browser.get("/api/session")).is_success
    assert (await browser.post(LISTS, json=body)).status_code == 201


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://lists", 201), ("http://evil.example", 403), ("http://lists:8080", 403), ("null", 403), (None, 403)],
)
async def test_without_fetch_metadata_the_origin_decides(
    api: Api, browser: httpx.AsyncClient, origin: str | None, status: int
) -> None:
    await log_in(api, browser)
    del browser.headers["sec-fetch-site"]
    headers = {} if origin is None else {"Origin": origin}
    answer = await browser.post(LISTS, json={"title": "Noir", "list_type": "manual"}, headers=headers)
    assert answer.status_code == status


async def test_a_bearer_token_is_for_any_origin_and_wins_over_a_cookie(api: Api, browser: httpx.AsyncClient) -> None:
    await log_in(api, browser, "ada")
    body = {"title": "Bob's", "list_type": "manual"}
    made = await api.call("POST", LISTS, user="bob", json=body, headers=ELSEWHERE | {"Cookie": _cookie(browser)})
    assert made.status_code == 201
    assert (await api.call("GET", LISTS, user="bob")).json()["total"] == 1
    assert (await browser.get(LISTS)).json()["total"] == 0


async def test_another_sites_page_logs_nobody_in(api: Api, browser: httpx.AsyncClient) -> None:
    code = {"code": await code_for(api)}
    assert (await browser.post("/api/session", json=code, headers=ELSEWHERE)).status_code == 403
    assert (await browser.post("/api/session", json=code)).status_code == 201  # the code is as good as before


@pytest.mark.parametrize("cookie", ["watchbuddy=", "watchbuddy=x", 'watchbuddy="', "=;;=", "watchbuddy", "a=b; c=\x80"])
async def test_a_cookie_that_is_no_session_is_as_none(api: Api, cookie: str) -> None:
    answer = await api.http.get(LISTS, headers=[(b"Cookie", cookie.encode("latin-1"))])
    assert answer.status_code == 401


async def test_a_session_is_stored_without_what_a_thief_could_use(api: Api, browser: httpx.AsyncClient) -> None:
    code = await code_for(api)
    unused = await code_for(api)
    await browser.post("/api/session", json={"code": code})
    (key,) = browser.cookies.values()
    rows = [*await api.pool.fetch("SELECT * FROM session"), *await api.pool.fetch("SELECT * FROM login_link")]
    stored = "".join(str(dict(row)) for row in rows)
    token = api.users["ada"]["Authorization"].removeprefix("Bearer ")
    for secret in (code, unused, key, token, token.rpartition(".")[2]):
        assert secret not in stored


async def test_a_new_key_is_put_before_the_old_one(dsn: str) -> None:
    new = Fernet.generate_key().decode()
    async with running_api(dsn) as before, browser_of(before) as browser:
        await log_in(before, browser)
        cookies = dict(browser.cookies)
    for keys, status in ((f"{new},{SESSION_KEY}", 200), (new, 401)):
        async with running_api(dsn, session_encryption_keys=keys) as api, browser_of(api) as browser:
            browser.cookies.update(cookies)
            assert (await browser.get(LISTS)).status_code == status


async def test_a_session_whose_token_is_no_good_any_more_is_none(dsn: str) -> None:
    async with running_api(dsn) as api, browser_of(api) as browser:
        await log_in(api, browser)
        cookies = dict(browser.cookies)
    async with running_api(dsn, auth_local_key="k" * 40) as api, browser_of(api) as browser:
        browser.cookies.update(cookies)
        assert (await browser.get("/api/session")).status_code == 401
        assert (await browser.delete("/api/session")).status_code == 204


async def test_without_keys_there_are_no_sessions(dsn: str) -> None:
    async with running_api(dsn, session_encryption_keys=None) as api, browser_of(api) as browser:
        answer = await api.call("POST", "/api/session/links")
        assert answer.status_code == 404
        assert "SESSION_ENCRYPTION_KEYS" in answer.json()["detail"]
        assert (await browser.post("/api/session", json={"code": "x"})).status_code == 404


def test_a_bad_key_ends_the_process_without_being_repeated() -> None:
    environment = {"DATABASE_URL": "postgresql://x@y/z", "KAFKA_BOOTSTRAP_SERVERS": "x:1", "AUTH_LOCAL_KEY": "k" * 40}
    ended = run_python("-m", "lists_api", "serve", **environment, SESSION_ENCRYPTION_KEYS="not-a-key")
    assert ended.returncode == 2
    assert ended.stderr == (
        "bad settings: SESSION_ENCRYPTION_KEYS: needs Fernet keys (32 bytes in URL-safe base64), separated by commas\n"
    )


async def test_a_large_body_without_a_token_is_refused(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/api/session", json={"code": "x" * 5000})).status_code == 413


def _cookie(browser: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
