"""Channels in the console, in a real browser: added, tested, paused, deleted; what comes arrives."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from standardwebhooks import Webhook

from chassis.testing import eventually
from integration.axe import axe_script, findings
from integration.catalogue import Item, movies
from integration.console import CHROMIUM, DESKTOP, PHONE, Console, chromium
from integration.system import RunningSystem
from integration.users import User
from notifier.testing_channels import receiver

pytestmark = pytest.mark.skipif(  # a page can only be looked at in a browser
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian: apt install chromium)"
)
ADDED = "Synced to Trakt: +1 -0"
ADD = """given => fetch("/api/channels", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(given)
}).then(answer => answer.json())"""
MAIL = (
    "mailtos://ada:a%20b%2Fc%40@example.org:465"
    "?to=ada%40example.org&smtp=mail.example.org&user=ada%40example.org&from=ada%40example.org"
)
HAND_OVER = [
    ("ntfy", {"Topic": "my-films-x7k2"}, "ntfys://ntfy.sh/my-films-x7k2"),
    (
        "Telegram",
        {"Token of your bot": "123456789:ABCdefghijklmnopqrstuvwxyzABCDEFGH", "Number of your chat": "987654321"},
        "tgram://123456789:ABCdefghijklmnopqrstuvwxyzABCDEFGH/987654321",
    ),
    (
        "Discord",
        {"Address of the Discord webhook": "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"},
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    ),
    (
        "Slack",
        {"Address of the Slack webhook": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXr"},
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXr",
    ),
    (
        "E-mail",
        {
            "E-mail address that sends": "ada@example.org",
            "Password for apps": "a b/c@",
            "Mail server": "mail.example.org:465",
        },
        MAIL,
    ),
]
UNKNOWN: Item = {"media_type": "movie", "ids": {"imdb": "tt9999998"}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(running_system: RunningSystem) -> AsyncIterator[Browser]:
    assert running_system.urls
    async with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_script()


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
async def test_a_webhook_is_added_tested_and_gets_what_comes(
    browser: Browser, system: RunningSystem, user: User, axe: str, size: tuple[int, int], theme: str
) -> None:
    found = {}

    async def look(console: Console, name: str) -> None:
        await console.settled()
        await console.picture(f"channels-{name}-{size[0]}-{theme}")
        if seen := await findings(console, axe):
            found[name] = seen

    async with receiver() as there, Console.opened(browser, system, user.name, size) as console:
        page = console.page
        await console.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await console.go("/messages")
        await page.get_by_role("link", name="Send elsewhere").click()
        await expect(page.get_by_text("No channels yet")).to_be_visible()
        await look(console, "none")
        await page.get_by_role("link", name="Add a channel").click()
        await expect(page.get_by_label("Topic")).to_be_visible()
        await look(console, "new")

        await page.get_by_label("Webhook", exact=False).first.check()
        address = page.get_by_label("Address of your program")
        await address.fill("http://10.0.0.7/hook")
        await page.get_by_label("Name (may stay empty)").fill("My program")
        await page.get_by_label("Quiet hours").check()
        await expect(page.get_by_label("Time zone")).to_have_value(
            await page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
        )
        await console.button("Add the channel").click()
        await expect(page.get_by_role("alert")).to_contain_text("leads to a private network")
        await look(console, "refused")
        await page.get_by_label("Quiet hours").uncheck()
        await address.fill(there.url)
        await console.button("Add the channel").click()
        secret = await page.get_by_role("dialog").locator("code").inner_text()
        await look(console, "secret")
        await console.button("I have it").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("My program")

        await console.button("Send a test").click()
        await expect(page.get_by_text("The test was sent and taken")).to_be_visible()
        [test] = there.got
        assert Webhook(secret).verify(test.body, test.headers)["type"] == "channel.test"

        await user.create("Not all known", [*movies(2), UNKNOWN])  # a warning comes of it

        async def arrived() -> list[str]:
            bodies = [Webhook(secret).verify(got.body, got.headers) for got in there.got[1:]]
            return [message["text"] for body in bodies for message in body["data"]["messages"]]

        assert "not found" in (await eventually(arrived, until=bool))[0]
        log = page.get_by_role("region", name="What was sent").get_by_role("listitem")
        await expect(log).to_have_count(2)
        await expect(log.first).to_contain_text(re.compile("Sent .*not found", re.DOTALL))
        await look(console, "one")
        await page.locator(".back").click()
        await expect(page.locator(".channel-card")).to_contain_text("Works, last sent just now")
        await look(console, "some")
    assert found == {}


async def test_a_channel_is_paused_gets_a_new_secret_and_is_deleted(
    browser: Browser, system: RunningSystem, user: User
) -> None:
    async with receiver() as there, Console.opened(browser, system, user.name) as console:
        page = console.page
        made = await page.evaluate(ADD, {"name": "My program", "kind": "webhook", "address": there.url})
        await console.go(f"/channels/{made['channel']['id']}")
        dialog = page.get_by_role("dialog")
        await console.button("Make a new one").click()
        await dialog.get_by_role("button", name="Make it").click()
        secret = await dialog.locator("code").inner_text()
        await console.button("I have it").click()
        await expect(page.get_by_role("region", name="Secret")).to_contain_text("The one before is good until")
        await console.button("Send a test").click()
        await expect(page.get_by_text("The test was sent and taken")).to_be_visible()
        for one in (secret, made["secret"]):
            assert Webhook(one).verify(there.got[0].body, there.got[0].headers)

        await console.button("Pause").click()
        await dialog.get_by_role("button", name="Pause").click()
        await expect(page.locator(".notice-title").first).to_have_text("Paused")
        await console.button("Resume").click()
        await expect(console.button("Pause")).to_be_visible()
        await console.button("Delete").click()
        await dialog.get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("No channels yet")).to_be_visible()


async def test_an_address_is_made_of_what_people_have_at_hand(
    browser: Browser, system: RunningSystem, user: User
) -> None:
    async with Console.opened(browser, system, user.name, PHONE) as console:
        page = console.page
        for kind, given, address in HAND_OVER:
            await console.go("/channels/new")
            await page.get_by_label(kind).first.check()
            for label, text in given.items():
                await page.get_by_label(label).fill(text)
            await console.picture(f"channels-{kind}")
            async with page.expect_request(lambda asked: asked.method == "POST" and "/channels" in asked.url) as sent:
                await console.button("Add the channel").click()
            assert json.loads((await sent.value).post_data or "")["address"] == address
            await expect(page.get_by_role("heading", level=1)).to_have_text(kind)


async def test_a_receiver_that_fails_is_told_with_what_to_do_and_another_address_mends_it(
    browser: Browser, system: RunningSystem, user: User
) -> None:
    async with receiver() as there, Console.opened(browser, system, user.name) as console:
        page = console.page
        gone = there.url.rsplit(":", 1)[0] + ":9/hook"  # nobody listens there
        await console.go("/channels/new")
        await page.get_by_label("Webhook", exact=False).first.check()
        await page.get_by_label("Address of your program").fill(gone)
        await console.button("Add the channel").click()
        await console.button("I have it").click()
        await console.button("Send a test").click()
        outcome = page.get_by_role("region", name="Test").get_by_role("status")
        await expect(outcome).to_contain_text("Did not arrive: it could not be reached")
        await expect(outcome).to_contain_text("Is the address right")
        await expect(page.get_by_text(re.compile("Nothing arrives since"))).to_be_visible()
        await console.picture("channels-fails")
        await page.get_by_text("Give another address").click()
        await page.get_by_label("Address of your program").fill(there.url)
        await console.button("Save").click()
        await expect(console.toast("Saved")).to_be_visible()
        await user.create("Not all known", [*movies(2), UNKNOWN])
        await expect(page.get_by_text("Works, last sent just now")).to_be_visible()
        assert len(there.got) == 1


async def test_a_message_leads_to_where_the_matter_stands(browser: Browser, system: RunningSystem, user: User) -> None:
    async with Console.opened(browser, system, user.name) as console:
        page = console.page
        made = await user.create("Lacks one", [*movies(2), UNKNOWN])
        await user.mirrored(made.id)
        await console.go("/messages")
        await page.get_by_role("link", name="See which titles").click()
        await expect(page.get_by_role("heading", name="Trakt does not know: 1 title")).to_be_visible()
        others = await asyncio.gather(*(user.create(f"List {number}", movies(1)) for number in range(25)))
        await user.mirrored(*(one.id for one in others))
        await user.told(*(text for one in others for text in (f"Created list '{one.title}' on Trakt", ADDED)))
        await console.go("/messages")
        await expect(page.locator(".message")).to_have_count(50)
        await console.button("Show older ones").click()
        await expect(page.locator(".message")).to_have_count(len(await user.texts()))
