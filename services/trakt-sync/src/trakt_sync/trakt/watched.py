"""A Trakt whose every response and failure the circuit breaker counts."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from pydantic import SecretStr

from trakt_sync.errors import AppRefusedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.remote import AccountLimits, ItemsResponse, RemoteItems, RemoteList, RemoteLists
from trakt_sync.trakt.api import Trakt, WriteLease
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import Title

log = structlog.get_logger()

T = TypeVar("T")


class WatchedTrakt:
    """Another Trakt, with a breaker that counts by the kind of error.

    An error other than an outage is a response: it closes the breaker. A 403 is neither: only a second account tells
    whether our application is refused (see `reconciler/recover.py`).

    Args:
        user_id: whose account the requests are for.
    """

    def __init__(self, trakt: Trakt, breaker: Breaker, user_id: str, now: Callable[[], datetime]) -> None:
        self._trakt = trakt
        self._breaker = breaker
        self._user_id = user_id
        self._now = now

    async def create_list(self, lease: WriteLease, details: Details) -> RemoteList:
        return await self._watch(self._trakt.create_list(lease, details))

    async def update_list(self, lease: WriteLease, list_id: int, changes: dict[str, str | bool]) -> None:
        await self._watch(self._trakt.update_list(lease, list_id, changes))

    async def delete_list(self, lease: WriteLease, list_id: int) -> None:
        await self._watch(self._trakt.delete_list(lease, list_id))

    async def add_items(self, lease: WriteLease, list_id: int, titles: Sequence[Title]) -> ItemsResponse:
        return await self._watch(self._trakt.add_items(lease, list_id, titles))

    async def remove_items(self, lease: WriteLease, list_id: int, titles: Sequence[Title]) -> ItemsResponse:
        return await self._watch(self._trakt.remove_items(lease, list_id, titles))

    async def reorder_items(self, lease: WriteLease, list_id: int, item_ids: Sequence[int]) -> tuple[int, ...]:
        return await self._watch(self._trakt.reorder_items(lease, list_id, item_ids))

    async def read_items(self, token: SecretStr, list_id: int) -> RemoteItems:
        return await self._watch(self._trakt.read_items(token, list_id))

    async def read_lists(self, token: SecretStr) -> RemoteLists:
        return await self._watch(self._trakt.read_lists(token))

    async def read_limits(self, token: SecretStr) -> AccountLimits:
        return await self._watch(self._trakt.read_limits(token))

    async def read_trakt_id(self, token: SecretStr) -> str | None:
        return await self._watch(self._trakt.read_trakt_id(token))

    async def refresh(self, refresh_token: SecretStr) -> Tokens:
        """Count failures alone: that the OAuth host answers says nothing of the API."""
        try:
            return await self._trakt.refresh(refresh_token)
        except (TraktUnreachableError, TraktUnavailableError) as exc:
            self._failed(exc)
            raise

    async def probe(self, token: SecretStr) -> None:
        await self._watch(self._trakt.probe(token))

    async def _watch(self, call: Awaitable[T]) -> T:
        try:
            response = await call
        except (TraktUnreachableError, TraktUnavailableError) as exc:
            self._failed(exc)
            raise
        except AppRefusedError:
            raise
        except TraktError:
            self._answered()
            raise
        self._answered()
        return response

    def _failed(self, error: TraktError) -> None:
        if self._breaker.failed(self._now(), self._user_id):
            log.warning("breaker_opened", cause="network", error=error.detail)

    def _answered(self) -> None:
        if self._breaker.succeeded(self._now()):
            log.info("breaker_closed")
