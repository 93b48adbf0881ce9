"""The demo's play of the main job, by HTTP alone: what a user does, and what he then sees on Trakt and in his messages.

It waits by the simulator's admin API, whose requests stand in no log and count against no limit: what Trakt was asked is
what the system asked. Only the new list is then read by Trakt's own API, as its user would.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from local_stack.system import System
from trakt_simulator.testing import SimulatorAdmin

Say = Callable[[str], None]
LOCAL_LIMIT = timedelta(seconds=5)
TRAKT_LIMIT = timedelta(seconds=30)
MESSAGE_LIMIT = timedelta(seconds=30)
LOOK_EVERY_S = 0.1

TITLE, NEW_TITLE = "Heist night", "Heist weekend"
DESCRIPTION = "Somebody always talks"
HEAT, STING, DOGS, KILLING, SUSPECTS, BROWN, LUPIN = (
    {"media_type": media_type, "ids": {"imdb": imdb}}
    for media_type, imdb in (
        ("movie", "tt0113277"),
        ("movie", "tt0070735"),
        ("movie", "tt0105236"),
        ("movie", "tt0049406"),
        ("movie", "tt0114814"),
        ("movie", "tt0119396"),
        ("show", "tt2531336"),
    )
)
FIRST_ITEMS = [HEAT, STING, DOGS, KILLING, LUPIN]
LATER_ITEMS = [HEAT, STING, DOGS, KILLING, SUSPECTS, BROWN]  # Lupin goes, two come


class StepFailedError(Exception):
    """A step was not seen within its time; the text says which, and what was seen last."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The messages of the live stream, in the order of their arrival."""

    texts: list[str]


async def play(system: System, say: Say) -> None:
    """Play the main job; every step is said with how long it took.

    Raises:
        StepFailedError: a step was not seen within its time, or a server did not answer.
    """
    try:
        await _play(system, say)
    except httpx.HTTPError as error:
        raise StepFailedError(f"no answer: {type(error).__name__} {error}") from error


async def _play(system: System, say: Say) -> None:
    bearer = {"Authorization": f"Bearer {system.token}"}
    async with (
        httpx.AsyncClient(base_url=system.lists_api_url, headers=bearer, timeout=10) as lists,
        httpx.AsyncClient(base_url=system.notifier_url, headers=bearer, timeout=10) as notifier,
        SimulatorAdmin(system.trakt.api_url) as admin,
        _listening(notifier) as heard,
    ):
        stage = Stage(lists, OnTrakt(system, admin), heard, say)
        list_id = await stage.create()
        await stage.change_items(list_id)
        await stage.rename(list_id)
        await stage.delete(list_id)


class OnTrakt:
    """What the user has on a simulated Trakt."""

    def __init__(self, system: System, admin: SimulatorAdmin) -> None:
        self._system, self._admin = system, admin

    async def lists(self) -> dict[str, list[str]]:
        """Return name → IMDb ids in order, as the simulator knows them."""
        there = await self._admin.lists_of(self._system.user)
        return {found.name: [str(item.ids["imdb"]) for item in found.items] for found in there}

    async def as_its_user_sees_it(self, name: str) -> tuple[dict[str, Any], list[str]]:
        """Return a list and the IMDb ids of its items in order, by Trakt's API, as if he looked by another application."""
        trakt = self._system.trakt
        headers = (await self._admin.account(self._system.user)).headers(trakt.client_id)
        async with httpx.AsyncClient(base_url=trakt.api_url, headers=headers, timeout=10) as http:
            lists = (await http.get("/users/me/lists")).raise_for_status().json()
            (there,) = (found for found in lists if found["name"] == name)
            answer = await http.get(f"/users/me/lists/{there['ids']['trakt']}/items", params={"limit": 250})
            items = sorted(answer.raise_for_status().json(), key=lambda item: item["rank"])
            return there, [item[item["type"]]["ids"]["imdb"] for item in items]


class Stage:
    """The steps. Each one acts, then waits until it is seen."""

    def __init__(self, lists: httpx.AsyncClient, trakt: OnTrakt, heard: Heard, say: Say) -> None:
        self._lists, self._trakt, self._heard, self._say = lists, trakt, heard, say

    async def create(self) -> int:
        body = {"title": TITLE, "list_type": "manual", "description": DESCRIPTION, "items": FIRST_ITEMS}
        answer = await self._act(f"made the list '{TITLE}' with {len(FIRST_ITEMS)} titles", "POST", "/api/lists", body)
        list_id = int(answer.json()["id"])

        async def mirrored() -> str | None:
            if (await self._trakt.lists()).get(TITLE) != _imdb_ids_of(FIRST_ITEMS):
                return None
            there, ids = await self._trakt.as_its_user_sees_it(TITLE)
            if ids != _imdb_ids_of(FIRST_ITEMS):
                raise StepFailedError(f"Trakt shows its user other titles, or in another order: {ids}")
            numbers = "numbered" if there["display_numbers"] else "not numbered"
            comments = "comments on" if there["allow_comments"] else "comments off"
            return f"{there['privacy']}, {numbers}, {comments}, '{there['description']}', every title in order"

        await self._see("on Trakt", mirrored, TRAKT_LIMIT)
        await self._see_message(f"Created list '{TITLE}' on Trakt")
        await self._see_message(f"Synced to Trakt: +{len(FIRST_ITEMS)} -0")

        async def confirmed() -> str | None:
            known = (await self._lists.get(f"/api/lists/{list_id}")).raise_for_status().json()
            if known["trakt_list_id"] is None or known["mirror_state"]["state"] != "in_sync":
                return None
            return f"Trakt list {known['trakt_list_id']}, {known['mirror_state']['state']}"

        await self._see("lists-api knows", confirmed, TRAKT_LIMIT)
        return list_id

    async def change_items(self, list_id: int) -> None:
        done = "put other titles on it: two come, one goes"
        await self._act(done, "PUT", f"/api/lists/{list_id}/items", {"items": LATER_ITEMS})

        async def mirrored() -> str | None:
            ids = (await self._trakt.lists()).get(TITLE, [])
            return f"{len(ids)} titles" if ids == _imdb_ids_of(LATER_ITEMS) else None

        await self._see("on Trakt", mirrored, TRAKT_LIMIT)
        await self._see_message("Synced to Trakt: +2 -1")

    async def rename(self, list_id: int) -> None:
        await self._act(f"renamed it to '{NEW_TITLE}'", "PATCH", f"/api/lists/{list_id}", {"title": NEW_TITLE})

        async def mirrored() -> str | None:
            names = set(await self._trakt.lists())
            return f"'{NEW_TITLE}'" if NEW_TITLE in names and TITLE not in names else None

        await self._see("on Trakt", mirrored, TRAKT_LIMIT)

    async def delete(self, list_id: int) -> None:
        await self._act("deleted it", "DELETE", f"/api/lists/{list_id}")

        async def gone() -> str | None:
            return "gone" if NEW_TITLE not in await self._trakt.lists() else None

        await self._see("on Trakt", gone, TRAKT_LIMIT)
        await self._see_message(f"List {list_id} deleted.")
        await self._see_message(f"Deleted '{NEW_TITLE}' from Trakt")

    async def _act(self, done: str, method: str, path: str, body: object = None) -> httpx.Response:
        begin = time.monotonic()
        answer = await self._lists.request(method, path, json=body, timeout=LOCAL_LIMIT.total_seconds())
        if answer.is_error:
            raise StepFailedError(f"{method} {path} answered {answer.status_code}: {answer.text}")
        self._say(f"✓ {done}  ({_took(begin)})")
        return answer

    async def _see(self, where: str, look: Callable[[], Awaitable[str | None]], limit: timedelta) -> None:
        begin = time.monotonic()
        while (seen := await look()) is None:
            if time.monotonic() - begin > limit.total_seconds():
                raise StepFailedError(f"{where}: not seen within {limit.total_seconds():.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)
        self._say(f"  ✓ {where}: {seen}  ({_took(begin)})")

    async def _see_message(self, text: str) -> None:
        async def heard() -> str | None:
            return text if text in self._heard.texts else None

        try:
            await self._see("message", heard, MESSAGE_LIMIT)
        except StepFailedError as error:
            raise StepFailedError(f"{error}: {text!r}; heard: {self._heard.texts}") from error


@asynccontextmanager
async def _listening(notifier: httpx.AsyncClient) -> AsyncIterator[Heard]:
    """Hear the live stream of messages while the block runs."""
    heard = Heard([])
    is_open = asyncio.Event()

    async def listen() -> None:
        async with notifier.stream("GET", "/api/notifications/stream", timeout=None) as stream:
            stream.raise_for_status()
            is_open.set()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    heard.texts.append(json.loads(line.removeprefix("data:"))["text"])

    listening = asyncio.create_task(listen())
    opening = asyncio.create_task(is_open.wait())
    try:
        await asyncio.wait({listening, opening}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        if not is_open.is_set():
            raise StepFailedError("the live stream of messages did not open")
        yield heard
    finally:
        for task in (listening, opening):
            task.cancel()
        await asyncio.gather(listening, opening, return_exceptions=True)


def _imdb_ids_of(items: list[dict[str, Any]]) -> list[str]:
    return [item["ids"]["imdb"] for item in items]


def _took(begin: float) -> str:
    return f"{time.monotonic() - begin:.2f} s"
