"""How many requests Trakt gets, and how long it takes, under its real limits and with answers that take 100 ms.

One write a second, 500 reads in five minutes; an account of a VIP.
"""

import asyncio
import time
from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from typing import Final

from benchmarks.figures import Figure, at_most
from benchmarks.system import Running, User, movies, running
from chassis.testing import eventually
from trakt_sync.testing.accounts import connect_account_of

ITEMS: Final = 1000
MANY: Final = 5000
CHANGED: Final = 10
LISTS: Final = 100
EDITS: Final = 5
LATENCY_MS: Final = 100
QUIET: Final = timedelta(seconds=3)
LONG: Final = timedelta(minutes=5)


async def run() -> list[Figure]:
    async with running("embedded", write_interval="PT1S", rate_limits=True) as system:
        await system.trakt.options(latency_ms=LATENCY_MS, unknown_ids_exist=True)
        user = await system.connect("requests")
        await system.trakt.clear_requests()
        figures = await _one_list(system, user)
        figures += await _many_items(system, user)
        two_users = await _two_users(system, user)
        figures += [*await _audits(system, user), two_users]
        await user.close()
    return figures


async def _one_list(system: Running, user: User) -> list[Figure]:
    list_id = 0

    async def make() -> None:
        nonlocal list_id
        list_id = await user.make_list("A thousand", movies(1, ITEMS))
        await user.in_sync(list_id)

    async def put(first: int) -> None:
        await user.lists.put(f"/api/lists/{list_id}/items", json={"items": movies(first, ITEMS)})
        await user.in_sync(list_id)

    async def rename() -> None:
        await user.lists.patch(f"/api/lists/{list_id}", json={"title": "Exactly a thousand"})
        await user.in_sync(list_id)

    figures = [
        *await _measured(system, user, f"first mirror of {ITEMS:,} items", make(), 5, 6),
        *await _measured(system, user, f"+{CHANGED} -{CHANGED}", put(1 + CHANGED), 2, 2.5),
        *await _measured(system, user, "the same again, by event", put(1 + CHANGED), 0, None),
        *await _measured(system, user, "rename", rename(), 1, None),
    ]
    (mirrored,) = await system.trakt.lists_of(user.name)
    wrong = sum(a.ids.get("trakt") != n for n, a in enumerate(mirrored.items, 1 + CHANGED))
    return [*figures, Figure("items on Trakt that are not the wanted ones", wrong, "items", at_most(0))]


async def _many_items(system: Running, user: User) -> list[Figure]:
    async def make() -> None:
        await user.in_sync(await user.make_list("Five thousand", movies(1, MANY)), within=LONG)

    return await _measured(system, user, f"first mirror of {MANY:,} items", make(), 21, 25)


async def _audits(system: Running, user: User) -> list[Figure]:
    """An audit is one request, whatever the number of lists; here the account's pace makes none wait."""
    (first,) = [one["id"] for one in (await user.lists.get("/api/lists?limit=1")).raise_for_status().json()["lists"]]
    await asyncio.sleep(QUIET.total_seconds())
    figures = await _measured(system, user, "audit of an unchanged list", _audit(system, user, first), 1, 0.3)
    made = [await user.make_list(f"List {number}", []) for number in range(LISTS - 4)]
    for list_id in made:
        await user.in_sync(list_id, within=LONG)
    await asyncio.sleep(QUIET.total_seconds())
    work = _audit(system, user, made[0])
    return [*figures, *await _measured(system, user, f"audit of {LISTS} unchanged lists", work, 1, 0.3)]


async def _audit(system: Running, user: User, list_id: int) -> None:
    """Ask for an audit, and wait until Trakt's answer is there."""
    before = len(await system.trakt.requests(account=user.name))
    url = f"{system.system.trakt_sync_url}/api/trakt/lists/{list_id}/audit"
    (await user.lists.post(url)).raise_for_status()
    await eventually(partial(system.trakt.requests, account=user.name), until=lambda seen: len(seen) > before)
    await asyncio.sleep(LATENCY_MS / 1000)


async def _two_users(system: Running, user: User) -> Figure:
    """Two of our users on one Trakt account, both editing."""
    pair = (await system.trakt.account(user.name, vip=True)).model_dump_json()
    await connect_account_of(system.stack.environment("trakt-sync work"), "second", pair)
    second = system.user("second")

    async def edit(one: User) -> None:
        list_id = await one.make_list(f"Of {one.name}", movies(1, 3))
        for number in range(EDITS):
            await one.lists.put(f"/api/lists/{list_id}/items", json={"items": movies(2 + number, 3)})
            await one.in_sync(list_id, within=LONG)

    await asyncio.gather(edit(user), edit(second))
    await second.close()
    refused = len(await system.trakt.requests(status=429))
    return Figure("answers 429 in all of it, two users on one account too", refused, "answers", at_most(0))


async def _measured(
    system: Running, user: User, name: str, work: Awaitable[None], requests: int, within_s: float | None
) -> list[Figure]:
    """Do the work; return how many requests it took, what comes a little later among them, and how long it took."""
    before = len(await system.trakt.requests(account=user.name))
    began_at = time.monotonic()
    await work
    took_s = time.monotonic() - began_at
    await asyncio.sleep(QUIET.total_seconds())
    count = len(await system.trakt.requests(account=user.name)) - before
    figures = [Figure(name, count, "requests", at_most(requests))]
    if within_s is not None:
        figures.append(Figure(f"{name}: wall time", round(took_s, 2), "s", at_most(within_s)))
    return figures
