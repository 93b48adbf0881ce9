"""The message of each event, in one table. Users and scripts know these texts: they do not change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from watchbuddy_contracts import (
    Event,
    ListCreated,
    ListDeleted,
    ListEvent,
    ListSynced,
    ListSyncFailed,
    ListSyncStarted,
    ListUpdated,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)

Severity = Literal["info", "success", "warning", "error"]
Wording = tuple[Severity, str] | None


@dataclass(frozen=True, slots=True)
class Message:
    """What a user is told.

    Args:
        list_id: the list that it is about; None: the user's Trakt account.
    """

    text: str
    severity: Severity
    list_id: int | None


def message_of(event: Event) -> Message | None:
    """Return the message of an event, or None when the user is told nothing.

    Raises:
        KeyError: the type is in none of the tables below (a test sees to it that there is no such type).
    """
    if type(event) in SILENT:
        return None
    wording = WORDINGS[type(event)](event)
    if wording is None:
        return None
    severity, text = wording
    return Message(text, severity, event.list_id if isinstance(event, ListEvent) else None)


def _list_synced(event: ListSynced) -> Wording:
    counts = {"updated": event.updated, "removed": event.removed, "total": event.total}
    parts = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    watched_only = event.trigger == "watched_only"
    trigger = "watched-only" if watched_only else event.trigger
    return "info" if watched_only else "success", f"Sync ({trigger}) for '{event.title}': {parts or 'No changes.'}"


def _list_sync_failed(event: ListSyncFailed) -> Wording:
    if event.reason == "no_candidates":
        text = f"No valid recommendations could be found for '{event.title}'. "
        return "warning", text + "Try adjusting your filters or check your candidate pool."
    return "error", f"Sync error for list {event.list_id}: the run failed, the list stays as it was."


def _trakt_list_synced(event: TraktListSynced) -> Wording:
    if event.added == event.removed == 0:
        return None
    return "info", f"Synced to Trakt: +{event.added} -{event.removed}"


def _trakt_list_deleted(event: TraktListDeleted) -> Wording:
    if event.trakt_list_id is None:  # there was never a list on Trakt
        return None
    return "info", f"Deleted '{event.title}' from Trakt"


def _trakt_sync_failed(event: TraktSyncFailed) -> Wording:
    if event.reason == "auth":  # TraktReauthorizationRequired tells it, once for all lists
        return None
    if event.reason == "rate_limited":
        return "warning", "Trakt API rate limit exceeded. Please wait."
    return "warning", _FAILED_OPERATION[event.operation]


_FAILED_OPERATION: Final = {
    "create": "List created locally, but Trakt sync failed",
    "sync": "List synced locally, but Trakt sync failed",
    "delete": "List deleted locally, but Trakt deletion failed",
}

# Any: each row takes events of its own type.
WORDINGS: Final[Mapping[type[Event], Callable[[Any], Wording]]] = {
    ListSyncStarted: lambda event: ("info", f"Syncing '{event.title}'..."),
    ListSynced: _list_synced,
    ListSyncFailed: _list_sync_failed,
    ListDeleted: lambda event: ("info", f"List {event.list_id} deleted."),
    TraktListCreated: lambda event: ("success", f"Created list '{event.title}' on Trakt"),
    TraktListSynced: _trakt_list_synced,
    TraktListDeleted: _trakt_list_deleted,
    TraktSyncFailed: _trakt_sync_failed,
    TraktReauthorizationRequired: lambda _event: ("warning", "Trakt access token expired. Please reauthorize."),
}

SILENT: Final[frozenset[type[Event]]] = frozenset(
    {
        # The API has answered the user's own act. The result on Trakt has a message of its own.
        ListCreated,
        ListUpdated,
        # The user's own act: the page that they used confirms it.
        TraktAccountConnected,
        TraktAccountDisconnected,
        # There is no text for it yet; it comes with the policies for edits by hand.
        TraktDriftFound,
    }
)
