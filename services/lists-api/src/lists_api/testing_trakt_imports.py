"""For the tests of imports from Trakt: an import is asked for, trakt-sync answers, and the lists are read."""

from typing import Any
from uuid import UUID

import httpx

from lists_api.testing import Api
from watchbuddy_contracts import Item, ItemIds, TraktListRead, TraktListReadFailed

PATH = "/api/imports/trakt"
ADDRESS = "https://trakt.tv/users/grace/lists/best-heists"
ITEMS = tuple(Item(media_type="movie", ids=ItemIds(tmdb=number)) for number in (3, 1, 2))


async def start(api: Api, trakt_list: str = ADDRESS, *, user: str = "ada", **body: object) -> UUID:
    """Ask for an import; return its id."""
    response = await api.call("POST", PATH, user=user, json={"trakt_list": trakt_list} | body)
    assert response.status_code == httpx.codes.ACCEPTED, response.text
    started = response.json()
    assert response.headers["location"] == started["status_url"] == f"{PATH}/{started['import_id']}"
    return UUID(started["import_id"])


async def read(api: Api, import_id: UUID, *, user: str = "ada") -> dict[str, Any]:
    answer: dict[str, Any] = (await api.call("GET", f"{PATH}/{import_id}", user=user)).json()
    return answer


def found(import_id: UUID, *, user_id: str = "ada", **fields: object) -> TraktListRead:
    """Return the answer that brings the list."""
    about = {"user_id": user_id, "import_id": import_id, "trakt_list_id": 501, "name": "Best heists", "url": ADDRESS}
    return TraktListRead.model_validate(about | {"items": ITEMS, "item_count": 3} | fields)


def unread(import_id: UUID, reason: str, *, user_id: str = "ada", **fields: object) -> TraktListReadFailed:
    """Return the answer that the list cannot be read."""
    about = {"user_id": user_id, "import_id": import_id, "trakt_list": "best-heists", "owner": "grace"}
    return TraktListReadFailed.model_validate(about | {"reason": reason} | fields)


async def lists(api: Api, user: str = "ada") -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = (await api.call("GET", "/api/lists", user=user)).json()["lists"]
    return answer
