"""What people do with lists in the console, in a real browser (Debian's chromium), against the running system."""

import re
from collections.abc import Mapping

import pytest
from playwright.async_api import Page, expect

from chassis.testing import eventually
from integration.catalogue import movies
from integration.console import CHROMIUM, Console
from integration.system import RunningSystem
from integration.users import ListAnswer, User

pytestmark = pytest.mark.skipif(  # a page can only be looked at in a browser
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)
COMEDIES = {"genres": ["comedy"], "media_types": ["movie"], "year_from": 1990, "year_to": 1999}


async def filled(user: User, filters: Mapping[str, object]) -> ListAnswer:
    """Make a smart list; return it when it has its twenty titles, and Trakt has them."""
    made = (await user.send("POST", "", json={"list_type": "smart", "filters": filters, "item_limit": 20})).json()
    await eventually(lambda: user.read(made["id"]), until=lambda one: one.item_count == 20)
    [here] = await user.mirrored(made["id"])
    return here


async def drag(page: Page, *, from_row: int, below_row: int) -> None:
    """Drag a title by its handle, and drop it below another one."""
    handles = page.locator(".handle")
    held, target = await handles.nth(from_row).bounding_box(), await handles.nth(below_row).bounding_box()
    assert held is not None
    assert target is not None
    await page.mouse.move(held["x"] + 5, held["y"] + 5)
    await page.mouse.down()
    await page.mouse.move(target["x"] + 5, target["y"] + target["height"], steps=3)
    await page.mouse.up()


async def test_filters_show_what_they_find_before_they_are_saved(console: Console, user: User) -> None:
    made = (await user.send("POST", "", json={"list_type": "smart", "filters": COMEDIES, "item_limit": 20})).json()
    await console.go(f"/lists/{made['id']}/filters")
    preview = console.page.get_by_role("region", name="Preview")
    await expect(preview.get_by_role("status")).to_have_text("412 titles fit; the best 20 go on the list.")
    await console.button("Crime").click()
    await console.page.get_by_label("Only titles that have all of these genres").check()
    await expect(preview.get_by_role("status")).to_contain_text(re.compile(r"^\d\d titles fit"))
    assert (await user.read(made["id"])).title == "Comedy Movies (1990s)"  # nothing is saved yet
    await console.button("Save").click()
    await expect(console.page.get_by_role("heading", level=1)).to_contain_text("Crime")
    await user.mirrored(made["id"])
    [there] = await user.on_trakt()
    assert "Crime" in there.name


async def test_a_refresh_shows_how_far_it_is_and_survives_a_reload(
    console: Console, user: User, system: RunningSystem
) -> None:
    made = await filled(user, COMEDIES)
    await console.go(f"/lists/{made.id}")
    await system.stop_processes("lists-api run")  # a run may be over before a page has shown it
    await console.button("Refresh now").click()
    await expect(console.page.get_by_role("progressbar", name="Waiting for its turn")).to_be_visible()
    await system.start_processes("lists-api run")
    await expect(console.toast("Sync for 'Comedy Movies (1990s)'").or_(console.toast("Comedy Movies"))).to_be_visible()
    await expect(console.button("Refresh now")).to_be_enabled()
    await expect(console.page.get_by_role("progressbar")).to_have_count(0)
    await console.button("Refresh now").click()
    await console.page.reload()  # in the middle
    await expect(console.button("Refresh now")).to_be_enabled()
    await expect(console.page.locator(".titles.card .title-row")).to_have_count(20)

    await console.page.get_by_role("link", name="Filters", exact=True).click()
    await console.page.get_by_label("At most so many titles").fill("15")
    await console.button("What would that do?").click()
    await expect(console.page.get_by_text("Lose 5 titles")).to_be_visible()
    await console.page.get_by_label("At most so many titles").fill("23")
    await console.button("What would that do?").click()
    await expect(console.page.get_by_text("Get 3 titles")).to_be_visible()
    await expect(console.page.get_by_text("Lose 5 titles")).to_have_count(0)


async def test_a_list_with_ones_say_pins_what_is_on_it_and_keeps_titles_out(console: Console, user: User) -> None:
    page = console.page
    body = {"title": "Laughs", "list_type": "custom", "filters": COMEDIES, "item_limit": 20}
    made = (await user.send("POST", "", json=body)).json()
    await eventually(lambda: user.read(made["id"]), until=lambda one: one.item_count == 20)
    await console.go(f"/lists/{made['id']}")
    search = page.get_by_role("combobox", name="Pin a title to this list")
    said = page.get_by_text("A new pin takes")
    await expect(said).to_be_visible()
    await expect(said).to_contain_text(f"“{(await console.titles())[-1]}")
    await search.fill("Toy Story")
    await expect(page.get_by_role("option").first).to_contain_text("Toy Story")
    await search.press("Enter")
    row = page.locator(".titles.card .title-row")
    await expect(row.filter(has_text="Pinned")).to_contain_text("Toy Story")
    await search.fill("Toy Story")
    await expect(page.get_by_role("option").first).to_contain_text("pinned")
    await search.press("Escape")
    await page.get_by_role("button", name="Unpin: Toy Story").click()
    await expect(row.filter(has_text="Pinned")).to_have_count(0)
    await console.button("Undo").click()
    await expect(row.filter(has_text="Pinned")).to_contain_text("Toy Story")
    await page.get_by_role("button", name="Keep out: Forrest Gump").click()
    await expect(row.filter(has_text="Forrest Gump")).to_have_count(0)
    await console.button("Undo").click()
    await expect(row.filter(has_text="Forrest Gump")).to_have_count(1)


async def test_what_a_change_does_on_trakt_is_shown_before_it_is_made(console: Console, user: User) -> None:
    made = await user.create("Tried out", movies(3))
    await user.mirrored(made.id)
    await console.go(f"/lists/{made.id}/settings")
    await console.page.get_by_label("Who can see it").select_option("Everybody")
    await console.button("What would that do on Trakt?").click()
    planned = console.page.locator(".notice").filter(has_text="Once it is saved, this would be sent to Trakt")
    await expect(planned.get_by_role("listitem")).to_have_text(["Change its name, or who can see it and how"])
    await console.page.get_by_label("Your watchlist").check()
    await expect(planned).to_have_count(0)  # that was another change
    await console.button("What would that do on Trakt?").click()
    await expect(planned).to_contain_text("Delete the list")
    [there] = await user.on_trakt()
    assert (there.privacy, len(there.items)) == ("private", 3)


async def test_a_list_by_hand_is_filled_by_search_put_in_order_by_keys_and_renamed(
    console: Console, user: User
) -> None:
    page = console.page
    await console.go("/new")
    await page.get_by_label("By hand").check()
    await page.get_by_role("textbox", name="Title").fill("Heist night")
    await console.button("Make the list").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Heist night")
    search = page.get_by_role("combobox", name="Add a title")
    for name in ("Heat", "Forrest Gump", "Toy Story"):
        await search.fill(name)
        await expect(page.get_by_role("option").first).to_contain_text(re.compile(name, re.IGNORECASE))
        await search.press("Enter")
        await expect(page.locator(".titles.card")).to_contain_text(re.compile(name, re.IGNORECASE))
    handle = page.get_by_role("button", name="Move Forrest Gump")
    await handle.press("ArrowUp")
    await expect(page.locator(".title-name bdi").first).to_have_text("Forrest Gump")
    await expect(handle).to_be_focused()
    await expect(page.get_by_text("Forrest Gump: place 1 of 3")).to_be_attached()

    await drag(page, from_row=0, below_row=2)
    await expect(page.locator(".title-name bdi").last).to_have_text("Forrest Gump")
    await console.button("Undo").click()
    await expect(page.locator(".title-name bdi").first).to_have_text("Forrest Gump")

    await page.get_by_role("button", name="Take off: Heat").click()
    await expect(page.locator(".titles.card .title-row")).to_have_count(2)
    await console.button("Undo").click()
    await expect(page.locator(".titles.card .title-row")).to_have_count(3)

    await console.button("More actions").press("Enter")
    await expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("textbox").fill("Heist weekend")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Heist weekend")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".titles.card .title-name bdi")).to_have_text(["Forrest Gump", "Heat", "Toy Story"])

    async def on_trakt() -> list[tuple[str, int]]:
        return [(one.name, len(one.items)) for one in await user.on_trakt()]

    assert await eventually(on_trakt, until=lambda found: found == [("Heist weekend", 3)])


async def test_a_file_shows_its_report_before_and_lets_the_person_choose_what_is_meant(
    console: Console, user: User
) -> None:
    page = console.page
    await console.go("/import")
    table = b"title,year\nHeat,1995\nThe Twilight Zone,\nNo such title at all,1999\n"
    await page.get_by_label("File to bring in").set_input_files(
        {"name": "evenings.csv", "mimeType": "text/csv", "buffer": table}
    )
    await expect(page.get_by_text("evenings.csv: 1 title can be taken")).to_be_visible()
    assert await user.lists() == []
    await console.button("Make the list").click()
    await expect(page.get_by_text("1 title taken")).to_be_visible()
    await expect(page.get_by_text("Not recognised: 1 row")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="The Twilight Zone")
    await row.get_by_role("button").first.click()
    await expect(row).to_contain_text(": added")
    [made] = await user.lists()
    assert made.item_count == 2


async def test_messages_come_live_to_two_tabs_and_are_read_in_both(console: Console, user: User) -> None:
    other = await console.context.new_page()
    await other.goto(f"{console.url}/#/messages")
    await expect(other.get_by_text("No messages yet")).to_be_visible()
    await user.create("Two tabs", movies(3))
    await expect(console.toast("Synced to Trakt: +3 -0")).to_contain_text("Two tabs")
    await expect(console.card("Two tabs")).to_contain_text("On Trakt")
    await expect(other.locator(".message")).to_have_count(2)
    await other.get_by_role("button", name="Mark all as read").click()
    await expect(other.locator(".message.unread")).to_have_count(0)
    await console.page.reload()
    await expect(console.page.get_by_role("link", name="Messages")).to_have_text("Messages")


async def test_what_two_tabs_change_is_kept_from_both(console: Console, user: User) -> None:
    page, made = console.page, await user.create("In two tabs", movies(1))
    await user.mirrored(made.id)
    await console.go(f"/lists/{made.id}/settings")
    await expect(page.locator(".list-mirror")).to_contain_text("On Trakt")  # so that it is not read again by itself
    await page.get_by_label("Others may comment").check()
    other = await console.context.new_page()
    await other.goto(page.url)
    await other.get_by_label("Who can see it").select_option("Everybody")
    await other.get_by_role("button", name="Save").click()
    await expect(other.locator(".toast").filter(has_text="Saved")).to_be_visible()
    await console.button("Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("The list was changed elsewhere meanwhile")
    await expect(page.get_by_label("Who can see it")).to_have_value("public")
    await console.button("Save").click()
    await expect(console.toast("Saved")).to_be_visible()
    await other.reload()
    await expect(other.get_by_label("Who can see it")).to_have_value("public")
    await expect(other.get_by_label("Others may comment")).to_be_checked()


async def test_a_refresh_that_would_empty_a_list_waits_for_its_owner(
    console: Console, system: RunningSystem, user: User
) -> None:
    made = await filled(user, {**COMEDIES, "rated": "not_disliked"})
    first = await user.known_items(made.id)
    for item in first[:12]:
        await user.rate("movie", str(item.ids["imdb"]), "down")
    await console.page.reload()
    await system.let_time_pass(made.id)
    await expect(console.card(made.title)).to_contain_text("More than half of its titles would go. You decide.")
    await console.go(f"/lists/{made.id}")
    await expect(console.page.get_by_text("12 of 20 titles would go")).to_be_visible()
    await console.page.get_by_text("Which would go (12)").click()
    would_go = console.page.locator(".notice .title-name bdi")
    await expect(would_go).to_have_text([item.title for item in first[:12]])
    await console.page.get_by_text("Which would come (12)").click()
    await expect(would_go).to_have_count(24)
    await console.picture("held")
    await console.button("Go ahead").click()
    await expect(console.page.locator(".titles.card .title-row").first).not_to_contain_text(first[0].title)
    assert {item.title for item in first[:12]}.isdisjoint(await console.titles())
