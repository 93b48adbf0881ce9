"""The console in a real browser: when a view can be used, what it transfers, and from an edit to its notice.

A view is loaded with an empty cache. It can be used when it has its heading and nothing is still being read.
"""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from playwright.async_api import Browser, BrowserContext, Page, StorageState, ViewportSize, async_playwright

from benchmarks.figures import Figure, at_most, percentile
from benchmarks.system import Running, User, movies, running
from chassis.testing import eventually
from local_stack.system.console import new_link
from local_stack.system.description import KafkaKind

CHROMIUM: Final = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SIZE: Final[ViewportSize] = {"width": 1280, "height": 900}
LOADS: Final = 15
EDITS: Final = 200
SETTLE_S: Final = 0.5
"""After a view can be used, for what is still on its way."""
FILTERS: Final = {"genres": ["comedy"], "media_types": ["movie"], "year_from": 1990, "year_to": 1999}
VIEWS: Final[Mapping[str, str]] = {"the lists": "/#/", "a list": "/#/lists/{}", "filters": "/#/lists/{}/filters"}

# Chromium's clock and ours are the machine's. A notice is there with the frame that shows it.
SHOWN: Final = """
window.shown = [];
new MutationObserver(changes => {
    for (const { addedNodes } of changes)
        for (const one of addedNodes)
            if (one.classList?.contains("toast") && one.textContent.includes("Synced to Trakt"))
                requestAnimationFrame(() => window.shown.push(Date.now()));
}).observe(document, { subtree: true, childList: true });
"""
USABLE: Final = """
window.usable = new Promise(done => {
    const look = () => document.querySelector("main h1") && !document.querySelector(".skeleton, [aria-busy=true]")
        ? done(performance.now()) : setTimeout(look, 5);
    look();
});
"""
NEXT_SHOWN: Final = """count => new Promise(done => {
    const look = () => window.shown.length > count ? done(window.shown[count]) : setTimeout(look, 5);
    look();
})"""


async def run() -> list[Figure]:
    if not CHROMIUM.exists():
        print(f"no Chromium at {CHROMIUM}: not measured")
        return []
    kafka: KafkaKind = "apache" if shutil.which("java") and shutil.which("mvn") else "embedded"
    async with async_playwright() as playwright, running(kafka) as system:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        user = await system.connect("ada")
        try:
            state = await _logged_in(browser, system)
            smart = await _smart_list(user)
            views = [await _view(browser, system, state, name, path.format(smart)) for name, path in VIEWS.items()]
            return [figure for view in views for figure in view] + await _notices(browser, system, state, user, kafka)
        finally:
            await user.close()
            await browser.close()


async def _logged_in(browser: Browser, system: Running) -> StorageState:
    """Return the cookies of a browser that a one-time link has logged in as Ada."""
    token = system.bearer("ada")["Authorization"].removeprefix("Bearer ")
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(await asyncio.to_thread(new_link, system.system.lists_api_url, token))
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("navigation", name="Main").wait_for()
    state = await context.storage_state()
    await context.close()
    return state


async def _smart_list(user: User) -> int:
    """Return the id of a list of twenty titles that fills itself, and is on Trakt."""
    made = await user.lists.post("/api/lists", json={"list_type": "smart", "filters": FILTERS, "item_limit": 20})
    list_id = int(made.raise_for_status().json()["id"])

    async def item_count() -> int:
        return int((await user.lists.get(f"/api/lists/{list_id}")).raise_for_status().json()["item_count"])

    await eventually(item_count, until=lambda count: count > 0)
    await user.in_sync(list_id)
    return list_id


async def _opened(browser: Browser, state: StorageState, script: str) -> tuple[BrowserContext, Page]:
    context = await browser.new_context(storage_state=state, viewport=SIZE)
    await context.add_init_script(script)
    return context, await context.new_page()


async def _view(browser: Browser, system: Running, state: StorageState, name: str, path: str) -> list[Figure]:
    times, sizes, counts = [], [], []
    for _ in range(LOADS):
        context, page = await _opened(browser, state, USABLE)
        received: list[float] = []
        network = await context.new_cdp_session(page)
        network.on("Network.loadingFinished", lambda event, seen=received: seen.append(event["encodedDataLength"]))
        await network.send("Network.enable")
        await page.goto(f"{system.system.lists_api_url}{path}")
        times.append(float(await page.evaluate("window.usable")))
        await asyncio.sleep(SETTLE_S)
        sizes.append(sum(received) / 1000)
        counts.append(len(received))
        await context.close()
    note = f"median of {LOADS} loads with an empty cache; p95 {percentile(times, 0.95):.0f} ms"
    return [
        Figure(f"{name}: can be used after", median(times), "ms", at_most(1000), note),
        Figure(f"{name}: transferred", max(sizes), "kB", at_most(120), f"with headers, {max(counts)} requests"),
    ]


async def _notices(
    browser: Browser,
    system: Running,
    state: StorageState,
    user: User,
    kafka: KafkaKind,
) -> list[Figure]:
    """Return how long a notice takes in an open page when the list is edited elsewhere, one edit after the other."""
    edited = await user.make_list("Edited", movies(1, 20))
    await user.in_sync(edited)
    _, page = await _opened(browser, state, SHOWN)
    await page.goto(f"{system.system.lists_api_url}/#/")
    await page.get_by_role("heading", name="Edited").wait_for()
    await asyncio.sleep(SETTLE_S)
    pause = random.Random(1)  # noqa: S311 - no secret
    waits = []
    for number in range(EDITS):
        method = "DELETE" if number % 2 else "POST"
        began = time.time()
        answer = await user.lists.request(method, f"/api/lists/{edited}/items", json={"items": movies(500, 1)})
        answer.raise_for_status()
        async with asyncio.timeout(60):
            waits.append(float(await page.evaluate(NEXT_SHOWN, number)) - began * 1000)
        await asyncio.sleep(pause.uniform(0.05, 0.15))
    note = f"{EDITS} edits, {kafka} Kafka, a simulator without latency"
    return [
        Figure("edit to notice, p50", percentile(waits, 0.5), "ms", note=note),
        Figure("edit to notice, p95", percentile(waits, 0.95), "ms", at_most(250)),
    ]
