"""What the reconciler needs of Trakt. `TraktClient` is the real one; `testing.fakes` has another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from trakt_sync.errors import LeaseLostError
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
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import Title


@dataclass(frozen=True, slots=True)
class WriteLease:
    """The right to write to a claimed account: until then the account's lease is surely ours."""

    token: SecretStr
    until: datetime

    def check(self, now: datetime) -> None:
        """Raise LeaseLostError when the time is over. Call it right before the write is sent."""
        if now >= self.until:
            raise LeaseLostError("the lease may have run out before the write was sent")


class Trakt(Protocol):
    """One method a request. Every method may raise the errors of `errors.py`.

    A write whose lease has run out is not sent: LeaseLostError.
    """

    async def create_list(self, lease: WriteLease, details: Details) -> RemoteList: ...
    async def update_list(self, lease: WriteLease, list_id: int, changes: dict[str, str | bool]) -> RemoteList: ...
    async def delete_list(self, lease: WriteLease, list_id: int) -> None: ...
    async def add_items(self, lease: WriteLease, list_id: TraktRef, titles: Sequence[Title]) -> ItemsResponse: ...
    async def remove_items(self, lease: WriteLease, list_id: TraktRef, titles: Sequence[Title]) -> ItemsResponse: ...
    async def reorder_items(self, lease: WriteLease, list_id: TraktRef, item_ids: Sequence[int]) -> ReorderResponse: ...
    async def show_list(self, token: SecretStr, list_id: int) -> RemoteList: ...
    async def show_watchlist(self, token: SecretStr) -> RemoteWatchlist: ...
    async def read_items(self, token: SecretStr, list_id: TraktRef) -> RemoteItems: ...
    async def read_lists(self, token: SecretStr) -> RemoteLists: ...
    async def read_settings(self, token: SecretStr) -> AccountSettings: ...
    async def read_limits(self, token: SecretStr) -> AccountLimits: ...
    async def read_activities(self, token: SecretStr) -> Activities: ...
    async def read_watched(self, token: SecretStr) -> tuple[tuple[WatchedTitle, ...], bool]: ...
    async def read_plays(self, token: SecretStr, since: datetime) -> tuple[tuple[WatchedTitle, ...], bool]: ...
    async def find_list(self, token: SecretStr, owner: str, trakt_list: str) -> FoundList: ...
    async def read_list(self, token: SecretStr, found: FoundList) -> ReadList: ...
    async def refresh(self, refresh_token: SecretStr, redirect_uri: str | None = None) -> Tokens: ...
    async def revoke(self, token: SecretStr) -> None: ...
    async def probe(self, token: SecretStr) -> None: ...
