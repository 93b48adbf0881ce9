"""The demo's play of the main job, by HTTP alone: what a user does, and what he then sees on Trakt and in his messages."""

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

Say = Callable[[str], None]
LOCAL_LIMIT = timedelta(seconds=5)
TRAKT_LIMIT = timedelta(seconds=30)
MESSAGE_LIMIT = timedelta(seconds=30)
LOOK_EVERY_S = 0.1
LOOK_AT_LEAST_EVERY_S = 1.0

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
        _trakt_as_its_user(system) as trakt,
        _listening(notifier) as heard,
    ):
        stage = Stage(lists, trakt, heard, say)
        list_id = await stage.create()
        await stage.change_items(list_id)
        await stage.rename(list_id)
        await stage.delete(list_id)


class Stage:
    """The steps. Each one acts, then waits until it is seen."""

    def __init__(self, lists: httpx.AsyncClient, trakt: httpx.AsyncClient, heard: Heard, say: Say) -> None:
        self._lists, self._trakt, self._heard, self._say = lists, trakt, heard, say

    async def create(self) -> int:
        body = {"title": TITLE, "list_type": "manual", "description": DESCRIPTION, "items": FIRST_ITEMS}
        answer = await self._act(f"made the list '{TITLE}' with {len(FIRST_ITEMS)} titles", "POST", "/api/lists", body)
        list_id = int(answer.json()["id"])

        async def mirrored() -> str | None:
            there = await self._list_on_trakt(TITLE)
            if there is None or await self._imdb_ids(there) != _imdb_ids_of(FIRST_ITEMS):
                return None
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
            there = await self._list_on_trakt(TITLE)
            ids = await self._imdb_ids(there) if there else []
            return f"{len(ids)} titles" if ids == _imdb_ids_of(LATER_ITEMS) else None

        await self._see("on Trakt", mirrored, TRAKT_LIMIT)
        await self._see_message("Synced to Trakt: +2 -1")

    async def rename(self, list_id: int) -> None:
        await self._act(f"renamed it to '{NEW_TITLE}'", "PATCH", f"/api/lists/{list_id}", {"title": NEW_TITLE})

        async def mirrored() -> str | None:
            there = await self._list_on_trakt(NEW_TITLE)
            return f"'{there['name']}'" if there and await self._list_on_trakt(TITLE) is None else None

        await self._see("on Trakt", mirrored, TRAKT_LIMIT)

    async def delete(self, list_id: int) -> None:
        await self._act("deleted it", "DELETE", f"/api/lists/{list_id}")

        async def gone() -> str | None:
            return "gone" if await self._list_on_trakt(NEW_TITLE) is None else None

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
        begin, pause_s = time.monotonic(), LOOK_EVERY_S
        while (seen := await look()) is None:
            if time.monotonic() - begin > limit.total_seconds():
                raise StepFailedError(f"{where}: not seen within {limit.total_seconds():.0f} s")
            await asyncio.sleep(pause_s)
            # Looks count against Trakt's limit of reads; who waits long looks more seldom.
            pause_s = min(pause_s * 1.2, LOOK_AT_LEAST_EVERY_S)
        self._say(f"  ✓ {where}: {seen}  ({_took(begin)})")

    async def _see_message(self, text: str) -> None:
        async def heard() -> str | None:
            return text if text in self._heard.texts else None

        try:
            await self._see("message", heard, MESSAGE_LIMIT)
        except StepFailedError as error:
            raise StepFailedError(f"{error}: {text!r}; heard: {self._heard.texts}") from error

    async def _list_on_trakt(self, name: str) -> dict[str, Any] | None:
        there = (await self._trakt.get("/users/me/lists")).raise_for_status().json()
        return next((found for found in there if found["name"] == name), None)

    async def _imdb_ids(self, there: dict[str, Any]) -> list[str]:
        answer = await self._trakt.get(f"/users/me/lists/{there['ids']['trakt']}/items", params={"limit": 250})
        items = sorted(answer.raise_for_status().json(), key=lambda item: item["rank"])
        return [item[item["type"]]["ids"]["imdb"] for item in items]


@asynccontextmanager
async def _trakt_as_its_user(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of Trakt's API with a token of its own, as if the user looked by another application."""
    async with httpx.AsyncClient(timeout=10) as admin:
        answer = await admin.post(f"{system.trakt.admin_url}/accounts", json={"username": system.user})
    headers = {
        "trakt-api-version": "2",
        "trakt-api-key": system.trakt.client_id,
        "Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}",
    }
    async with httpx.AsyncClient(base_url=system.trakt.api_url, headers=headers, timeout=10) as trakt:
        yield trakt


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
