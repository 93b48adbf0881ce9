"""The stage of the play: what acts over HTTP, as a user does, and then waits until the user sees what it did."""

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


class Stage:
    """Where the play happens: lists-api, Trakt and the messages, as their user sees them."""

    def __init__(self, lists: httpx.AsyncClient, trakt: OnTrakt, heard: Heard, say: Say) -> None:
        self._lists, self.trakt, self._heard, self.say = lists, trakt, heard, say

    async def act(self, done: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Send a request, say that it is done, and return what the answer holds.

        Raises:
            StepFailedError: it was refused.
        """
        begin = time.monotonic()
        answer = await self._lists.request(method, path, json=body, timeout=LOCAL_LIMIT.total_seconds())
        if answer.is_error:
            raise StepFailedError(f"{method} {path} answered {answer.status_code}: {answer.text}")
        self.say(f"✓ {done}  ({_took(begin)})")
        return answer.json() if answer.content else None

    async def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return what lists-api says."""
        return (await self._lists.get(path)).raise_for_status().json()

    async def see(self, where: str, look: Callable[[], Awaitable[str | None]], limit: timedelta) -> None:
        """Look until something is seen, and say what.

        Raises:
            StepFailedError: it was not seen within the limit.
        """
        begin = time.monotonic()
        while (seen := await look()) is None:
            if time.monotonic() - begin > limit.total_seconds():
                raise StepFailedError(f"{where}: not seen within {limit.total_seconds():.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)
        self.say(f"  ✓ {where}: {seen}  ({_took(begin)})")

    async def see_message(self, text: str) -> None:
        """Wait for a message. Raises as `see`."""

        async def heard() -> str | None:
            return text if text in self._heard.texts else None

        try:
            await self.see("message", heard, MESSAGE_LIMIT)
        except StepFailedError as error:
            raise StepFailedError(f"{error}: {text!r}; heard: {self._heard.texts}") from error

    async def see_in_sync(self, list_id: int) -> None:
        """Wait until lists-api knows that Trakt has the list. Raises as `see`."""

        async def confirmed() -> str | None:
            known = await self.read(f"/api/lists/{list_id}")
            if known["trakt_list_id"] is None or known["mirror_state"]["state"] != "in_sync":
                return None
            return f"Trakt list {known['trakt_list_id']}, {known['mirror_state']['state']}"

        await self.see("lists-api knows", confirmed, TRAKT_LIMIT)


def _took(begin: float) -> str:
    return f"{time.monotonic() - begin:.2f} s"
