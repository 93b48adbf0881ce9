"""For the tests of imports over HTTP: a file is sent, and its list read. The titles are the small catalogue's."""

from pathlib import Path
from typing import Any

import httpx

from lists_api.testing import Api

SAMPLES = Path(__file__).parents[2] / "tests/import_samples"
PATH = "/api/imports"


async def send(
    api: Api, name: str, content: bytes | None = None, *, user: str = "ada", **fields: str
) -> httpx.Response:
    """Import a file: a sample, unless its content is given."""
    body = (SAMPLES / name).read_bytes() if content is None else content
    return await api.call("POST", PATH, user=user, files={"file": (name, body)}, data=fields)


async def taken(api: Api, name: str, content: bytes | None = None, **fields: str) -> dict[str, Any]:
    """Import a file of one list, and return what is told of it."""
    answer = await send(api, name, content, **fields)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    (one,) = answer.json()["lists"]
    found: dict[str, Any] = one
    return found


async def items_of(api: Api, list_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the media types and ids of a list's items, in order."""
    answer = await api.call("GET", f"/api/lists/{list_id}/items?limit=100")
    return [(item["media_type"], item["ids"]) for item in answer.json()["items"]]


HEAT = ("movie", {"trakt": 5, "tmdb": 949, "imdb": "tt0113277"})
SOPRANOS = ("show", {"trakt": None, "tmdb": 1398, "imdb": "tt0141842"})
LUPIN = ("show", {"trakt": 175, "tmdb": 96677, "imdb": "tt2531336"})
PULP_FICTION = ("movie", {"trakt": None, "tmdb": 680, "imdb": "tt0110912"})
BAND = ("show", {"trakt": None, "tmdb": 4613, "imdb": "tt0185906"})
STALKER = ("movie", {"trakt": None, "tmdb": 1398, "imdb": "tt0079944"})
TOY_STORY = ("movie", {"trakt": None, "tmdb": 862, "imdb": "tt0114709"})


def alone(imdb: str, kind: str = "movie") -> tuple[str, dict[str, Any]]:
    """Return an item that has an IMDb id alone."""
    return kind, {"trakt": None, "tmdb": None, "imdb": imdb}


LEON = alone("tt0110413")
UGLY = alone("tt0060196")
HOLD_UP = ("movie", {"trakt": None, "tmdb": 101, "imdb": "tt2170667"})
