"""What any page of the console must bear: titles of all kinds, and people who use keys alone."""

import pytest
from playwright.async_api import expect

from integration.catalogue import movies
from integration.console import CHROMIUM, Console
from integration.users import User

pytestmark = pytest.mark.skipif(  # a page can only be looked at in a browser
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)
HOSTILE = "<b>bold</b> &amp; \u202etfel-ot-thgir\u202c <script>alert(1)</script> 🎬"


async def test_titles_with_markup_and_marks_change_nothing_around_them(console: Console, user: User) -> None:
    await user.create("Plain", movies(1))
    await console.page.reload()
    await expect(console.card("Plain")).to_be_visible()
    before = await console.page.locator(".list-card").first.bounding_box()
    await user.create(HOSTILE, movies(1))
    await user.create("🎬" * 255, movies(1))
    await console.page.reload()
    await expect(console.page.locator(".list-card")).to_have_count(3)
    assert await console.page.locator(".list-card b, .list-card script").count() == 0
    await expect(console.page.locator(".list-card h2").nth(1)).to_contain_text("<b>bold</b> &amp;")
    assert before is not None
    boxes = [await card.bounding_box() for card in await console.page.locator(".list-card").all()]
    assert {box["width"] for box in boxes if box} == {before["width"]}
    facts = await console.page.locator(".list-facts").all_inner_texts()
    assert all(text.startswith("1 title") for text in facts)
    assert await console.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_page_is_used_by_keys_alone(console: Console, user: User) -> None:
    page = console.page
    await user.create("By keys", movies(2))
    await expect(console.card("By keys")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
    await console.card("By keys").get_by_role("link", name="By keys").first.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    more = console.button("More actions")
    await more.press("Enter")
    await expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("menuitem", name="Delete")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await more.press("Enter")
    await page.get_by_role("menuitem", name="Delete").press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("“By keys” is deleted here")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(more).to_be_focused()
    # Keys that come within one frame: nothing that was opened takes the focus late.
    await more.evaluate("""async (more) => {
        more.focus();
        more.click();
        await Promise.resolve();
        [...document.querySelectorAll("[role=menuitem]")].at(-1).click();
        await Promise.resolve();
        document.querySelector("dialog").dispatchEvent(new Event("cancel", { cancelable: true }));
    }""")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(more).to_be_focused()
