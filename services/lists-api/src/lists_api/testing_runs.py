"""For the tests of runs: lists that fill themselves from a catalogue that a test sets by hand."""

from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import httpx

from chassis.postgres.database import Connection
from lists_api.runs.domain.fill import Ranked
from lists_api.runs.selector import Wish
from lists_api.testing import Api
from watchbuddy_contracts import Title, TitleKey, keys_of


def movie(tmdb: int) -> Title:
    return Title("movie", None, tmdb, None)


@dataclass
class Catalogue:
    """A selector whose ranking a test sets: movies by their TMDB ids, the best first."""

    best: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    while_it_looks: Callable[[], Any] | None = None
    """Called once, while a run reads candidates."""
    while_it_ranks: Callable[[], Any] | None = None
    """Called once, in the thread in which a run ranks."""
    reasons: dict[int, str] = field(default_factory=dict)
    """Explanations of titles, where they are not their places."""
    fails_for: Collection[int] = ()
    """Looking for the titles of a list of this `item_limit` ends in an error."""

    async def watched(self, _connection: Connection, _user_id: str, titles: Sequence[Title]) -> AbstractSet[TitleKey]:
        own = keys_of(map(movie, self.seen))
        return {key for title in titles for key in title.keys if key in own}

    async def candidates(self, _connection: Connection, wish: Wish) -> Callable[[], Sequence[Ranked]]:
        self.wishes.append(wish)
        if wish.limit in self.fails_for:
            raise RuntimeError("a defect")
        act, self.while_it_looks = self.while_it_looks, None
        if act is not None:
            await act()
        out = keys_of(wish.exclude)
        seen = keys_of(map(movie, self.seen)) if wish.filters.watched == "not_watched" else set()
        known = [one for one in map(movie, self.best) if (out | seen).isdisjoint(one.keys)]
        kept = [one for one in known if wish.keep and not keys_of(wish.keep).isdisjoint(one.keys)]
        free = [one for one in known if one not in kept][: max(0, wish.limit - len(kept))]
        chosen = [one for one in known if one in kept or one in free][: wish.limit]
        return lambda: self._ranked(chosen)

    def _ranked(self, chosen: Sequence[Title]) -> Sequence[Ranked]:
        act, self.while_it_ranks = self.while_it_ranks, None
        if act is not None:
            act()
        return [
            Ranked(one, 1000 - rank, self.reasons.get(one.tmdb or 0, f"place {rank}"))
            for rank, one in enumerate(chosen, start=1)
        ]


@dataclass(frozen=True)
class World:
    """The application with that catalogue."""

    api: Api
    catalogue: Catalogue

    async def make(self, **body: object) -> int:
        """Make a list that fills itself; return its id."""
        known = {"list_type": "smart", "title": "Best", "filters": {}, "item_limit": 3, "allow_duplicate": True}
        asked = {name: value for name, value in (known | body).items() if value is not None}
        response = await self.api.call("POST", "/api/lists", json=asked)
        assert response.status_code == httpx.codes.CREATED, response.text
        return int(response.json()["id"])

    async def make_filled(self, **body: object) -> int:
        """Make a list and carry out its first run."""
        list_id = await self.make(**body)
        await self.work_off()
        return list_id

    async def work_off(self) -> None:
        await self.api.work_off(self.catalogue)

    async def sync(self, list_id: int, query: str = "") -> str:
        """Ask for a run; return its URL."""
        response = await self.api.call("POST", f"/api/lists/{list_id}/sync{query}")
        assert response.status_code == httpx.codes.ACCEPTED, response.text
        return str(response.json()["status_url"])

    async def run_now(self, list_id: int, query: str = "") -> dict[str, Any]:
        """Ask for a run, carry it out, and return it."""
        url = await self.sync(list_id, query)
        await self.work_off()
        return await self.read(url)

    async def read(self, url: str) -> dict[str, Any]:
        response = await self.api.call("GET", url)
        assert response.status_code == httpx.codes.OK, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def show(self, list_id: int) -> dict[str, Any]:
        return await self.read(f"/api/lists/{list_id}")

    async def runs(self, list_id: int) -> list[dict[str, Any]]:
        """Return the list's runs, newest first."""
        found: list[dict[str, Any]] = (await self.read(f"/api/lists/{list_id}/runs?limit=100"))["runs"]
        return found

    async def items(self, list_id: int) -> list[int]:
        answer = await self.read(f"/api/lists/{list_id}/items?limit=100")
        return [item["ids"]["tmdb"] for item in answer["items"]]

    async def events(self, list_id: int) -> list[str]:
        """Return the names of the list's events, in order."""
        return [type(stored.event).__name__ for stored in await self.api.outbox(list_id)]
