"""Events of trakt-sync, on watchbuddy.trakt.v1.

`version` is the version of the list at which the event happened. In a result, it is the version that Trakt equals now.
"""

from datetime import datetime
from typing import Literal

from watchbuddy_contracts.events import AccountEvent, BigintId, ListEvent
from watchbuddy_contracts.items import Item
from watchbuddy_contracts.lists import Count, Privacy

TRAKT_TOPIC = "watchbuddy.trakt.v1"

FailedOperation = Literal["create", "sync", "delete"]
FailureReason = Literal["auth", "network", "rate_limited", "limit_reached", "account_locked", "rejected"]


class TraktListCreated(ListEvent, ce_type="watchbuddy.trakt.list_created.v1", topic=TRAKT_TOPIC):
    """The list has its list on Trakt. Sent once per Trakt list."""

    trakt_list_id: BigintId
    slug: str
    adopted: bool
    """True when the answer to the creation was lost, and trakt-sync found the list instead of making a second one."""


class TraktSynced(ListEvent):
    """Trakt equals the list at this version."""

    added: Count
    removed: Count
    unchanged: Count
    renamed: bool = False
    not_found: tuple[Item, ...] = ()
    """Items that Trakt does not know."""
    left_out: tuple[Item, ...] = ()
    """Items over the account's limit."""
    rejected: tuple[Item, ...] = ()
    """Items that Trakt refuses."""
    not_removed: tuple[Item, ...] = ()
    """Items that are not wanted, and that Trakt does not take off."""


class TraktListSynced(TraktSynced, ce_type="watchbuddy.trakt.list_synced.v1", topic=TRAKT_TOPIC):
    """The Trakt list equals the list at this version."""

    trakt_list_id: BigintId


class TraktWatchlistSynced(TraktSynced, ce_type="watchbuddy.trakt.watchlist_synced.v1", topic=TRAKT_TOPIC):
    """The user's watchlist has all of the list at this version, beside what the user put there."""


class TraktListDeleted(ListEvent, ce_type="watchbuddy.trakt.list_deleted.v1", topic=TRAKT_TOPIC):
    """Nothing of the list is left on Trakt, but for what Trakt does not take off the user's watchlist."""

    trakt_list_id: BigintId | None = None
    """Null when there never was a list on Trakt, and when the watchlist was the target."""
    not_removed: tuple[Item, ...] = ()
    """Items that stay on the watchlist: Trakt does not take them off."""


class TraktSyncFailed(ListEvent, ce_type="watchbuddy.trakt.sync_failed.v1", topic=TRAKT_TOPIC):
    """Trakt could not be made equal to the list. Sent when an incident begins and when its reason becomes another one,
    not once per try.
    """

    operation: FailedOperation
    reason: FailureReason
    retry_at: datetime | None = None
    """Null: only a change by the user helps. With reason `network`, null means that nobody knows when Trakt is back."""
    detail: str | None = None
    """Trakt's own words, when its answer had any."""


class TraktDriftFound(ListEvent, ce_type="watchbuddy.trakt.drift_found.v1", topic=TRAKT_TOPIC):
    """The list on Trakt was changed by somebody else."""

    kind: Literal["list_deleted", "list_renamed", "items_edited"]
    action: Literal["recreated", "detached", "repaired", "kept"]
    """`kept`: the change stays on Trakt. What the fields below name is to be taken over by the list here."""
    added: Count | None = None
    """Titles that were taken off on Trakt and that were put back."""
    removed: Count | None = None
    """Titles that were added on Trakt and that were taken off again."""
    new_title: str | None = None
    """With `kept`: the list's name on Trakt. It is taken over unless the list was renamed here meanwhile."""
    new_privacy: Privacy | None = None
    """With `kept`: the list's privacy on Trakt. It is taken over unless that was changed here meanwhile."""
    removed_items: tuple[Item, ...] = ()
    """With `kept`: what was taken off on Trakt, and is to be taken off the list here."""


class TraktAccountConnected(AccountEvent, ce_type="watchbuddy.trakt.account_connected.v1", topic=TRAKT_TOPIC):
    """The user's Trakt account is connected. Mirroring begins or continues."""

    trakt_user: str | None = None
    vip: bool | None = None
    """Whether the account is a VIP's, which has higher limits. Null: not known."""


class TraktAccountDisconnected(AccountEvent, ce_type="watchbuddy.trakt.account_disconnected.v1", topic=TRAKT_TOPIC):
    """The user's Trakt account was disconnected. Their lists in WatchBuddy stay."""

    removed_list_ids: tuple[BigintId, ...] = ()
    """Lists of WatchBuddy whose Trakt lists were deleted, for the user wanted them gone. They have none any more."""
    lists_left: Count | None = None
    """Trakt lists of WatchBuddy's making that stay on the account. Null: not known."""


class TraktReauthorizationRequired(
    AccountEvent, ce_type="watchbuddy.trakt.reauthorization_required.v1", topic=TRAKT_TOPIC
):
    """Trakt no longer accepts the account's tokens. Mirroring rests until the user connects the account again."""
