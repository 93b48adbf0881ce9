"""A client of the admin API, and its models (needs httpx, extra `testing`)."""

from types import TracebackType
from typing import Self

import httpx
from pydantic import BaseModel, ConfigDict

from trakt_simulator.faults.fault import FaultKind
from trakt_simulator.state.simulator import DEFAULT_APP


class _Response(BaseModel):
    """A response of the admin API. Unknown fields are ignored."""

    model_config = ConfigDict(frozen=True)


class TokenPair(_Response):
    """A token object of `/oauth/token`, and its account. `created_at` is in seconds since 1970."""

    username: str
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    scope: str
    created_at: int

    def headers(self, client_id: str = DEFAULT_APP.client_id) -> dict[str, str]:
        """Return all headers that a request to the Trakt API needs."""
        return {"Authorization": f"Bearer {self.access_token}", **api_headers(client_id)}


class LoggedRequest(_Response):
    """A request in the log. `at` is ISO 8601. `status` is 0 when the connection was closed without a response.

    `answer` is the first 2,000 characters of the response's body.
    """

    id: int
    at: str
    account: str | None
    method: str
    path: str
    query: str
    status: int
    fault: str | None
    duration_ms: float
    body: object
    answer: str


class Counts(_Response):
    """Counts since the start, the last reset or the last clearing of the log."""

    total: int
    by_endpoint: dict[str, int]
    by_status: dict[str, int]


class ItemState(_Response):
    rank: int
    id: int
    listed_at: str
    type: str
    title: str | None
    year: int | None
    ids: dict[str, int | str | None]


class ListState(_Response):
    ids: dict[str, int | str]
    name: str
    description: str | None
    privacy: str
    display_numbers: bool
    allow_comments: bool
    item_count: int
    updated_at: str
    created_at: str
    items: tuple[ItemState, ...]


class AccountState(_Response):
    username: str
    vip: bool
    lists: tuple[ListState, ...]
    watchlist: ListState


class SimulatorAdmin:
    """The admin API of a running simulator.

    Every method raises `httpx.HTTPStatusError` for an error; its response has the reason.
    """

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{base_url.rstrip('/')}/_admin", timeout=10, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def reset(self) -> None:
        await self._send("POST", "/reset")

    async def account(self, username: str, **profile: object) -> TokenPair:
        """Make an account, or issue another token pair for one that exists.

        Args:
            username: of the account.
            profile: vip, locked, deactivated, private (bool), friends (list of usernames), limits
                (`{"lists": n, "items_per_list": n, "total_items": n, "watchlist": n}`).
        """
        response = await self._send("POST", "/accounts", {"username": username, **profile})
        return TokenPair.model_validate_json(response)

    async def seed(self, *accounts: dict[str, object]) -> list[TokenPair]:
        """Add accounts with lists and items: `{"username", "vip", "lists": [{"name", "items": [{"type", "ids"}]}]}`.

        `"watchlist": {"items": […]}` puts items on the watchlist. Limits do not apply. Unknown ids are left out.
        """
        response = await self._send("POST", "/seed", {"accounts": accounts})
        return list(_Seeded.model_validate_json(response).accounts)

    async def change_account(self, username: str, **profile: object) -> None:
        await self._send("PATCH", f"/accounts/{username}", profile)

    async def expire_tokens(self, username: str, *, refresh_too: bool = False) -> None:
        await self._send("POST", f"/accounts/{username}/tokens/expire", {"refresh_too": refresh_too})

    async def decide_device(self, user_code: str, username: str, *, approve: bool = True) -> None:
        """Approve or deny, as the user does on the device page."""
        await self._send("POST", f"/device/{user_code}", {"username": username, "approve": approve})

    async def options(self, **changes: object) -> dict[str, object]:
        """Change some options (see `trakt_simulator.options`); return all."""
        return _Options.model_validate_json(await self._send("PATCH", "/options", changes)).model_dump()

    async def fault(self, kind: FaultKind, **fields: object) -> int:
        """Add a fault (see `trakt_simulator.faults.fault.Fault` for kinds and fields); return its number."""
        return _Number.model_validate_json(await self._send("POST", "/faults", {"kind": kind, **fields})).id

    async def remove_faults(self) -> None:
        await self._send("DELETE", "/faults")

    async def remove_fault(self, number: int) -> None:
        await self._send("DELETE", f"/faults/{number}")

    async def requests(self, **filters: str | int) -> list[LoggedRequest]:
        """Return logged requests, oldest first.

        Args:
            filters: method, path (fnmatch), account, status, since_id (later than this), limit (the newest so many).
        """
        response = await self._http.get("/requests", params=filters)
        response.raise_for_status()
        return [LoggedRequest.model_validate(entry) for entry in response.json()]

    async def clear_requests(self) -> None:
        await self._send("DELETE", "/requests")

    async def counts(self) -> Counts:
        return Counts.model_validate_json(await self._send("GET", "/counts"))

    async def state(self) -> list[AccountState]:
        return list(_State.model_validate_json(await self._send("GET", "/state")).accounts)

    async def lists_of(self, username: str) -> list[ListState]:
        """Return an account's lists; no lists when there is no such account."""
        return [shown for account in await self._account_state(username) for shown in account.lists]

    async def watchlist_of(self, username: str) -> ListState | None:
        """Return an account's watchlist; None: there is no such account."""
        return next((account.watchlist for account in await self._account_state(username)), None)

    async def advance_clock(self, seconds: float) -> None:
        await self._send("POST", "/clock", {"advance_s": seconds})

    async def _account_state(self, username: str) -> tuple[AccountState, ...]:
        response = await self._http.get("/state", params={"account": username})
        response.raise_for_status()
        return _State.model_validate_json(response.content).accounts

    async def _send(self, method: str, path: str, body: object = None) -> bytes:
        response = await self._http.request(method, path, json=body)
        response.raise_for_status()
        return response.content


class _State(_Response):
    accounts: tuple[AccountState, ...]


class _Seeded(_Response):
    accounts: tuple[TokenPair, ...]


class _Number(_Response):
    id: int


class _Options(_Response):
    model_config = ConfigDict(extra="allow")


def api_headers(client_id: str = DEFAULT_APP.client_id) -> dict[str, str]:
    """Return the headers that every request to the Trakt API needs, without a token."""
    return {
        "User-Agent": "simulator-tests/1.0",
        "Content-Type": "application/json",
        "trakt-api-version": "2",
        "trakt-api-key": client_id,
    }
