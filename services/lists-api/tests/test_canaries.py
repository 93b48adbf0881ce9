"""No token, code, cookie or key is in anything that comes out: logs (DEBUG), refusals, events, the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from chassis.testing import served
from chassis.testing_canaries import Canaries, canaries
from lists_api.testing import AUTH_KEY, SESSION_KEY, Api, running_api, token_of
from lists_api.testing_provider import SECRET, FakeProvider

HERE = {"Sec-Fetch-Site": "same-origin"}
CANARY = "a-canary-of-a-"


def browser_of(api: Api) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(api.origin, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://lists", headers=HERE)


async def come_out(known: Canaries, api: Api) -> None:
    await known.look_into(api.pool)
    events = [f"{one['value']!r} {one['headers']}" for one in await api.pool.fetch("SELECT value, headers FROM outbox")]
    known.assert_silent(told_events=events)


async def test_tokens_links_feeds_and_refusals_tell_no_secret(dsn: str) -> None:
    async with running_api(dsn, trakt_sync_url="http://127.0.0.1:1", notifier_url="http://127.0.0.1:1") as api:
        await api.delete_everything()
        known = canaries()
        known.know(local_key=AUTH_KEY, session_key=SESSION_KEY, bearer=token_of("ada"))
        api.users["ada"] = {"Authorization": f"Bearer {known.secrets['bearer']}"}
        made = await api.create()
        path = f"/api/lists/{made['id']}"
        feed = (await api.call("POST", f"{path}/feed")).json()
        known.know(feed=feed["radarr"].split("/")[3])
        link = (await api.call("POST", "/api/session/links")).json()
        known.know(code=link["url"].partition("#")[2])
        async with browser_of(api) as browser:
            await browser.post("/api/session", json={"code": known.secrets["code"]})
            known.know(cookie=next(iter(browser.cookies.values())))
            for call in _calls(known, path):
                known.note(await browser.request(**call))
            known.note(await browser.delete("/api/session"))
        await come_out(known, api)


def _calls(known: Canaries, path: str) -> list[dict[str, Any]]:
    """Return requests that are answered without what they were made with, mostly refused."""
    bad = {name: f"{CANARY}{name}" for name in ("token", "link", "feeds-token", "state", "login-code", "key")}
    known.know(**bad)
    wrong = {"Authorization": f"Bearer {bad['token']}"}
    own = {"Authorization": f"Bearer {known.secrets['bearer']}"}
    return [
        {"method": "GET", "url": "/api/lists"},
        {"method": "GET", "url": "/api/session"},
        {"method": "GET", "url": "/api/lists", "headers": wrong},
        {"method": "GET", "url": "/api/trakt/status", "headers": own},
        {"method": "GET", "url": f"/login?{bad['link']}"},
        {"method": "POST", "url": "/api/session", "json": {"code": bad["link"]}},
        {"method": "GET", "url": f"/api/feeds/{bad['feeds-token']}/radarr.json"},
        {"method": "GET", "url": f"/api/feeds/{known.secrets['feed']}/list.csv"},
        {"method": "POST", "url": f"/api/feeds/{known.secrets['feed']}/list.csv"},
        {"method": "GET", "url": f"/login/callback?state={bad['state']}&code={bad['login-code']}"},
        {"method": "POST", "url": "/api/lists", "json": {"title": 5}, "headers": {"Idempotency-Key": bad["key"]} | own},
        {"method": "PATCH", "url": path, "content": b"{", "headers": own | {"Content-Type": "application/json"}},
        {"method": "GET", "url": f"{path}/runs/nonsense", "headers": own},
    ]


async def test_a_defect_is_logged_without_the_requests_secrets(dsn: str) -> None:
    async with running_api(dsn) as api:
        known = canaries()
        known.know(bearer=token_of("ada"), key=AUTH_KEY)
        api.app.state.use_cases = None
        async with browser_of(api) as browser:
            headers = {"Authorization": f"Bearer {known.secrets['bearer']}"}
            answer = known.note(await browser.get("/api/lists", headers=headers))
        assert answer.status_code == 500
        await come_out(known, api)


async def test_a_login_at_the_provider_tells_no_secret(dsn: str) -> None:
    provider = FakeProvider()
    async with served(provider.app()) as provider.url, running_api(dsn, **provider.settings()) as api:
        await api.delete_everything()
        api.clock.now = datetime.now(UTC)
        provider.clock = api.clock
        known = canaries()
        known.know(client=SECRET, session_key=SESSION_KEY)
        async with browser_of(api) as browser, httpx.AsyncClient() as at_provider:
            begun = await browser.get("/login/provider")
            back = (await at_provider.get(begun.headers["location"])).headers["location"]
            await browser.get(back)
            known.know(**{f"cookie {name}": value for name, value in browser.cookies.items()})
            known.note(await browser.get("/api/session"))
            known.note(await browser.get(back))  # again: the code was used
            api.clock.advance(timedelta(minutes=6))  # the access token has ended
            known.note(await browser.get("/api/lists"))
            api.clock.advance(timedelta(minutes=6))
            provider.is_away = True
            known.note(await browser.get("/api/lists"))
            provider.is_away = False
            known.note(await browser.delete("/api/session"))
        assert provider.renewals
        known.know(**{f"of the provider {number}": one for number, one in enumerate(provider.answers)})
        await come_out(known, api)
