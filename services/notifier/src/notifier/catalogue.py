"""Every text that users read, in one file. Users and scripts know these texts: they do not change.

`WORDINGS` has what is said of each event, `CONDITIONS` what is said when something goes wrong, and when it is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from watchbuddy_contracts import (
    Event,
    ListCreated,
    ListDeleted,
    ListRunChanged,
    ListRunHeld,
    ListSynced,
    ListSyncFailed,
    ListSyncStarted,
    ListSyncUnchanged,
    ListUpdated,
    NotificationsUserErased,
    ReadFailureReason,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktImportRefused,
    TraktImportRequested,
    TraktListCreated,
    TraktListDeleted,
    TraktListRead,
    TraktListReadFailed,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSynced,
    TraktSyncFailed,
    TraktUserErased,
    TraktUserForgotten,
    TraktWatchedChanged,
    TraktWatchlistSynced,
    UserErasureRequested,
    without,
)

Severity = Literal["info", "success", "warning", "error"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
About = Literal["sync", "titles", "account"]
Wording = tuple[Severity, str] | None


def _list_created(event: ListCreated) -> Wording:
    if event.source is None or event.source.kind != "trakt":  # the API has answered the user's own act
        return None
    titles = "1 title" if len(event.items) == 1 else f"{len(event.items)} titles"
    return "success", f"Imported '{event.title}' from Trakt: {titles}."


def _list_run_held(event: ListRunHeld) -> Wording:
    share = f"{event.would_remove} of {event.total} titles"
    return "warning", f"'{event.title}' waits for your approval: the run would remove {share}."


def _list_synced(event: ListSynced) -> Wording:
    counts = {"updated": event.updated, "removed": event.removed, "total": event.total}
    return _synced(event, ", ".join(f"{count} {name}" for name, count in counts.items() if count))


def _synced(event: ListSynced | ListSyncUnchanged, parts: str = "") -> Wording:
    watched_only = event.trigger == "watched_only"
    trigger = "watched-only" if watched_only else event.trigger
    return "info" if watched_only else "success", f"Sync ({trigger}) for '{event.title}': {parts or 'No changes.'}"


def _list_sync_failed(event: ListSyncFailed) -> Wording:
    if event.reason == "no_candidates":
        text = f"No valid recommendations could be found for '{event.title}'. "
        return "warning", text + "Try adjusting your filters or check your candidate pool."
    return "error", f"Sync error for list {event.list_id}: the run failed, the list stays as it was."


def _trakt_synced(event: TraktSynced) -> Wording:
    return None if event.added == event.removed == 0 else ("info", _synced_text(event))


def _synced_text(event: TraktSynced) -> str:
    where = "your Trakt watchlist" if event.ce_type == TraktWatchlistSynced.ce_type else "Trakt"
    return f"Synced to {where}: +{event.added} -{event.removed}"


def _trakt_drift_found(event: TraktDriftFound) -> Wording:
    done = [words for count, words in _put_right(event) if count]
    # Whether the list here follows is decided after the event: what its owner changed here meanwhile stays.
    if event.new_title is not None:
        done.append(f"its name there is '{event.new_title}'")
    if event.new_privacy is not None:
        done.append(f"its privacy there is '{event.new_privacy}'")
    if not done or event.action in ("recreated", "detached"):
        done.insert(0, _DRIFT_ACTIONS[event.action])
    severity: Severity = "warning" if event.kind == "list_deleted" else "info"
    return severity, f"{_DRIFT_KINDS[event.kind].format(title=event.title)}: {', '.join(done)}."


def _put_right(event: TraktDriftFound) -> tuple[tuple[int | None, str], ...]:
    taken_off = len(event.removed_items)
    return (
        (event.added, f"{event.added} put back"),
        (event.removed, f"{event.removed} taken off again"),
        (taken_off, f"{taken_off} taken off here too"),
    )


def _trakt_list_deleted(event: TraktListDeleted) -> Wording:
    if left := len(event.not_removed):
        titles = "1 title" if left == 1 else f"{left} titles"
        return "warning", f"'{event.title}' is deleted, but {titles} could not be removed from your Trakt watchlist."
    if event.trakt_list_id is None:  # there was never a list on Trakt, or it was the watchlist
        return None
    return "info", f"Deleted '{event.title}' from Trakt"


def _trakt_account_disconnected(event: TraktAccountDisconnected) -> Wording:
    removed, left = len(event.removed_list_ids), event.lists_left
    if not removed:
        return "info", "Trakt is disconnected. Your lists stay here, and rest there."
    severity: Severity = "warning" if left else "info"
    gone = "Your list on Trakt was removed" if removed == 1 else f"Your {removed} lists on Trakt were removed"
    stay = f", {left} could not be removed and stay there" if left else ""
    return severity, f"Trakt is disconnected. {gone}{stay}. All stay here."


def _trakt_list_read_failed(event: TraktListReadFailed) -> Wording:
    words = _NOT_READ[event.reason]
    if event.retry_at is not None:
        words += "; it is tried again"
    return "warning", f"The list '{event.trakt_list}' could not be imported from Trakt: {words}."


def _trakt_import_refused(event: TraktImportRefused) -> Wording:
    text = f"The list '{event.trakt_list}' could not be imported from Trakt"
    if event.reason == "quota_exceeded":  # the detail is the text that users know
        return "warning", f"{text}. {event.detail or 'Quota exceeded.'}"
    return "warning", f"{text}: {_NOT_READ[event.reason]}."


_NOT_READ: Final[Mapping[ReadFailureReason, str]] = {
    "not_found": "there is no such list",
    "private": "the list is private",
    "auth": "Trakt does not accept your account any more, please reauthorize",
    "network": "Trakt cannot be reached",
    "not_connected": "you have not connected a Trakt account",
    "too_large": "it has too many titles",
    "own_mirror": "it is the mirror of one of your lists",
    "rejected": "Trakt refused to show it",
}

_DRIFT_KINDS: Final = {
    "list_deleted": "'{title}' was deleted on Trakt",
    "list_renamed": "'{title}' was renamed or changed on Trakt",
    "items_edited": "Titles of '{title}' were changed on Trakt",
}
_DRIFT_ACTIONS: Final = {
    "recreated": "made anew",
    "detached": "it stays deleted, and is not mirrored any more",
    "repaired": "put back as it was",
    "kept": "left alone",
}

_FAILED_OPERATION: Final = {
    "create": "List created locally, but Trakt sync failed",
    "sync": "List synced locally, but Trakt sync failed",
    "delete": "List deleted locally, but Trakt deletion failed",
}

# Any: each row takes events of its own type.
WORDINGS: Final[Mapping[type[Event], Callable[[Any], Wording]]] = {
    ListCreated: _list_created,
    ListRunHeld: _list_run_held,
    ListSyncStarted: lambda event: ("info", f"Syncing '{event.title}'..."),
    ListSynced: _list_synced,
    ListSyncUnchanged: _synced,
    ListSyncFailed: _list_sync_failed,
    TraktImportRefused: _trakt_import_refused,
    ListDeleted: lambda event: ("info", f"List {event.list_id} deleted."),
    TraktListCreated: lambda event: ("success", f"Created list '{event.title}' on Trakt"),
    TraktListSynced: _trakt_synced,
    TraktWatchlistSynced: _trakt_synced,
    TraktListDeleted: _trakt_list_deleted,
    TraktDriftFound: _trakt_drift_found,
    TraktListReadFailed: _trakt_list_read_failed,
    TraktAccountDisconnected: _trakt_account_disconnected,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What an event says of something that may be wrong for a while. A user is told when it changes.

    Args:
        about: what it is about, of a list or of the account.
        state: what is wrong, in a word of ours that is compared and never shown; empty: nothing.
        wording: of the change to this state; None: nothing is said.
    """

    about: About
    state: str = ""
    wording: Wording = None


def _sync_failure(event: TraktSyncFailed) -> tuple[Condition, ...]:
    if event.reason == "auth":  # TraktReauthorizationRequired tells it, once for all lists
        return ()
    text = _FAILED_OPERATION[event.operation]
    if event.reason == "rate_limited":
        text = "Trakt API rate limit exceeded. Please wait."
    return (Condition("sync", f"{event.operation} {event.reason}", ("warning", text)),)


def _sync_result(event: TraktSynced) -> tuple[Condition, ...]:
    return (
        Condition("sync", "", ("success", f"Trakt sync works again: '{event.title}' is up to date.")),
        _completeness(event),
    )


def _completeness(event: TraktSynced) -> Condition:
    """Return what the list lacks on Trakt. It is told beside the sync, whose text users and scripts know."""
    counts = {state: len(getattr(event, state)) for state in LACKING}
    if not any(counts.values()):
        return Condition("titles", "", ("success", f"All titles of '{event.title}' are on Trakt now."))
    parts = ", ".join(f"{count} {LACKING[state]}" for state, count in counts.items() if count)
    return Condition("titles", " ".join(map(str, counts.values())), ("warning", f"{_synced_text(event)} ({parts})"))


LACKING: Final = {
    "not_found": "not found",
    "left_out": "over your account's limit",
    "rejected": "refused by Trakt",
    "not_removed": "could not be removed",
}
"""The states of titles on Trakt that are not as wanted, as `TraktSynced` calls them, and their words."""

# Any: each row takes events of its own type.
CONDITIONS: Final[Mapping[type[Event], Callable[[Any], tuple[Condition, ...]]]] = {
    TraktSyncFailed: _sync_failure,
    TraktListSynced: _sync_result,
    TraktWatchlistSynced: _sync_result,
    # Nothing of the list is on Trakt: its own message says so.
    TraktListDeleted: lambda _event: (Condition("sync"), Condition("titles")),
    TraktReauthorizationRequired: lambda _event: (
        Condition("account", "reauthorize", ("warning", "Trakt access token expired. Please reauthorize.")),
    ),
    TraktAccountConnected: lambda _event: (
        Condition("account", "", ("success", "Trakt is connected again. Your lists go on.")),
    ),
    # The user's own act: the page that they used confirms it.
    TraktAccountDisconnected: lambda _event: (Condition("account"),),
}

SILENT: Final[frozenset[type[Event]]] = frozenset(
    {
        # The API has answered the user's own act. The result on Trakt has a message of its own.
        ListUpdated,
        TraktImportRequested,
        # Progress goes to open streams alone.
        ListRunChanged,
        # The list that is made of it has a message.
        TraktListRead,
        # What a user has watched changes lists at their next run, which has a message.
        TraktWatchedChanged,
        # Of a user who is erased nothing is kept, and who asked sees how far it is.
        UserErasureRequested,
        TraktUserForgotten,
        TraktUserErased,
        NotificationsUserErased,
    }
)

TOLD: Final = frozenset({*WORDINGS, *CONDITIONS}) - {ListSynced} | {without(ListSynced, "items")}
"""The models of the events that have a text, as far as the texts need them."""
