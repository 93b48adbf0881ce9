"""What an event of trakt-sync reports of a list's mirror and of its user's Trakt account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lists_api.mirror_state.domain.mirror import AccountState, MirrorRecord
from watchbuddy_contracts import (
    Event,
    EventHeaders,
    ListEvent,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSynced,
    TraktSyncFailed,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What one event reports.

    Args:
        at: when it happened.
        account_state: of the user's Trakt account; None: it reports none.
        is_vip: whether the account is a VIP's; None: it does not say.
        list_id: None: it is about no list.
        record: of the list's mirror; None: it reports nothing of it.
        taken_down: lists of the user whose Trakt lists are gone.
    """

    event_id: UUID
    user_id: str
    at: datetime
    account_state: AccountState | None
    is_vip: bool | None
    list_id: int | None
    record: MirrorRecord | None
    taken_down: tuple[int, ...] = ()


def report_of(headers: EventHeaders, event: Event) -> Report:
    """Return what an event of trakt-sync reports."""
    of_list = event if isinstance(event, ListEvent) else None
    return Report(
        headers.event_id,
        event.user_id,
        headers.time,
        account_state_of(event),
        event.vip if isinstance(event, TraktAccountConnected) else None,
        None if of_list is None else of_list.list_id,
        None if of_list is None else record_of(of_list, at=headers.time),
        event.removed_list_ids if isinstance(event, TraktAccountDisconnected) else (),
    )


def account_state_of(event: Event) -> AccountState | None:
    """Return the state of the user's account that the event reports; None: it reports none."""
    match event:
        # A user with a mirrored list has an account. This makes up for a lost TraktAccountConnected.
        case TraktAccountConnected() | TraktListCreated() | TraktSynced():
            return "connected"
        case TraktAccountDisconnected():
            return "disconnected"
        case TraktReauthorizationRequired():
            return "reauthorization_required"
        case _:
            return None


def record_of(event: ListEvent, *, at: datetime) -> MirrorRecord | None:
    """Return what to store of an event that happened then; None: it reports nothing of the mirror's state."""
    match event:
        case TraktListCreated():
            return MirrorRecord(event.trakt_list_id, "pending", event.version, at=at)
        case TraktSynced():
            return MirrorRecord(
                event.trakt_list_id if isinstance(event, TraktListSynced) else None,
                "in_sync",
                event.version,
                at=at,
                not_found=len(event.not_found),
                left_out=len(event.left_out),
                rejected=len(event.rejected),
                not_removed=len(event.not_removed),
            )
        case TraktSyncFailed():
            return MirrorRecord(
                state="failed", version=event.version, reason=event.reason, retry_at=event.retry_at, at=at
            )
        case TraktDriftFound(action="detached"):
            return MirrorRecord(state="detached", version=event.version, at=at)
        case TraktListDeleted():
            return MirrorRecord(state="deleted", version=event.version, at=at)
        case _:
            return None
