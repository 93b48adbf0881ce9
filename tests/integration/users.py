"""A user of WatchBuddy, and what becomes of the user's lists on the user's Trakt."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
from pydantic import BaseModel

from chassis.testing import eventually
from integration.catalogue import Identity, Item, identities
from trakt_simulator.testing import ListState, LoggedRequest, SimulatorAdmin

MIRRORED_WITHIN: Final = timedelta(seconds=30)
PAGE: Final = 100
MAX_REQUESTS: Final = 100_000
RETRY_AFTER_S: Final = 0.1


class MirrorAnswer(BaseModel):
    state: str
    version: int | None
    reason: str | None
    not_found: int


class ListAnswer(BaseModel):
    id: int
    title: str
    version: int
    item_count: int
    status: str
    trakt_list_id: int | None
    mirror_state: MirrorAnswer

    def is_mirrored(self) -> bool:
        return self.mirror_state.state == "in_sync" and self.mirror_state.version == self.version


class KnownItem(BaseModel):
    media_type: str
    ids: dict[str, int | str | None]
    title: str
    year: int
    explanation: str | None


class MessageAnswer(BaseModel):
    id: int
    text: str
    severity: str
    list_id: int | None
    created_at: datetime


class User:
    """Acts over HTTP. A request without an answer, or answered by 503, is sent again for as long as `patience`."""

    def __init__(self, name: str, *, lists: httpx.AsyncClient, notes: httpx.AsyncClient, trakt: SimulatorAdmin) -> None:
        """Args: lists, notes: clients of lists-api and the notifier that carry the user's token."""
        self.name = name
        self.patience = timedelta(0)
        self._lists = lists
        self._notes = notes
        self._trakt = trakt

    async def send(
        self, method: str, path: str, *, json: object = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a request to lists-api, as it is, and return its answer."""
        return await self._send(self._lists, method, f"/api/lists{path}", json=json, headers=headers)

    async def create(self, title: str, items: Sequence[Item] = (), **fields: object) -> ListAnswer:
        body = {"title": title, "list_type": "manual", "items": list(items), **fields}
        answer = await self.send("POST", "", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        return ListAnswer.model_validate_json(_checked(answer, 201).content)

    async def change(self, list_id: int, **fields: object) -> ListAnswer:
        answer = await self.send("PATCH", f"/{list_id}", json=fields)
        return ListAnswer.model_validate_json(_checked(answer, 200).content)

    async def delete(self, list_id: int) -> None:
        answer = await self.send("DELETE", f"/{list_id}")
        # Where a first answer was lost, the second one finds nothing.
        assert answer.status_code == 204 or (self.patience and answer.status_code == 404), answer.text

    async def add(self, list_id: int, items: Sequence[Item]) -> None:
        _checked(await self.send("POST", f"/{list_id}/items", json={"items": items}), 200)

    async def remove(self, list_id: int, items: Sequence[Item]) -> None:
        _checked(await self.send("DELETE", f"/{list_id}/items", json={"items": items}), 200)

    async def replace(self, list_id: int, items: Sequence[Item]) -> None:
        _checked(await self.send("PUT", f"/{list_id}/items", json={"items": items}), 200)

    async def sync(self, list_id: int) -> str:
        """Run the list to its end; return the state in which the run ended."""
        run_id = _checked(await self.send("POST", f"/{list_id}/sync"), 202).json()["run_id"]

        async def state() -> str:
            run = _checked(await self.send("GET", f"/{list_id}/runs/{run_id}"), 200).json()
            return str(run["state"])

        return await eventually(state, until=lambda state: state not in ("queued", "running"))

    async def import_from_trakt(self, trakt_list: str) -> str:
        """Ask for a list on Trakt and return the import's id."""
        answer = await self._send(self._lists, "POST", "/api/imports/trakt", json={"trakt_list": trakt_list})
        import_id: str = _checked(answer, 202).json()["import_id"]
        return import_id

    async def export(self) -> bytes:
        return _checked(await self._send(self._lists, "POST", "/api/account/export"), 200).content

    async def erase(self, *, keep_trakt_lists: bool) -> str:
        """Ask for the user's erasure; return the path that says how far it is."""
        body = {"confirm": "erase everything", "keep_trakt_lists": keep_trakt_lists}
        answer = await self._send(self._lists, "POST", "/api/account/erase", json=body)
        status_url: str = _checked(answer, 202).json()["status_url"]
        return status_url

    async def rate(self, media_type: str, reference: str, thumb: str) -> None:
        path = f"/api/ratings/{media_type}/{reference}"
        answer = await self._send(self._lists, "PUT", path, json={"thumb": thumb})
        assert answer.is_success, answer.text

    async def known_items(self, list_id: int) -> list[KnownItem]:
        """Return the items with what is known of them."""
        return [KnownItem.model_validate(item) for item in await self._all_items(list_id)]

    async def _all_items(self, list_id: int) -> list[Item]:
        found: list[Item] = []
        total = 1
        while len(found) < total:
            path = f"/{list_id}/items?limit={PAGE}&page={len(found) // PAGE + 1}"
            answer = _checked(await self.send("GET", path), 200).json()
            total = answer["total"]
            found += answer["items"]
        return found

    async def read(self, list_id: int) -> ListAnswer:
        return ListAnswer.model_validate_json(_checked(await self.send("GET", f"/{list_id}"), 200).content)

    async def lists(self) -> list[ListAnswer]:
        found: list[ListAnswer] = []
        total = 1
        while len(found) < total:
            answer = _checked(await self.send("GET", f"?limit={PAGE}&page={len(found) // PAGE + 1}"), 200).json()
            total = answer["total"]
            found += [ListAnswer.model_validate(one) for one in answer["lists"]]
        return found

    async def items(self, list_id: int) -> list[Identity]:
        return list(identities(await self._all_items(list_id)))

    async def messages(self) -> list[MessageAnswer]:
        """Return all messages, oldest first."""
        found: list[MessageAnswer] = []
        total = 1
        while len(found) < total:
            path = f"/api/notifications?limit={PAGE}&page={len(found) // PAGE + 1}"
            answer = _checked(await self._send(self._notes, "GET", path), 200).json()
            total = answer["total"]
            found += [MessageAnswer.model_validate(one) for one in answer["messages"]]
        return found[::-1]

    async def texts(self) -> list[str]:
        return [message.text for message in await self.messages()]

    async def told(self, *texts: str, within: timedelta = MIRRORED_WITHIN) -> list[str]:
        """Wait until the user has exactly these messages (and others if need be), as often as they are named."""

        def has_all(seen: list[str]) -> bool:
            return all(Counter(seen)[text] >= count for text, count in Counter(texts).items())

        return await eventually(self.texts, until=has_all, within=within)

    async def mirrored(self, *list_ids: int, within: timedelta = MIRRORED_WITHIN) -> list[ListAnswer]:
        """Wait until Trakt is told to equal these lists (none named: all) at their newest version."""

        async def wanted() -> list[ListAnswer]:
            return [one for one in await self.lists() if not list_ids or one.id in list_ids]

        def are_mirrored(found: list[ListAnswer]) -> bool:
            return len(found) >= len(list_ids) and all(one.is_mirrored() for one in found)

        return await eventually(wanted, until=are_mirrored, within=within, every=timedelta(milliseconds=50))

    async def on_trakt(self) -> list[ListState]:
        return await self._trakt.lists_of(self.name)

    async def items_on_trakt(self, list_id: int) -> list[Identity]:
        wanted = (await self.read(list_id)).trakt_list_id
        [found] = [one for one in await self.on_trakt() if one.ids["trakt"] == wanted]
        return shown_items(found)

    async def requests(self, *, after: int = 0, **filters: str | int) -> list[LoggedRequest]:
        """Return the requests of the user's account to Trakt, oldest first, those after a number."""
        return await self._trakt.requests(account=self.name, since_id=after, limit=MAX_REQUESTS, **filters)

    async def newest_request(self) -> int:
        return max((request.id for request in await self.requests()), default=0)

    async def differences(self) -> list[str]:
        """Return what is not the same here and on Trakt; items are compared as sets."""
        local, remote = await self.lists(), await self.on_trakt()
        by_id = {one.ids["trakt"]: one for one in remote}
        found = [f"{len(local)} lists here, {len(remote)} on Trakt"] if len(local) != len(remote) else []
        for one in local:
            there = by_id.get(one.trakt_list_id or 0)
            if there is None:
                found.append(f"list {one.id} '{one.title}' is not on Trakt as {one.trakt_list_id}")
                continue
            if there.name != one.title:
                found.append(f"list {one.id} is '{one.title}' here and '{there.name}' on Trakt")
            if sorted(await self.items(one.id)) != sorted(shown_items(there)):
                found.append(f"list {one.id} has other items on Trakt")
        return found

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        deadline = time.monotonic() + self.patience.total_seconds()
        while True:
            try:
                answer = await client.request(method, path, json=json, headers=headers)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    return answer
            await asyncio.sleep(RETRY_AFTER_S)  # as a client does after a 503


def shown_items(on_trakt: ListState) -> list[Identity]:
    return [(one.type, int(one.ids["trakt"] or 0)) for one in on_trakt.items]


def _checked(answer: httpx.Response, status: int) -> httpx.Response:
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    return answer
