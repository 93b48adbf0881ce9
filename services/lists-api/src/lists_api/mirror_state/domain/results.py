"""What trakt-sync's events mean for a list's mirror state and for its user's Trakt account. Pure."""

from datetime import datetime

from lists_api.mirror_state.domain.mirror import AccountState, MirrorRecord
from watchbuddy_contracts import (
    Event,
    ListEvent,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)


def account_state_of(event: Event) -> AccountState | None:
    """Return the state in which the event shows its user's account, or None when it shows none."""
    match event:
        # Who mirrors a list has an account: should its own event have been lost, this mends it.
        case TraktAccountConnected() | TraktListCreated() | TraktListSynced():
            return "connected"
        case TraktAccountDisconnected():
            return "disconnected"
        case TraktReauthorizationRequired():
            return "reauthorization_required"
        case _:
            return None


def record_of(event: ListEvent, *, at: datetime) -> MirrorRecord | None:
    """Return what to store of an event of that time, or None when it says nothing of the mirror's state."""
    match event:
        case TraktListCreated():
            return MirrorRecord(event.trakt_list_id, "pending", event.version, at=at)
        case TraktListSynced():
            return MirrorRecord(
                event.trakt_list_id,
                "in_sync",
                event.version,
                at=at,
                not_found=len(event.not_found),
                left_out=len(event.left_out),
            )
        case TraktSyncFailed():
            return MirrorRecord(
                state="failed", version=event.version, reason=event.reason, retry_at=event.retry_at, at=at
            )
        case TraktListDeleted():
            return MirrorRecord(state="deleted", version=event.version, at=at)
        case _:
            return None
