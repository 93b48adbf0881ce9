"""The pages in a real browser (Debian's chromium): the device page and the lists page."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from trakt_simulator.testing import SimulatorProcess, api_headers

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
APP = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
CALLBACK = "http://127.0.0.1:8000/callback"

pytestmark = pytest.mark.skipif(  # only a browser can show a page
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)


@pytest.fixture
async def simulator() -> AsyncIterator[SimulatorProcess]:
    async with SimulatorProcess("--no-rate-limits") as running:
        yield running


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page. The test fails when the page's script fails."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = await browser.new_page(viewport={"width": 1280, "height": 900})
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        yield opened
        await browser.close()
        assert errors == []


async def picture(page: Page, name: str) -> None:
    """Save a screenshot in the folder that `SCREENSHOTS` names, if it is set."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_the_device_page_approves_a_code(simulator: SimulatorProcess, page: Page) -> None:
    await simulator.admin.account("demo")
    async with httpx.AsyncClient(base_url=simulator.url, headers=api_headers()) as device:
        code = (await device.post("/oauth/device/code", json=APP)).json()
        await page.goto(code["verification_url"])
        await picture(page, "device")
        await page.get_by_label("Code on your device").fill("WRONG123")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("alert")).to_contain_text("not known")
        await page.get_by_label("Code on your device").fill(code["user_code"])
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("body")).to_contain_text("Your device is connected as demo.")
        await picture(page, "device-approved")
        poll = {"code": code["device_code"], **APP}
        assert (await device.post("/oauth/device/token", json=poll)).status_code == 200


async def test_the_device_page_denies_a_code(simulator: SimulatorProcess, page: Page) -> None:
    async with httpx.AsyncClient(base_url=simulator.url, headers=api_headers()) as device:
        code = (await device.post("/oauth/device/code", json=APP)).json()
        await page.goto(f"{code['verification_url']}/{code['user_code']}")
        await page.get_by_role("button", name="Deny").click()
        await expect(page.locator("body")).to_contain_text("not let in")
        poll = {"code": code["device_code"], **APP}
        assert (await device.post("/oauth/device/token", json=poll)).status_code == 418


async def test_the_authorization_page_sends_the_browser_back_with_a_code(
    simulator: SimulatorProcess, page: Page
) -> None:
    sent_to: list[str] = []

    async def answer_for_the_app(route: object) -> None:
        sent_to.append(route.request.url)  # type: ignore[attr-defined]
        await route.fulfill(body="the app")  # type: ignore[attr-defined]

    await page.route(f"{CALLBACK}**", answer_for_the_app)
    query = httpx.QueryParams(response_type="code", client_id=APP["client_id"], redirect_uri=CALLBACK, state="xyz")
    await page.goto(f"{simulator.url}/oauth/authorize?{query}")
    await page.get_by_label("You are").fill("someone new")
    await picture(page, "authorize")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("body")).to_contain_text("the app")
    assert sent_to[0].startswith(f"{CALLBACK}?code=")
    assert sent_to[0].endswith("&state=xyz")
    assert [account.username for account in await simulator.admin.state()] == ["someone new"]


async def test_the_lists_page_shows_lists_items_and_requests_and_follows_changes(
    simulator: SimulatorProcess, page: Page
) -> None:
    token = await simulator.admin.account("demo")
    await page.goto(simulator.url)
    await expect(page.locator("#lists")).to_contain_text("No lists.")
    async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:
        new = {
            "name": "Friday <b>night</b>",
            "description": "Custom list managed by WatchBuddy (ID: 7)",
            "privacy": "private",
            "display_numbers": True,
            "allow_comments": False,
        }
        await client.post("/users/me/lists", json=new)
        body = {
            "movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 99_999}}],
            "shows": [{"ids": {"imdb": "tt0903747"}}],
        }
        await client.post("/users/me/lists/friday-b-night-b/items", json=body)
        await simulator.admin.fault("status", status=502)
        await client.get("/users/me/lists")
        shown = page.locator("#list")
        await expect(shown.get_by_role("heading")).to_have_text("Friday <b>night</b>")
        await expect(shown).to_contain_text("Custom list managed by WatchBuddy (ID: 7)")
        await expect(shown.locator("li")).to_have_count(2)
        await expect(shown.locator("li").nth(0)).to_contain_text("1Toy Story (1995)movie · trakt 1")
        await expect(shown.locator("li").nth(1)).to_contain_text("2Breaking Bad (2008)show")
        requests = page.locator("#requests")
        await expect(requests.locator("tr")).to_have_count(3)
        await expect(requests.locator("tr").nth(0)).to_contain_text("502status")
        await requests.locator("summary").nth(1).click()
        await expect(requests.locator("pre").filter(has_text="→").first).to_contain_text('"imdb":"tt0903747"')
        await picture(page, "lists")
        await client.delete("/users/me/lists/friday-b-night-b")
        await expect(page.locator("#lists")).to_contain_text("No lists.")
        await expect(shown).to_be_empty()


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_long_username_fits_the_window(simulator: SimulatorProcess, page: Page, width: int) -> None:
    token = await simulator.admin.account("x" * 180, vip=True)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(simulator.url)
    await expect(page.locator("#profile")).to_contain_text("VIP")
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:
        await client.post("/users/me/lists", json={"name": "Shown"})
    await expect(page.locator("#requests")).to_contain_text("POST")
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await picture(page, f"long-username-{width}")


async def test_the_lists_page_asks_for_the_lists_only_when_they_changed(
    simulator: SimulatorProcess, page: Page
) -> None:
    token = await simulator.admin.account("demo")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("/_admin")[2].partition("?")[0]))
    await page.goto(simulator.url)
    await expect(page.locator("#lists")).to_contain_text("No lists.")
    async with page.expect_request("**/requests*"):
        pass
    async with page.expect_request("**/requests*"):
        pass
    assert asked.count("/state") == 1
    async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:
        await client.post("/users/me/lists", json={"name": "New"})
    await expect(page.locator("#lists")).to_contain_text("New")
    assert asked.count("/state") == 2


async def test_the_lists_page_opens_at_the_list_that_its_address_names(simulator: SimulatorProcess, page: Page) -> None:
    await simulator.admin.account("ada")
    token = await simulator.admin.account("grace", vip=True)
    async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:
        made = [
            (await client.post("/users/me/lists", json={"name": name})).json() for name in ("First", "Second", "Third")
        ]
    for name in (made[1]["ids"]["slug"], made[1]["ids"]["trakt"]):
        await page.goto(f"{simulator.url}/_admin/users/grace/lists/{name}")
        await expect(page.locator("#list").get_by_role("heading")).to_have_text("Second")
    await page.get_by_role("button", name="Third").click()
    await expect(page.locator("#list").get_by_role("heading")).to_have_text("Third")
    await page.goto(f"{simulator.url}/_admin/users/ada")
    await expect(page.locator("#lists")).to_contain_text("No lists.")
