"""Connecting Trakt, disconnecting it, and signing out in the console, in a real browser (Debian's chromium)."""

import re
import zipfile

import pytest
from playwright.async_api import Browser, Route, expect

from integration.catalogue import movies
from integration.console import CHROMIUM, MOST_MOVED, PHONE, Console, log_in
from integration.system import RunningSystem
from integration.users import User

pytestmark = pytest.mark.skipif(  # a page can only be looked at in a browser
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)

WATCH_FOR = """text => {
    window.wasSaid = false;
    new MutationObserver(() => { window.wasSaid ||= document.body.textContent.includes(text); })
        .observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


async def test_a_stranger_connects_trakt_and_has_a_list_there_in_three_clicks(
    browser: Browser, system: RunningSystem
) -> None:
    stranger = system.user()
    async with Console.opened(browser, system, stranger.name, PHONE) as console:
        page = console.page
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Lists that keep themselves up to date")
        await expect(page.get_by_role("heading", name="4,098 titles to choose from")).to_be_visible()
        await console.button("Connect Trakt").click()
        code = await page.locator(".code-text").inner_text()
        await console.picture("first-run")
        assert await console.moved() <= MOST_MOVED
        await page.reload()  # in the middle: the same code is still there
        await expect(page.locator(".code-text")).to_have_text(code)

        async with page.expect_popup() as opened:
            await page.get_by_role("link", name="Open Trakt").click()
        trakt = await opened.value
        await trakt.get_by_label("Code on your device").fill(code)
        await trakt.get_by_label("You are").fill(stranger.name)
        await trakt.get_by_role("button", name="Approve").click()
        await expect(trakt.locator("body")).to_contain_text("connected")
        await trakt.close()
        await expect(page.get_by_role("heading", name="Trakt is connected")).to_be_visible()
        await expect(page.get_by_role("heading", name="Make your first list")).to_be_focused()
        assert await console.moved() <= MOST_MOVED

        await page.evaluate(WATCH_FOR, "No title fits yet")
        await console.button("Comedy Movies (1990s)").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Forrest Gump")
        await console.button("Make this list").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Comedy Movies (1990s)")
        await expect(page.locator(".titles.card .title-row")).to_have_count(50)
        assert await page.evaluate("window.wasSaid") is False  # nor for a moment
        await expect(page.locator(".list-mirror")).to_contain_text("On Trakt")
        await expect(console.toast("Synced to Trakt: +50 -0")).to_be_visible()
        async with page.expect_popup() as opened:
            await page.get_by_role("link", name="See it on Trakt").click()
        there = (await opened.value).locator("#list")
        await expect(there.get_by_role("heading")).to_have_text("Comedy Movies (1990s)")
        await expect(there.locator("li")).to_have_count(50)


async def test_a_login_that_is_denied_on_trakt_says_so_and_gives_another_code(
    browser: Browser, system: RunningSystem
) -> None:
    stranger = system.user()
    async with Console.opened(browser, system, stranger.name) as console:
        await console.button("Connect Trakt").click()
        code = await console.page.locator(".code-text").inner_text()
        await system.trakt.decide_device(code, stranger.name, approve=False)
        await expect(console.page.get_by_role("alert")).to_contain_text("You said no on Trakt")
        await console.button("Get a new code").click()
        await expect(console.page.locator(".code-text")).not_to_have_text(code)


async def test_trakt_away_is_said_with_the_next_try_and_so_is_its_return(
    console: Console, system: RunningSystem, user: User
) -> None:
    await system.trakt.fault("status", status=503, times=None)
    await user.create("Waits", movies(2))
    await expect(console.card("Waits")).to_contain_text(re.compile(r"Waits for Trakt: next try \d"))
    await console.card("Waits").get_by_role("link", name="Waits").first.click()
    await console.page.get_by_role("link", name="On Trakt", exact=True).click()
    await console.button("Try again now").click()  # while Trakt is away: its return would take the button away
    await expect(console.toast("It is tried again now")).to_be_visible()
    await system.trakt.remove_faults()
    await expect(console.page.locator(".list-mirror")).to_contain_text("On Trakt")


async def test_a_login_that_trakt_ended_is_said_everywhere_and_connecting_again_goes_on_with_the_lists(
    console: Console, system: RunningSystem, user: User
) -> None:
    page = console.page
    await system.trakt.expire_tokens(user.name, refresh_too=True)
    await user.create("Waits for a login", movies(2))
    banner = page.locator(".notice").filter(has_text="Trakt does not let us in any more")
    await expect(banner).to_be_visible()
    await expect(console.card("Waits for a login")).to_contain_text("Connect your Trakt account again")
    await banner.get_by_role("link", name="Connect again").click()
    await console.button("Connect again").click()
    await system.trakt.decide_device(await page.locator(".code-text").inner_text(), user.name)
    await expect(console.toast("Trakt is connected")).to_be_visible()
    await expect(banner).to_have_count(0)
    await console.go("/")
    await expect(console.card("Waits for a login").get_by_text("On Trakt", exact=True)).to_be_visible()


async def test_a_session_that_ended_leads_to_the_door_and_back_to_where_one_was(
    console: Console, system: RunningSystem, user: User
) -> None:
    made = await user.create("Kept", movies(1))
    await console.go(f"/lists/{made.id}/settings")
    await console.page.get_by_label("Others may comment").check()
    await console.context.clear_cookies()
    await user.create("Elsewhere", movies(1))  # its message makes the page read it
    await expect(console.page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    beside = await console.context.new_page()
    await log_in(beside, system, user.name)
    await beside.close()
    await console.button("I have signed in").click()
    await expect(console.page.get_by_role("heading", level=1)).to_have_text("Kept")
    await expect(console.page.get_by_label("Others may comment")).not_to_be_checked()


async def test_who_disconnects_chooses_whether_the_lists_stay_on_trakt(console: Console, user: User) -> None:
    await user.create("Goes from Trakt", movies(1))
    await user.mirrored()
    before = await console.page.evaluate("fetch('/api/lists').then(response => response.text())")
    is_known = False

    async def answer(route: Route) -> None:
        await (route.continue_() if is_known else route.fulfill(body=before, content_type="application/json"))

    await console.page.route(re.compile(r"/api/lists(\?|$)"), answer)
    await console.go("/account")
    await console.button("Disconnect Trakt").click()
    await console.page.get_by_label("Take my lists off Trakt").check()
    await console.page.get_by_role("dialog").get_by_role("button", name="Disconnect", exact=True).click()
    await expect(console.page.get_by_role("button", name="Connect Trakt", exact=True)).to_be_visible()
    assert await user.on_trakt() == []
    await console.go("/")
    await expect(console.card("Goes from Trakt")).to_contain_text("On Trakt")
    is_known = True  # what becomes of the lists comes to their service a moment later
    await expect(console.card("Goes from Trakt")).to_contain_text("Not on Trakt yet", timeout=30_000)


async def test_who_signs_out_sees_the_door(console: Console) -> None:
    await console.go("/account")
    await console.button("Sign out").click()
    await expect(console.page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    await console.page.reload()
    await expect(console.page.get_by_role("heading", name="You are not signed in")).to_be_visible()


async def test_everything_is_downloaded_then_erased_and_the_page_says_how_far_that_is(
    console: Console, system: RunningSystem, user: User
) -> None:
    page = console.page
    await user.create("To be gone", movies(2))
    await user.mirrored()
    await console.go("/account")
    async with page.expect_download() as downloading:
        await console.button("Download").click()
    download = await downloading.value
    assert download.suggested_filename == "watchbuddy-export.zip"
    with zipfile.ZipFile(await download.path()) as archive:
        assert b"To be gone" in archive.read("lists-api.json")

    await system.trakt.fault("status", status=503, method="DELETE", account=user.name, times=1)
    await console.button("Erase everything").click()
    dialog = page.get_by_role("dialog", name="Erase everything?")
    erase = dialog.get_by_role("button", name="Erase everything")
    await expect(erase).to_be_disabled()
    await dialog.get_by_label("Take my lists off Trakt").check()
    await dialog.get_by_label("Type “erase everything” to go on").fill("Erase everything")
    await console.picture("erase")
    await erase.click()
    await expect(page.get_by_role("heading", name=re.compile("Everything .*erased"))).to_be_visible()
    await page.reload()  # nobody is signed in, and it goes on
    await expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    await console.picture("erased")
    assert await user.on_trakt() == []
    await console.go("/")
    await expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
