"""The Trakt client: one method a call, answers as values, failures as the errors of `errors.py`.

Quick tries (stamina) are made only where they cannot do harm: for a request that was never sent, and for reads.
A write that may have been applied is the reconciler's matter.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

import httpx
import stamina
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from pydantic import SecretStr, TypeAdapter, ValidationError

from trakt_sync.accounts import Permit, Tokens, tokens_of
from trakt_sync.errors import GrantRefusedError, TokenRefusedError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.ledger import Title
from trakt_sync.mirror import ItemsAnswer, Limits, RemoteItems, RemoteList, RemoteLists
from trakt_sync.plan import Details
from trakt_sync.statuses import BAD_GRANT, check, check_grant, page_count, time_of
from trakt_sync.wire import ItemsAnswerWire, ListItemWire, ListWire, ReorderAnswerWire, SettingsWire, TokenWire

T = TypeVar("T")
PAGE: Final = 250
"""Trakt cuts a larger `limit` to this without a word."""
LISTS: Final = "/users/me/lists"
# The order in which the items stand is only reliable with the types named.
ITEMS_BY_RANK: Final = "/items/movie,show,season,episode,person/rank/asc"
TIMEOUT: Final = httpx.Timeout(connect=5, read=30, write=30, pool=5)
"""Deleting a large list was seen to take 22 s."""
KEEP_ALIVE_S: Final = 3.0
"""Below the usual 5 s of servers: a connection that the server just closed makes a write's fate unknown."""
USER_AGENT: Final = "WatchBuddy/0.1.0"

_LISTS = TypeAdapter(list[ListWire])
_ITEMS = TypeAdapter(list[ListItemWire])


class Trakt(Protocol):
    """What the reconciler needs of Trakt. Every method may raise the errors of `errors.py`.

    A write whose permit has run out is not sent: LeaseLostError.
    """

    async def create_list(self, permit: Permit, details: Details) -> RemoteList: ...
    async def update_list(self, permit: Permit, list_id: int, changes: dict[str, str | bool]) -> None: ...
    async def delete_list(self, permit: Permit, list_id: int) -> None: ...
    async def add_items(self, permit: Permit, list_id: int, titles: Sequence[Title]) -> ItemsAnswer: ...
    async def remove_items(self, permit: Permit, list_id: int, titles: Sequence[Title]) -> ItemsAnswer: ...
    async def reorder_items(self, permit: Permit, list_id: int, place_ids: Sequence[int]) -> tuple[int, ...]: ...
    async def read_items(self, token: SecretStr, list_id: int) -> RemoteItems: ...
    async def read_lists(self, token: SecretStr) -> RemoteLists: ...
    async def read_limits(self, token: SecretStr) -> Limits: ...
    async def read_trakt_id(self, token: SecretStr) -> str | None: ...
    async def refresh(self, refresh_token: SecretStr) -> Tokens: ...
    async def probe(self, token: SecretStr) -> None: ...


@dataclass(frozen=True, slots=True)
class QuickTries:
    """How often a call is tried at once, and for how long together."""

    attempts: int = 4
    within: timedelta = timedelta(seconds=3)
    first_wait: timedelta = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class App:
    """Our registration at Trakt."""

    client_id: str
    client_secret: SecretStr
    redirect_uri: str


class TraktClient:
    """Trakt over HTTP.

    Args:
        api: a client whose base URL is the API's; make it with `connect`.
        auth_url: base URL of the OAuth host.
    """

    def __init__(
        self,
        api: httpx.AsyncClient,
        auth_url: str,
        app: App,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        tries: QuickTries | None = None,
    ) -> None:
        self._api = api
        self._auth_url = auth_url.rstrip("/")
        self._app = app
        self._now = now
        self._tries = tries or QuickTries()

    async def create_list(self, permit: Permit, details: Details) -> RemoteList:
        """Make a list. Not idempotent: after a lost answer, look for it before this is called again."""
        response = await self._send(permit, "POST", LISTS, asdict(details))
        return _parsed(ListWire.model_validate_json, response).to_value()

    async def update_list(self, permit: Permit, list_id: int, changes: dict[str, str | bool]) -> None:
        await self._send(permit, "PUT", f"{LISTS}/{list_id}", changes)

    async def delete_list(self, permit: Permit, list_id: int) -> None:
        await self._send(permit, "DELETE", f"{LISTS}/{list_id}")

    async def add_items(self, permit: Permit, list_id: int, titles: Sequence[Title]) -> ItemsAnswer:
        """Add titles at the list's end, at most `plan.CHUNK`."""
        response = await self._send(permit, "POST", f"{LISTS}/{list_id}/items", _items_body(titles))
        return _parsed(ItemsAnswerWire.model_validate_json, response).to_value()

    async def remove_items(self, permit: Permit, list_id: int, titles: Sequence[Title]) -> ItemsAnswer:
        response = await self._send(permit, "POST", f"{LISTS}/{list_id}/items/remove", _items_body(titles))
        return _parsed(ItemsAnswerWire.model_validate_json, response).to_value()

    async def reorder_items(self, permit: Permit, list_id: int, place_ids: Sequence[int]) -> tuple[int, ...]:
        """Put the places in this order; return those that Trakt does not know."""
        body = {"rank": list(place_ids)}
        response = await self._send(permit, "POST", f"{LISTS}/{list_id}/items/reorder", body)
        return _parsed(ReorderAnswerWire.model_validate_json, response).skipped_ids

    async def read_items(self, token: SecretStr, list_id: int) -> RemoteItems:
        """Read all pages; entries repeated across a page's border (a known defect) count once."""
        items, is_complete, _ = await self._pages(
            token, f"{LISTS}/{list_id}{ITEMS_BY_RANK}", _ITEMS.validate_json, lambda item: item.id
        )
        entries = [entry for item in items if (entry := item.to_entry()) is not None]
        return RemoteItems(tuple(entries), len(items) - len(entries), is_complete)

    async def read_lists(self, token: SecretStr) -> RemoteLists:
        lists, is_complete, at = await self._pages(token, LISTS, _LISTS.validate_json, lambda one: one.ids.trakt)
        return RemoteLists(tuple(one.to_value() for one in lists), is_complete, at)

    async def read_limits(self, token: SecretStr) -> Limits:
        response = await self._read(token, "/users/settings")
        limits = _parsed(SettingsWire.model_validate_json, response).limits
        if limits is None or limits.list is None:
            return Limits()
        return Limits(limits.list.count, limits.list.item_count)

    async def read_trakt_id(self, token: SecretStr) -> str | None:
        """Return the id of the account's owner, which stays when he renames himself; None: Trakt did not say."""
        response = await self._read(token, "/users/settings")
        user = _parsed(SettingsWire.model_validate_json, response).user
        return None if user is None else user.ids.uuid

    async def refresh(self, refresh_token: SecretStr) -> Tokens:
        """Exchange the refresh token for a new pair. It works once: save the pair before it is used.

        Raises:
            GrantRefusedError: the refresh token is dead.
        """
        response = await self._once(
            lambda: self._api.post(
                f"{self._auth_url}/oauth/token",
                json={
                    "refresh_token": refresh_token.get_secret_value(),
                    "client_id": self._app.client_id,
                    "client_secret": self._app.client_secret.get_secret_value(),
                    "redirect_uri": self._app.redirect_uri,
                    "grant_type": "refresh_token",
                },
            ),
        )
        if response.status_code in BAD_GRANT:
            check_grant(response)
            raise GrantRefusedError("Trakt accepts the refresh token no more")
        check(response)
        return tokens_of(_parsed(TokenWire.model_validate_json, response), self._now())

    async def probe(self, token: SecretStr) -> None:
        """Find out with one cheap call, and no quick tries, whether Trakt answers."""
        check(await _translated(lambda: self._api.get(LISTS, params={"page": 1, "limit": 1}, auth=_Bearer(token))))

    async def _send(self, permit: Permit, method: str, path: str, body: object = None) -> httpx.Response:
        auth = _Bearer(permit.token)

        async def send() -> httpx.Response:
            # Whoever was frozen since the lease was renewed (a paused container, a VM that moved) sends nothing late.
            permit.check(self._now())
            return await self._api.request(method, path, json=body, auth=auth)

        response = await self._once(send)
        check(response)
        return response

    async def _read(self, token: SecretStr, path: str, params: dict[str, int] | None = None) -> httpx.Response:
        auth = _Bearer(token)
        async for attempt in self._attempts(TraktUnreachableError, TraktUnavailableError):
            with attempt:
                response = await _translated(lambda: self._api.get(path, params=params, auth=auth))
                check(response)
                return response
        raise AssertionError("stamina ends with an answer or an error")

    async def _once(self, call: Callable[[], Any]) -> httpx.Response:
        """Try again only while nothing was sent."""
        async for attempt in self._attempts(TraktUnreachableError):
            with attempt:
                return await _translated(call)
        raise AssertionError("stamina ends with an answer or an error")

    def _attempts(self, *errors: type[Exception]) -> Any:  # noqa: ANN401 - stamina's iterator has no public name
        tries = self._tries
        return stamina.retry_context(
            on=errors,
            attempts=tries.attempts,
            timeout=tries.within,
            wait_initial=tries.first_wait,
            wait_max=1.0,
            wait_jitter=tries.first_wait,
        )

    async def _pages(
        self, token: SecretStr, path: str, parse: Callable[[bytes], list[T]], key: Callable[[T], int]
    ) -> tuple[list[T], bool, datetime | None]:
        """Return what all pages hold, each thing once, whether that is as much as Trakt counts, and its time of it.

        A page with nothing new is the last, whatever the headers say.
        """
        found: dict[int, T] = {}
        counts: set[str | None] = set()
        at: datetime | None = None
        page, pages = 1, 1
        while page <= pages:
            response = await self._read(token, path, {"page": page, "limit": PAGE})
            known = len(found)
            for one in _parsed(parse, response):
                found.setdefault(key(one), one)
            counts.add(response.headers.get("X-Pagination-Item-Count"))
            pages = page_count(response)
            at = time_of(response)
            if len(found) == known:
                break
            page += 1
        is_complete = counts <= {str(len(found))} or (pages == 1 and counts == {None})
        return list(found.values()), is_complete, at


def connect(api_url: str, client_id: str, *, connections: int = 32) -> httpx.AsyncClient:
    """Return the HTTP client for the API, traced, with the headers that Trakt requires of every call."""
    client = httpx.AsyncClient(
        base_url=api_url.rstrip("/"),
        headers={
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "trakt-api-version": "2",
            "trakt-api-key": client_id,
        },
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=connections, keepalive_expiry=KEEP_ALIVE_S),
    )
    HTTPXClientInstrumentor.instrument_client(client)
    return client


class _Bearer(httpx.Auth):
    """Puts the token on the request at the last moment, so that no frame of ours holds it as text."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        yield request


async def _translated(call: Callable[[], Any]) -> httpx.Response:
    try:
        response: httpx.Response = await call()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as exc:
        raise TraktUnreachableError(f"no connection to Trakt: {type(exc).__name__}") from None
    except (httpx.LocalProtocolError, UnicodeError):
        raise TokenRefusedError("the access token cannot be sent") from None
    except (httpx.TransportError, httpx.DecodingError) as exc:
        raise TraktUnavailableError(f"no answer from Trakt: {type(exc).__name__}") from None
    return response


def _parsed(parse: Callable[[bytes], T], response: httpx.Response) -> T:
    try:
        return parse(response.content)
    except ValidationError:
        raise TraktUnavailableError(f"Trakt answered {response.status_code} with something unreadable") from None


def _items_body(titles: Sequence[Title]) -> dict[str, list[dict[str, dict[str, int | str]]]]:
    body: dict[str, list[dict[str, dict[str, int | str]]]] = {}
    for title in titles:
        body.setdefault("movies" if title.media_type == "movie" else "shows", []).append({"ids": title.ids})
    return body
