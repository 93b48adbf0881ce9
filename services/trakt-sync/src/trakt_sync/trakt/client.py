"""The Trakt client: one method a request, responses as values, failures as the errors of `errors.py`.

Quick tries are made only where they can do no harm: for a request that was never sent, and for reads. A write that
Trakt may have carried out is the reconciler's matter.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import SecretStr, TypeAdapter

from chassis.clock import Clock
from trakt_sync.errors import ListGoneError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.history import Activities, WatchedTitle
from trakt_sync.mirroring.references import TraktRef
from trakt_sync.mirroring.remote import (
    AccountLimits,
    AccountSettings,
    FoundList,
    ItemsResponse,
    ReadList,
    RemoteItems,
    RemoteList,
    RemoteLists,
    RemoteWatchlist,
    ReorderResponse,
)
from trakt_sync.trakt.api import WriteLease
from trakt_sync.trakt.app import App
from trakt_sync.trakt.pages import PAGE, Pages, parsed, read_pages, rows_of
from trakt_sync.trakt.paths import ANYBODYS_LISTS, BY_RANK, LISTS, ME, items_of, ranked_items_of
from trakt_sync.trakt.statuses import check, check_renewal, item_count
from trakt_sync.trakt.tokens import Tokens, TokenWire
from trakt_sync.trakt.transport import Bearer, QuickTries, translated, tried
from trakt_sync.trakt.wire import (
    ActivitiesWire,
    FoundListWire,
    ItemsResponseWire,
    ListItemWire,
    ListWire,
    ReorderResponseWire,
    SettingsWire,
    UpdatedListWire,
    WatchedWire,
    read_list_of,
)
from watchbuddy_contracts import Title

T = TypeVar("T")

_LISTS = rows_of(ListWire)
_UPDATED = TypeAdapter[ListWire](UpdatedListWire)
_ITEMS = rows_of(ListItemWire)
_WATCHED = rows_of(WatchedWire)


class TraktClient:
    """Trakt over HTTP.

    Args:
        api: a client whose base URL is the API's; make it with `transport.connect`.
        auth_url: base URL of the OAuth host.
    """

    def __init__(
        self,
        api: httpx.AsyncClient,
        auth_url: str,
        app: App,
        *,
        now: Clock = lambda: datetime.now(UTC),
        tries: QuickTries | None = None,
    ) -> None:
        self._api = api
        self._auth_url = auth_url.rstrip("/")
        self._app = app
        self._now = now
        self._tries = tries or QuickTries()

    async def create_list(self, lease: WriteLease, details: Details) -> RemoteList:
        """Make a list. Not idempotent: after a lost response, look for it before this is called again."""
        response = await self._write(lease, "POST", LISTS, asdict(details))
        return parsed(ListWire.model_validate_json, response).to_value()

    async def update_list(self, lease: WriteLease, list_id: int, changes: dict[str, str | bool]) -> RemoteList:
        """Change fields of a list.

        Raises:
            TraktUnavailableError: the response shows other fields than these: nobody knows what was done.
        """
        response = await self._write(lease, "PUT", f"{LISTS}/{list_id}", changes)
        remote = parsed(_UPDATED.validate_json, response).to_value()
        wanted = replace(remote.details, **cast("dict[str, Any]", changes))
        if remote.trakt_list_id != list_id or remote.details_like(wanted) != wanted:
            raise TraktUnavailableError("Trakt answered a change of a list with other fields")
        return remote

    async def delete_list(self, lease: WriteLease, list_id: int) -> None:
        response = await self._write(lease, "DELETE", f"{LISTS}/{list_id}")
        if response.status_code != HTTPStatus.NO_CONTENT:
            raise TraktUnavailableError(f"Trakt answered a deletion with {response.status_code}")

    async def add_items(self, lease: WriteLease, list_id: TraktRef, titles: Sequence[Title]) -> ItemsResponse:
        """Add titles at the list's end, at most `additions.CHUNK`."""
        response = await self._write(lease, "POST", items_of(list_id), _items_body(titles))
        return parsed(ItemsResponseWire.model_validate_json, response).to_value()

    async def remove_items(self, lease: WriteLease, list_id: TraktRef, titles: Sequence[Title]) -> ItemsResponse:
        response = await self._write(lease, "POST", f"{items_of(list_id)}/remove", _items_body(titles))
        return parsed(ItemsResponseWire.model_validate_json, response).to_value()

    async def reorder_items(self, lease: WriteLease, list_id: TraktRef, item_ids: Sequence[int]) -> ReorderResponse:
        """Put the list items in this order."""
        body = {"rank": list(item_ids)}
        response = await self._write(lease, "POST", f"{items_of(list_id)}/reorder", body)
        return parsed(ReorderResponseWire.model_validate_json, response).to_value()

    async def show_list(self, token: SecretStr, list_id: int) -> RemoteList:
        """Return one of the account's lists, without its items."""
        response = await self._read(token, f"{LISTS}/{list_id}")
        remote = parsed(ListWire.model_validate_json, response).to_value()
        if remote.trakt_list_id != list_id:
            raise ListGoneError("Trakt has no such list")
        return remote

    async def show_watchlist(self, token: SecretStr) -> RemoteWatchlist:
        """Return what Trakt tells of the watchlist without its items."""
        response = await self._read(token, "/sync/last_activities")
        return parsed(ActivitiesWire.model_validate_json, response).watchlist.to_value()

    async def read_items(self, token: SecretStr, list_id: TraktRef) -> RemoteItems:
        """Read all pages. Entries repeated across a page's border (a known defect of Trakt) count once.

        Each of them stands in another's place. Those are read by pages of another size.
        """
        path, rows = ranked_items_of(list_id), dict[int, ListItemWire]()
        pages = await self._pages(token, path, _ITEMS.validate_json, lambda item: item.id)
        rows.update((item.id, item) for item in pages.found)
        is_complete = pages.is_complete
        if not is_complete and pages.size > 1:
            sizes = (pages.size, pages.size - 1)
            pages = await self._pages(token, path, _ITEMS.validate_json, lambda item: item.id, sizes[1])
            rows.update((item.id, item) for item in pages.found)
            is_without_gaps = {row.rank for row in rows.values()} == {*range(1, len(rows) + 1)}
            # Trakt was seen to count one too many. The last entry is hidden where each reading had it first on a page.
            may_be_hidden = all(len(rows) % size == 0 for size in sizes)
            is_one_too_many = pages.total == len(rows) + 1 and not may_be_hidden
            is_complete = is_without_gaps and (pages.total == len(rows) or is_one_too_many)
        items = sorted(rows.values(), key=lambda item: item.rank)
        entries = [entry for item in items if (entry := item.to_entry()) is not None]
        return RemoteItems(tuple(entries), len(items) - len(entries), is_complete)

    async def read_lists(self, token: SecretStr) -> RemoteLists:
        lists, is_complete, at, *_ = await self._pages(token, LISTS, _LISTS.validate_json, lambda one: one.ids.trakt)
        return RemoteLists(tuple(one.to_value() for one in lists), is_complete, at)

    async def read_settings(self, token: SecretStr) -> AccountSettings:
        """Return whose account it is, and what it may have."""
        response = await self._read(token, "/users/settings")
        return parsed(SettingsWire.model_validate_json, response).to_value()

    async def read_limits(self, token: SecretStr) -> AccountLimits:
        return (await self.read_settings(token)).limits

    async def read_activities(self, token: SecretStr) -> Activities:
        """Return when the user last changed what they watched."""
        response = await self._read(token, "/sync/last_activities")
        return parsed(ActivitiesWire.model_validate_json, response).to_value()

    async def read_watched(self, token: SecretStr) -> tuple[tuple[WatchedTitle, ...], bool]:
        """Return all movies and shows that the user watched, and whether they are all."""
        found: list[WatchedTitle] = []
        are_complete = True
        for kind in ("movies", "shows"):
            rows, is_complete, *_ = await self._pages(
                token, f"/sync/watched/{kind}", _WATCHED.validate_json, lambda row: row.title or row.id
            )
            found += [one for row in rows if (one := row.to_value()) is not None]
            are_complete = are_complete and is_complete
        return tuple(found), are_complete

    async def read_plays(self, token: SecretStr, since: datetime) -> tuple[tuple[WatchedTitle, ...], bool]:
        """Return the plays from then on, and whether they are all."""
        start_at = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        rows, is_complete, *_ = await self._pages(
            token, "/sync/history", _WATCHED.validate_json, lambda row: row.id, start_at=start_at
        )
        return tuple(one for row in rows if (one := row.to_value()) is not None), is_complete

    async def count_plays(self, token: SecretStr, title: Title) -> int:
        """Return how often the user watched a movie, or episodes of a show, that has a trakt id."""
        path = f"/sync/history/{title.media_type}s/{title.trakt}"
        count = item_count(await self._read(token, path, {"page": 1, "limit": 1}))
        if count is None:
            raise TraktUnavailableError("Trakt answered with plays and no count of them")
        return count

    async def find_list(self, token: SecretStr, owner: str, trakt_list: str) -> FoundList:
        """Find a list of anybody's, by its number or slug. A number that is none of one's own may be a public list's.

        Raises:
            PrivateListError: the list or its owner is private.
        """
        paths = [f"/users/{quote(owner, safe='')}{ANYBODYS_LISTS}/{quote(trakt_list, safe='')}"]
        if owner == ME and trakt_list.isdecimal():
            paths.append(f"{ANYBODYS_LISTS}/{trakt_list}")
        for path in paths:
            with suppress(ListGoneError):
                response = await self._read(token, path)
                if found := parsed(FoundListWire.model_validate_json, response).to_value(trakt_list):
                    return found
        raise ListGoneError("Trakt has no such list")

    async def read_list(self, token: SecretStr, found: FoundList) -> ReadList:
        """Read all pages of a list of anybody's."""
        whose = "" if found.owner is None else f"/users/{quote(found.owner, safe='')}"
        items, is_complete, *_ = await self._pages(
            token,
            f"{whose}{ANYBODYS_LISTS}/{found.trakt_list_id}/items{BY_RANK}",
            _ITEMS.validate_json,
            lambda item: item.id,
        )
        return read_list_of(items, is_complete=is_complete)

    async def refresh(self, refresh_token: SecretStr, redirect_uri: str | None = None) -> Tokens:
        """Exchange the refresh token for a new pair. It works once: save the pair before it is used.

        Args:
            redirect_uri: of the login that made the pair; None: our application's.

        Raises:
            GrantRefusedError: the refresh token is dead.
        """
        body = {
            "refresh_token": refresh_token.get_secret_value(),
            **self._app.credentials,
            "redirect_uri": redirect_uri or self._app.redirect_uri,
            "grant_type": "refresh_token",
        }
        response = await self._once(lambda: self._api.post(f"{self._auth_url}/oauth/token", json=body))
        check_renewal(response)
        return parsed(lambda content: TokenWire.model_validate_json(content).to_tokens(self._now()), response)

    async def revoke(self, token: SecretStr) -> None:
        """Revoke a token pair by its access token. A pair that is void already is no failure."""
        body = {"token": token.get_secret_value(), **self._app.credentials}
        check(await self._once(lambda: self._api.post(f"{self._auth_url}/oauth/revoke", json=body)))

    async def probe(self, token: SecretStr) -> None:
        """Find out with one cheap request, and no quick tries, whether Trakt answers."""
        check(await translated(lambda: self._api.get(LISTS, params={"page": 1, "limit": 1}, auth=Bearer(token))))

    async def _write(self, lease: WriteLease, method: str, path: str, body: object = None) -> httpx.Response:
        async def send() -> httpx.Response:
            # A worker that was frozen since the lease was renewed (a paused container, a VM that moved) sends nothing.
            lease.check(self._now())
            return await self._api.request(method, path, json=body, auth=Bearer(lease.token))

        response = await self._once(send)
        check(response)
        return response

    async def _read(self, token: SecretStr, path: str, params: Mapping[str, int | str] | None = None) -> httpx.Response:
        async def read() -> httpx.Response:
            response = await translated(lambda: self._api.get(path, params=params, auth=Bearer(token)))
            check(response)
            return response

        return await tried(read, self._tries, TraktUnreachableError, TraktUnavailableError)

    async def _once(self, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Try again only while nothing was sent."""
        return await tried(lambda: translated(call), self._tries, TraktUnreachableError)

    async def _pages(
        self,
        token: SecretStr,
        path: str,
        parse: Callable[[bytes], list[T]],
        key: Callable[[T], Hashable],
        size: int = PAGE,
        **further: str,
    ) -> Pages[T]:
        return await read_pages(lambda page: self._read(token, path, {**page, **further}), parse, key, size)


def _items_body(titles: Sequence[Title]) -> dict[str, list[dict[str, dict[str, int | str]]]]:
    body: dict[str, list[dict[str, dict[str, int | str]]]] = {}
    for title in titles:
        body.setdefault("movies" if title.media_type == "movie" else "shows", []).append({"ids": title.ids})
    return body
