"""Lists on Trakt that are read once: one to read, and what the user is told of it."""

from datetime import datetime
from typing import Final, Protocol

from trakt_sync.testing.harness import Harness
from watchbuddy_contracts import TraktListRead, TraktListReadFailed

HEISTS: Final = [{"type": "movie", "ids": {"trakt": number}} for number in (3, 1, 2)]


class Seeded(Protocol):
    """A Trakt to which a test gives accounts."""

    async def seed(self, *accounts: dict[str, object]) -> object: ...


async def seed(admin: Seeded, username: str = "grace", *, name: str = "Best heists", **fields: object) -> None:
    """Give the account a list."""
    a_list = {"name": name, "privacy": "public", "items": HEISTS} | fields
    await admin.seed({"username": username, "lists": [a_list]})


async def answer(running: Harness) -> TraktListRead | TraktListReadFailed:
    """Wait for the import's only answer and return it."""
    (event,) = await running.sent(TraktListRead, TraktListReadFailed)
    assert isinstance(event, TraktListRead | TraktListReadFailed)
    return event


async def reason(running: Harness) -> tuple[str, datetime | None]:
    """Wait for the import's only answer; return why it failed, and when it is tried again (None: never)."""
    event = await answer(running)
    assert isinstance(event, TraktListReadFailed)
    return event.reason, event.retry_at
