"""The steps of the play. Each one acts over HTTP, as a user does, then waits until the user sees what it did."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx

from local_stack.demo.errors import StepFailedError
from local_stack.demo.views import Heard, OnTrakt

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


def _imdb_ids_of(items: list[dict[str, Any]]) -> list[str]:
    return [item["ids"]["imdb"] for item in items]


def _took(begin: float) -> str:
    return f"{time.monotonic() - begin:.2f} s"
