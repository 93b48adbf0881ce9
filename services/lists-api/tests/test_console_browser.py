"""Logging in, in a real browser (Debian's chromium): what its rules for cookies and sites make of ours."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from chassis.testing import served
from lists_api.testing import Api, running_api
from lists_api.testing_provider import FakeProvider

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)


@asynccontextmanager
async def browsing() -> AsyncIterator[BrowserContext]:
    """Give a browser. It fails when a page needs what its policy forbids."""
    refused: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = await browser.new_context()
        context.set_default_timeout(10_000)
        context.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
        context.on("weberror", lambda error: refused.append(str(error.error)))
        yield context
        await browser.close()
    assert refused == []


async def link_of(api: Api, url: str) -> str:
    """Return a one-time link to the server at this address."""
    made = await api.call("POST", "/api/session/links")
    return str(made.json()["url"]).replace("http://lists", url)


async def is_in_the_console(page: Page, url: str) -> None:
    await page.wait_for_url(re.compile(f"^{re.escape(url)}/(#.*)?$"), wait_until="commit")


async def whoami(page: Page) -> tuple[int, str | None]:
    """Return the status, and the user, that a script of the page sees."""
    found: list[object] = await page.evaluate(
        "async () => { const r = await fetch('/api/session'); return [r.status, (await r.json()).user_id ?? null] }"
    )
    status, user = found
    assert isinstance(status, int)
    return status, None if user is None else str(user)


async def test_a_link_logs_in_by_the_keyboard_once_and_says_so_the_second_time(api: Api) -> None:
    async with served(api.origin) as url, browsing() as context:
        link, page = await link_of(api, url), await context.new_page()
        await page.goto(link)
        await expect(page.get_by_role("button", name="Log in")).to_be_focused()
        await page.keyboard.press("Enter")
        await is_in_the_console(page, url)
        assert await whoami(page) == (200, "ada")
        assert await page.evaluate("document.cookie") == ""
        assert await page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
        await page.go_back()  # the page with the code is not in the history
        assert "/login" not in page.url

        other = await context.new_page()
        await other.goto(link)
        await other.get_by_role("button", name="Log in").click()
        await expect(other.get_by_role("alert")).to_contain_text("used already")


async def test_without_a_link_the_page_says_where_one_comes_from(api: Api) -> None:
    async with served(api.origin) as url, browsing() as context:
        page = await context.new_page()
        await page.goto(f"{url}/login")
        await expect(page.get_by_text("make console")).to_be_visible()
        await expect(page.get_by_role("button", name="Log in")).to_be_hidden()


async def test_a_login_at_a_provider_on_another_site_ends_in_the_console(dsn: str) -> None:
    provider = FakeProvider()
    async with served(provider.app()) as address:
        provider.url = address.replace("127.0.0.1", "localhost")  # to the browser it is another site
        async with running_api(dsn, **provider.settings()) as api, served(api.origin) as url, browsing() as context:
            api.clock.now = datetime.now(UTC)
            page = await context.new_page()
            await page.goto(f"{url}/login")
            await page.get_by_role("link", name="Log in with localhost").click()
            await is_in_the_console(page, url)
            assert await whoami(page) == (200, "ada")


async def test_a_page_of_another_site_does_nothing_with_the_session(api: Api) -> None:
    async def evil(scope: Scope, receive: Receive, send: Send) -> None:
        form = f'<form method="post" action="{url}/api/lists" enctype="text/plain"><button>Win</button></form>'
        await HTMLResponse(f"<!doctype html>{form}")(scope, receive, send)

    async with served(api.origin) as url, served(evil) as elsewhere, browsing() as context:
        page = await context.new_page()
        await page.goto(await link_of(api, url))
        await page.get_by_role("button", name="Log in").click()
        await is_in_the_console(page, url)
        assert await whoami(page) == (200, "ada")
        # Another port of our site, whose requests have the cookie, and another site, whose requests have none.
        for host, status in (("127.0.0.1", 403), ("localhost", 401)):
            await page.goto(elsewhere.replace("127.0.0.1", host))
            seen = await page.evaluate(
                f"fetch('{url}/api/session', {{credentials: 'include'}}).then(r => r.status, () => 'refused')"
            )
            assert seen == "refused"
            async with page.expect_response("**/api/lists") as answered:
                await page.get_by_role("button", name="Win").click()
            assert (await answered.value).status == status
        assert (await api.call("GET", "/api/lists")).json()["total"] == 0
