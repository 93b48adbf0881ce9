"""Fakes of Trakt: one in memory that passes the real client's contract suite, and one at which callers die."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal, cast

from pydantic import SecretStr

from trakt_sync.errors import GrantRefusedError, ListGoneError, TokenRefusedError
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.history import Activities, WatchedTitle
from trakt_sync.mirroring.ledger import Entry, positions_of
from trakt_sync.mirroring.references import WATCHLIST, TraktRef
from trakt_sync.mirroring.remote import (
    AccountLimits,
    AccountSettings,
    FoundList,
    ItemsResponse,
    Owner,
    ReadList,
    RemoteItems,
    RemoteList,
    RemoteLists,
    RemoteWatchlist,
    ReorderResponse,
)
from trakt_sync.trakt.api import Trakt, WriteLease
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import ForeignEntries, Title, keys_of

When = Literal["before", "after"]


class FakeTrakt:
    """One account on a Trakt in memory. It knows titles whose trakt id is at most `known_up_to`."""

    def __init__(self, tokens: Tokens, known_up_to: int = 4000) -> None:
        self.tokens = tokens
        self.lists: dict[int, RemoteList] = {}
        self.items: dict[TraktRef, list[Entry]] = {WATCHLIST: []}
        self.watchlist_at = datetime.now(UTC)
        self._known_up_to = known_up_to
        self._numbers = count(1)

    async def create_list(self, lease: WriteLease, details: Details) -> RemoteList:
        self._check_lease(lease)
        number = next(self._numbers)
        made = RemoteList(number, f"list-{number}", details, 0, datetime.now(UTC))
        self.lists[number], self.items[number] = made, []
        return made

    async def update_list(self, lease: WriteLease, list_id: int, changes: dict[str, str | bool]) -> RemoteList:
        shown = self._writable(lease, list_id)
        values = cast("dict[str, Any]", changes)
        self.lists[list_id] = replace(shown, details=replace(shown.details, **values))
        return self.lists[list_id]

    async def delete_list(self, lease: WriteLease, list_id: int) -> None:
        self._writable(lease, list_id)
        del self.lists[list_id], self.items[list_id]

    async def add_items(self, lease: WriteLease, list_id: TraktRef, titles: Sequence[Title]) -> ItemsResponse:
        self._check_lease(lease)
        self._check_there(list_id)
        unknown, existing = [], 0
        for title in titles:
            if (title.trakt or 0) > self._known_up_to:
                unknown.append(title)
            elif any(key in positions_of(self.items[list_id]) for key in title.keys):
                existing += 1
            else:
                self.items[list_id].append(Entry(title, list_item_id=next(self._numbers)))
        return self._answer(list_id, unknown, existing)

    async def remove_items(self, lease: WriteLease, list_id: TraktRef, titles: Sequence[Title]) -> ItemsResponse:
        self._check_lease(lease)
        self._check_there(list_id)
        keys = keys_of(titles)
        here = positions_of(self.items[list_id])
        absent = [title for title in titles if not any(key in here for key in title.keys)]
        self.items[list_id] = [entry for entry in self.items[list_id] if keys.isdisjoint(entry.title.keys)]
        return self._answer(list_id, absent)

    async def reorder_items(self, lease: WriteLease, list_id: TraktRef, item_ids: Sequence[int]) -> ReorderResponse:
        self._check_lease(lease)
        self._check_there(list_id)
        items = {entry.list_item_id: entry for entry in self.items[list_id]}
        first = [items[list_item_id] for list_item_id in item_ids if list_item_id in items]
        self.items[list_id] = [*first, *(entry for entry in self.items[list_id] if entry not in first)]
        return ReorderResponse(tuple(list_item_id for list_item_id in item_ids if list_item_id not in items))

    async def show_list(self, token: SecretStr, list_id: int) -> RemoteList:
        return replace(self._list(token, list_id), item_count=len(self.items[list_id]))

    async def show_watchlist(self, token: SecretStr) -> RemoteWatchlist:
        self._check(token)
        return RemoteWatchlist(self.watchlist_at)

    async def read_items(self, token: SecretStr, list_id: TraktRef) -> RemoteItems:
        self._check(token)
        self._check_there(list_id)
        return RemoteItems(tuple(self.items[list_id]), 0, is_complete=True)

    async def read_lists(self, token: SecretStr) -> RemoteLists:
        self._check(token)
        lists = tuple(replace(one, item_count=len(self.items[key])) for key, one in self.lists.items())
        return RemoteLists(lists, answered_at=datetime.now(UTC))

    async def read_settings(self, token: SecretStr) -> AccountSettings:
        self._check(token)
        owner = Owner("6ba7b8119dad11d180b400c04fd430c8", is_vip=True, name="ada", slug="ada")
        return AccountSettings(owner, AccountLimits(100, 5000, 5000), "Etc/UTC")

    async def read_limits(self, token: SecretStr) -> AccountLimits:
        return (await self.read_settings(token)).limits

    async def read_activities(self, token: SecretStr) -> Activities:
        self._check(token)
        return Activities("", "")

    async def read_watched(self, token: SecretStr) -> tuple[tuple[WatchedTitle, ...], bool]:
        self._check(token)
        return (), True

    async def read_plays(self, token: SecretStr, since: datetime) -> tuple[tuple[WatchedTitle, ...], bool]:
        del since
        self._check(token)
        return (), True

    async def count_plays(self, token: SecretStr, title: Title) -> int:
        del title
        self._check(token)
        return 0

    async def find_list(self, token: SecretStr, owner: str, trakt_list: str) -> FoundList:
        self._check(token)
        for number, one in self.lists.items():
            if owner == "me" and trakt_list in (str(number), one.slug):
                name, description = one.details.name, one.details.description
                return FoundList(number, one.slug, name, description or None, None, len(self.items[number]))
        raise ListGoneError("Trakt has no such list")

    async def read_list(self, token: SecretStr, found: FoundList) -> ReadList:
        self._list(token, found.trakt_list_id)
        titles = tuple(entry.title for entry in self.items[found.trakt_list_id])
        return ReadList(titles, ForeignEntries(), len(titles), is_complete=True)

    async def refresh(self, refresh_token: SecretStr, redirect_uri: str | None = None) -> Tokens:
        del redirect_uri
        if refresh_token != self.tokens.refresh:
            raise GrantRefusedError("Trakt accepts the refresh token no more")
        number = next(self._numbers)
        self.tokens = Tokens(
            SecretStr(f"access-{number}"), SecretStr(f"refresh-{number}"), datetime.now(UTC) + timedelta(days=7)
        )
        return self.tokens

    async def revoke(self, token: SecretStr) -> None:
        if token == self.tokens.access:
            self.tokens = Tokens(SecretStr(""), SecretStr(""), datetime.now(UTC))

    async def probe(self, token: SecretStr) -> None:
        self._check(token)

    def _check(self, token: SecretStr) -> None:
        if token != self.tokens.access:
            raise TokenRefusedError("Trakt accepts the access token no more")

    def _check_lease(self, lease: WriteLease) -> None:
        lease.check(datetime.now(UTC))
        self._check(lease.token)

    def _writable(self, lease: WriteLease, list_id: int) -> RemoteList:
        self._check_lease(lease)
        return self._list(lease.token, list_id)

    def _list(self, token: SecretStr, list_id: int) -> RemoteList:
        self._check(token)
        self._check_there(list_id)
        return self.lists[list_id]

    def _check_there(self, list_id: TraktRef) -> None:
        if list_id not in self.items:
            raise ListGoneError("Trakt has no such list")

    def _answer(self, list_id: TraktRef, unknown: list[Title], existing: int = 0) -> ItemsResponse:
        if list_id == WATCHLIST:
            self.watchlist_at = datetime.now(UTC)
        return ItemsResponse(tuple(unknown), existing, len(self.items[list_id]))


class KilledError(BaseException):
    """Stands for SIGKILL: nothing of the step is recorded, and the lease has to run out."""


class DeadlyTrakt:
    """Another Trakt, at whose requests the caller dies when the test says so."""

    def __init__(self, real: Trakt) -> None:
        self._real = real
        self._deaths: list[tuple[str, When]] = []

    def kill_at(self, method: str, when: When) -> None:
        """Let the caller die at its next request of the method, before it is sent or after it was answered."""
        self._deaths.append((method, when))

    @property
    def deaths_left(self) -> int:
        return len(self._deaths)

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: object) -> object:
            if self._dies(method, "before"):
                raise KilledError(f"before {method}")
            answer = await getattr(self._real, method)(*arguments)
            if self._dies(method, "after"):
                raise KilledError(f"after {method}")
            return answer

        return call

    def _dies(self, method: str, when: When) -> bool:
        is_planned = (method, when) in self._deaths
        if is_planned:
            self._deaths.remove((method, when))
        return is_planned
