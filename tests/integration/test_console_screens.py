"""Every screen of the console as axe-core sees it, on a desktop and a phone, light and dark."""

import asyncio
from typing import Final

import pytest
from playwright.async_api import Browser, Route

from integration.axe import axe_script, findings
from integration.catalogue import Item, movies
from integration.console import CHROMIUM, DESKTOP, MOST_MOVED, PHONE, Console
from integration.system import RunningSystem
from integration.users import User

pytestmark = pytest.mark.skipif(  # a page can only be looked at in a browser
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)
UNKNOWN: Final[Item] = {"media_type": "movie", "ids": {"imdb": "tt9999998"}}
SCREENS: Final = {
    "lists": "/",
    "new": "/new",
    "titles": "/lists/{manual}",
    "titles-custom": "/lists/{custom}",
    "filters": "/lists/{custom}/filters",
    "on-trakt": "/lists/{manual}/trakt",
    "history": "/lists/{manual}/history",
    "settings": "/lists/{manual}/settings",
    "messages": "/messages",
    "import": "/import",
    "account": "/account",
    "nowhere": "/nowhere",
}
LATENCY_S: Final = 0.15
DIALOGS: Final = {
    "suggestion": ("/new", "Popular Shows"),
    "menu": ("/lists/{manual}", "More actions"),
    "disconnect": ("/account", "Disconnect Trakt"),
    "clear": ("/messages", "Clear"),
}


async def answer_late(route: Route) -> None:
    """Let a page be drawn before it has its answers, as it is over a network."""
    await asyncio.sleep(LATENCY_S)
    await route.continue_()


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_script()


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
async def test_no_screen_has_a_serious_finding(
    browser: Browser, system: RunningSystem, user: User, axe: str, size: tuple[int, int], theme: str
) -> None:
    manual = await user.create("By hand", [*movies(3), UNKNOWN])
    custom = (await user.send("POST", "", json={"title": "Crime", "list_type": "custom", "item_limit": 5})).json()
    await user.mirrored(manual.id, custom["id"])
    found = {}
    async with Console.opened(browser, system, user.name, size) as console:
        await console.page.route("**/api/**", answer_late)
        await console.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for name, (path, button) in {**{name: (path, "") for name, path in SCREENS.items()}, **DIALOGS}.items():
            await console.go(path.format(manual=manual.id, custom=custom["id"]))
            await console.settled()
            if button:
                await console.button(button).first.click()
                await console.settled()
            await console.picture(f"{name}-{size[0]}-{theme}")
            if seen := await findings(console, axe):
                found[name] = seen
            if (moved := await console.moved()) > MOST_MOVED:
                found[f"{name} moves what is read"] = [str(moved)]
            if button:
                await console.page.keyboard.press("Escape")
    assert found == {}


async def test_the_door_has_no_serious_finding(browser: Browser, system: RunningSystem, axe: str) -> None:
    page = await browser.new_page()
    console = Console(page, system.urls["lists-api"])
    await console.go("/")
    await page.get_by_role("heading", name="You are not signed in").wait_for()
    assert await findings(console, axe) == []
    await page.close()
