"""The values that lists-api works with. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Literal
from uuid import UUID

from lists_api.items import ListItem
from watchbuddy_contracts import FailureReason, ListType, MirrorSettings, Privacy, Trigger

MirrorState = Literal["pending", "in_sync", "failed", "deleted"]
"""pending: trakt-sync has not told a result of this version yet; deleted: nothing is left on Trakt."""
MirrorReason = Literal["not_connected", FailureReason]
"""not_connected: the user has no Trakt account connected; the others are trakt-sync's."""
AccountState = Literal["connected", "disconnected", "reauthorization_required"]
RunState = Literal["succeeded"]
"""A manual list's run succeeds in the transaction that starts it; runs of smart lists add their states here."""


class Keep(Enum):
    """The value of a field that an edit leaves alone, where None is a value of its own."""

    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class MediaList:
    """A list as its owner wants it.

    Args:
        version: starts with 1 and is counted up by every change.
        description: the owner's own; None: the one that WatchBuddy gives to lists of this type.
        items: in order of rank, each title once.
        is_deleted: this is the tombstone; it has no items.
    """

    list_id: int
    user_id: str
    version: int
    list_type: ListType
    title: str
    description: str | None
    privacy: Privacy
    mirror: MirrorSettings
    items: tuple[ListItem, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class NewList:
    """What a user gives to make a list. The fields are those of `MediaList`."""

    list_type: ListType
    title: str
    description: str | None = None
    privacy: Privacy = "private"
    mirror: MirrorSettings = field(default_factory=MirrorSettings)
    items: tuple[ListItem, ...] = ()


@dataclass(frozen=True, slots=True)
class MirrorEdit:
    """New mirror settings; None leaves one alone. The fields are those of `MirrorSettings`."""

    display_numbers: bool | None = None
    allow_comments: bool | None = None
    order: bool | None = None


@dataclass(frozen=True, slots=True)
class ListEdit:
    """New properties; None leaves one alone, but for the description, which None clears."""

    title: str | None = None
    description: str | Literal[Keep.KEEP] | None = Keep.KEEP
    privacy: Privacy | None = None
    mirror: MirrorEdit = MirrorEdit()


@dataclass(frozen=True, slots=True)
class SyncRun:
    """A sync run that ended well.

    Args:
        version: the list's version that the run left.
        updated, removed: items that the run changed and took out; none on a manual list, which only its owner fills.
        total: items that the list then had.
    """

    run_id: UUID
    version: int
    trigger: Trigger
    updated: int
    removed: int
    total: int


@dataclass(frozen=True, slots=True)
class TraktAccount:
    """What trakt-sync said last of a user's Trakt account.

    Args:
        state: None: it has said nothing, so that there is none.
        revision: counts the changes of state, so that a reader sees that it is another answer.
    """

    state: AccountState | None = None
    revision: int = 0

    @property
    def obstacle(self) -> Literal["not_connected", "auth"] | None:
        """Why no list can be mirrored; only the user can mend it. None: the account is there."""
        match self.state:
            case "connected":
                return None
            case "reauthorization_required":
                return "auth"
            case "disconnected" | None:
                return "not_connected"


@dataclass(frozen=True, slots=True)
class MirrorRecord:
    """What trakt-sync said last about a list.

    Args:
        version: the list's version that it spoke of; None: it has said nothing yet.
        reason: why it failed; None unless it did. As it is read (`as_of`): why it is not in sync, where that is known.
        retry_at: when it is tried again by itself; None: only a change by the user helps, or nothing failed.
        at: when it was said.
        not_found, left_out: counts of items that Trakt does not know, and that are over the account's limit.
        revision: counts what was said, so that a reader sees that it is another answer.
    """

    trakt_list_id: int | None = None
    state: MirrorState = "pending"
    version: int | None = None
    reason: MirrorReason | None = None
    retry_at: datetime | None = None
    at: datetime | None = None
    not_found: int = 0
    left_out: int = 0
    revision: int = 0

    def as_of(self, version: int, account: TraktAccount) -> "MirrorRecord":
        """Return the record as it stands for a list of this version and its user's account.

        A failure stays until it is over: trakt-sync tells an incident once, not again for each version meanwhile.
        Without an account that is the reason, whatever it was before, and waiting does not help.
        """
        state = "pending" if self.state == "in_sync" and self.version != version else self.state
        if state == "in_sync" or account.obstacle is None:
            return replace(self, state=state)
        return replace(self, state=state, reason=account.obstacle, retry_at=None)


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list as its owner reads it, without its items. The fields are those of `MediaList`.

    Args:
        mirrored: as trakt-sync told it; `as_of` says how it stands.
        account: the owner's.
    """

    list_id: int
    title: str
    list_type: ListType
    description: str | None
    privacy: Privacy
    mirror: MirrorSettings
    version: int
    item_count: int
    created_at: datetime
    updated_at: datetime
    last_sync_at: datetime | None = None
    mirrored: MirrorRecord = MirrorRecord()
    account: TraktAccount = TraktAccount()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A sync run as the list's owner reads it.

    Args:
        finished_at: None while it runs.
    """

    list_id: int
    run: SyncRun
    state: RunState
    started_at: datetime
    finished_at: datetime | None
