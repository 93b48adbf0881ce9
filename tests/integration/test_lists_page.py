"""The simulator's page in a real browser (Debian's chromium) shows what the main job made."""

import os
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from integration.catalogue import movies, shows
from integration.system import RunningSystem
from integration.users import User

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

pytestmark = pytest.mark.skipif(  # a page can only be looked at in a browser
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)


async def test_the_page_of_the_local_trakt_shows_a_list_as_it_is_made_changed_and_deleted(
    system: RunningSystem, user: User
) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        made = await user.create("Shown in a browser", [*movies(2), *shows(1)])
        await user.mirrored(made.id)

        await page.goto(system.trakt_url)
        await page.get_by_label("Account").select_option(user.name)
        shown = page.locator("#list")
        await expect(shown.get_by_role("heading")).to_have_text("Shown in a browser")
        await expect(shown).to_contain_text(f"Custom list managed by WatchBuddy (ID: {made.id})")
        await expect(shown.locator("li")).to_have_count(3)
        await expect(shown.locator("li").nth(0)).to_contain_text("1Toy Story (1995)movie")
        if folder := os.environ.get("SCREENSHOTS"):
            await page.screenshot(path=f"{folder}/main-job.png", full_page=True)

        await user.change(made.id, title="Renamed in a browser")
        await user.add(made.id, movies(1, after=10))
        await user.mirrored(made.id)
        await expect(shown.get_by_role("heading")).to_have_text("Renamed in a browser")
        await expect(shown.locator("li")).to_have_count(4)

        await user.delete(made.id)
        await expect(shown).to_be_empty(timeout=15_000)
        await browser.close()
