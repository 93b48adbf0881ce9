"""Edits of many users' lists, from the request to the message, by a load generator that costs little.

A list of 20 titles gets one more by one edit, and loses it by the next. An edit ends when its user's live stream brings
the message that it is on Trakt.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from benchmarks.system import Running, movies

ITEMS: Final = 20
EXTRA: Final = json.dumps({"items": movies(500, 1)}).encode()
CONNECT_AT_A_TIME: Final = 4
ON_TRAKT: Final = b'"Synced to Trakt'


@dataclass(slots=True)
class EditedList:
    """A list under test. It is edited again only when its last edit has ended."""

    session: aiohttp.ClientSession
    url: str
    has_extra: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def edit(self) -> None:
        """Edit the list, and wait for the message."""
        async with self.turn:
            self.told.clear()
            async with self.session.request("DELETE" if self.has_extra else "POST", self.url, data=EXTRA) as answer:
                answer.raise_for_status()
            self.has_extra = not self.has_extra
            await self.told.wait()


@asynccontextmanager
async def edited_lists(system: Running, *, users: int, lists_each: int) -> AsyncIterator[Sequence[EditedList]]:
    """Give lists that are on Trakt, of so many users whose streams are open."""
    gate = asyncio.Semaphore(CONNECT_AT_A_TIME)

    async def made(name: str) -> list[EditedList]:
        async with gate:
            return await _lists_of(system, stack, name, lists_each)

    async with AsyncExitStack() as stack:
        each = await asyncio.gather(*(made(f"user{number}") for number in range(users)))
        yield [one for lists in each for one in lists]


async def _lists_of(system: Running, stack: AsyncExitStack, name: str, count: int) -> list[EditedList]:
    await system.connect_account(name)
    headers = system.bearer(name) | {"Content-Type": "application/json"}
    session = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
    stream = await stack.enter_async_context(
        session.get(f"{system.system.notifier_url}/api/notifications/stream", timeout=aiohttp.ClientTimeout(total=None))
    )
    stream.raise_for_status()
    lists: dict[int, EditedList] = {}
    hearing = asyncio.create_task(_hear(stream, lists))
    stack.callback(hearing.cancel)
    for number in range(count):
        body = {"title": f"List {number}", "list_type": "manual", "items": movies(1, ITEMS)}
        async with session.post(f"{system.system.lists_api_url}/api/lists", json=body) as answer:
            answer.raise_for_status()
            list_id = int((await answer.json())["id"])
        lists[list_id] = EditedList(session, f"{system.system.lists_api_url}/api/lists/{list_id}/items")
    async with asyncio.timeout(60):
        for one in lists.values():
            await one.told.wait()
    return list(lists.values())


async def _hear(stream: aiohttp.ClientResponse, lists: dict[int, EditedList]) -> None:
    async for line in stream.content:
        if line.startswith(b"data:") and ON_TRAKT in line:
            lists[json.loads(line[5:])["list_id"]].told.set()


async def at_a_rate(
    lists: Sequence[EditedList], *, per_second: float, seconds: float, patience_s: float
) -> list[float]:
    """Start edits by a schedule, whether or not earlier ones have ended; return how long each took, in seconds.

    Counted from the time that the schedule intends. An edit that has not ended `patience_s` after the last one's time
    is given up, and counts with the time until then.
    """
    began = time.perf_counter()
    count = int(per_second * seconds)
    waits: dict[int, float] = {}

    async def one(number: int) -> None:
        intended = began + number / per_second
        await asyncio.sleep(intended - time.perf_counter())
        await lists[number % len(lists)].edit()
        waits[number] = time.perf_counter() - intended

    tasks = [asyncio.create_task(one(number)) for number in range(count)]
    await asyncio.wait(tasks, timeout=seconds + patience_s)
    ended = time.perf_counter()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [waits.get(number, ended - began - number / per_second) for number in range(count)]
