"""The console in a real browser: logged in as a user, with what went wrong in the page."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Self

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from integration.system import RunningSystem
from local_stack.system.console import new_link
from trakt_simulator.catalogue.shipped import SHIPPED_TITLES

CHROMIUM: Final = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
DESKTOP: Final = (1280, 900)
PHONE: Final = (375, 780)
DRAWN: Final = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MOVES: Final = """
window.moved = 0;
new PerformanceObserver(list => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) window.moved += value;
}).observe({ type: "layout-shift", buffered: true });
"""
MOST_MOVED: Final = 0.1
"""Cumulative layout shift, as browsers count it: what is called good (https://web.dev/articles/cls)."""
WITHIN_MS: Final = 15_000

expect.set_options(timeout=WITHIN_MS)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def with_catalogue(system: RunningSystem) -> None:
    """Fill the catalogue with the shipped titles, if nobody has."""
    command = "lists_api catalogue import --if-empty"
    status, said = await system.once(command, like="lists-api", files=[SHIPPED_TITLES])
    assert status == 0, said


async def log_in(page: Page, system: RunningSystem, user: str) -> None:
    """Log the page's browser in, by a one-time link."""
    await page.goto(new_link(system.urls["lists-api"], system.token(user)))
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()


class Console:
    """A person's page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        # The policy's refusals are errors of the console; answers other than 200 are too, and are no defect.
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, browser: Browser, system: RunningSystem, user: str, size: tuple[int, int] = DESKTOP
    ) -> AsyncIterator[Self]:
        """Give a page of the user's, logged in by a one-time link. It fails when one of its scripts did."""
        url = system.urls["lists-api"]
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        context.set_default_timeout(WITHIN_MS)
        await context.add_init_script(MOVES)
        try:
            console = cls(await context.new_page(), url)
            await log_in(console.page, system, user)
            yield console
            assert console.errors == []
        finally:
            await context.close()

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.url}/#{path}")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def card(self, title: str) -> Locator:
        """Return the list's card on the page of all lists."""
        return self.page.locator(".list-card").filter(has_text=title)

    def toast(self, text: str) -> Locator:
        return self.page.locator(".toast").filter(has_text=text)

    async def settled(self) -> None:
        """Wait until the view has what it reads."""
        await self.page.evaluate(DRAWN)
        await expect(self.page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)

    async def moved(self) -> float:
        """Return how much has moved by itself since this was asked before: the cumulative layout shift."""
        return float(await self.page.evaluate("[window.moved, window.moved = 0][0]"))

    async def titles(self) -> list[str]:
        """Return the names of the titles that the list's page shows, in their order."""
        return await self.page.locator(".titles.card .title-name bdi").all_inner_texts()

    async def picture(self, name: str) -> None:
        """Save a screenshot in the folder that `SCREENSHOTS` names, if it is set."""
        if folder := os.environ.get("SCREENSHOTS"):
            await self.page.screenshot(path=f"{folder}/{name}.png")
