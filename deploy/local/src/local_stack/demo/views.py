"""What a user sees: their lists on Trakt, and their messages.

The play waits by the simulator's admin API. Those requests count against no limit and are in no log, so the log holds
only the system's requests. The play reads only the new list by Trakt's own API, as its user would.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from local_stack.demo.errors import StepFailedError
from local_stack.system.description import System
from trakt_simulator.testing import SimulatorAdmin

OPEN_LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The messages of the live stream, in the order of their arrival."""

    texts: list[str]


class OnTrakt:
    """What the user has on a simulated Trakt."""

    def __init__(self, system: System, admin: SimulatorAdmin) -> None:
        self._system, self._admin = system, admin

    async def lists(self) -> dict[str, list[str]]:
        """Return name → IMDb ids in their order, by the admin API."""
        there = await self._admin.lists_of(self._system.user)
        return {found.name: [str(item.ids["imdb"]) for item in found.items] for found in there}

    async def as_its_user_sees_it(self, name: str) -> tuple[dict[str, Any], list[str]]:
        """Return a list and the IMDb ids of its items in order, by Trakt's API, as another application shows them."""
        trakt = self._system.trakt
        headers = (await self._admin.account(self._system.user)).headers(trakt.client_id)
        async with httpx.AsyncClient(base_url=trakt.api_url, headers=headers, timeout=10) as http:
            lists = (await http.get("/users/me/lists")).raise_for_status().json()
            (there,) = (found for found in lists if found["name"] == name)
            answer = await http.get(f"/users/me/lists/{there['ids']['trakt']}/items", params={"limit": 250})
            items = sorted(answer.raise_for_status().json(), key=lambda item: item["rank"])
            return there, [item[item["type"]]["ids"]["imdb"] for item in items]


@asynccontextmanager
async def listening(notifier: httpx.AsyncClient) -> AsyncIterator[Heard]:
    """Hear the live stream of messages while the block runs."""
    heard = Heard([])
    is_open = asyncio.Event()

    async def listen() -> None:
        async with notifier.stream("GET", "/api/notifications/stream", timeout=None) as stream:
            stream.raise_for_status()
            is_open.set()
            async for line in stream.aiter_lines():
                if line.startswith("data:") and (text := json.loads(line.removeprefix("data:")).get("text")):
                    heard.texts.append(text)  # other events say how far runs are

    reading = asyncio.create_task(listen())
    opening = asyncio.create_task(is_open.wait())
    try:
        await asyncio.wait({reading, opening}, timeout=OPEN_LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()
        if not is_open.is_set():
            raise StepFailedError(f"the live stream of messages did not open within {OPEN_LIMIT_S:.0f} s")
        yield heard
    finally:
        for task in (reading, opening):
            task.cancel()
        await asyncio.gather(reading, opening, return_exceptions=True)
