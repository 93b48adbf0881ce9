"""The state of a list's mirror and of its user's Trakt account, as trakt-sync reported it last."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, get_args

from watchbuddy_contracts import FailureReason

MirrorState = Literal["pending", "in_sync", "failed", "detached", "deleted"]
"""pending: trakt-sync has not reported a result of this version yet; detached: its owner deleted the list on Trakt, and
wants it left so; deleted: nothing is left on Trakt."""
MirrorReason = Literal["not_connected", FailureReason]
"""not_connected: the user has no Trakt account connected; the others are trakt-sync's."""
Obstacle = Literal["not_connected", "auth"]
AccountState = Literal["connected", "disconnected", "reauthorization_required"]


@dataclass(frozen=True, slots=True)
class TraktAccount:
    """A user's Trakt account.

    Args:
        state: None: trakt-sync has reported nothing, so the user has connected none.
        revision: counts the changes of state. Entity tags are made with it.
        is_vip: whether Trakt says so. It decides the quota.
    """

    state: AccountState | None = None
    revision: int = 0
    is_vip: bool = False

    @property
    def obstacle(self) -> Obstacle | None:
        """Why no list of the user can be mirrored until they do something. None: nothing is in the way."""
        match self.state:
            case "connected":
                return None
            case "reauthorization_required":
                return "auth"
            case "disconnected" | None:
                return "not_connected"


@dataclass(frozen=True, slots=True)
class MirrorRecord:
    """What trakt-sync reported last of a list.

    Args:
        trakt_list_id: None: the list has no Trakt list, or the watchlist, which has no number.
        version: the list's version that the report is about; None: there was no report yet.
        reason: why it failed; None: it did not. In the result of `as_of`: why it is not in sync, where that is known.
        retry_at: when trakt-sync tries again by itself; None: it did not fail, or waits for a change by the user.
        at: when it happened.
        not_found: count of items that Trakt does not know.
        left_out: count of items over the account's limit.
        rejected: count of items that Trakt refuses.
        not_removed: count of items that are not wanted, and that Trakt does not take off.
        revision: counts the reports. Entity tags are made with it.
    """

    trakt_list_id: int | None = None
    state: MirrorState = "pending"
    version: int | None = None
    reason: MirrorReason | None = None
    retry_at: datetime | None = None
    at: datetime | None = None
    not_found: int = 0
    left_out: int = 0
    rejected: int = 0
    not_removed: int = 0
    revision: int = 0

    def as_of(self, version: int, account: TraktAccount) -> "MirrorRecord":
        """Return how a list of this version stands with its user's account as it is.

        A failure stays until trakt-sync reports that it is over, also for newer versions: an incident is reported
        once. An account that is in the way is the reason, whatever was reported before, and waiting does not help.
        """
        if self.version is None:
            return _UNREPORTED[account.obstacle]
        state = "pending" if self.state == "in_sync" and self.version != version else self.state
        if state == "in_sync" or account.obstacle is None:
            return self if state == self.state else replace(self, state=state)
        return replace(self, state=state, reason=account.obstacle, retry_at=None)


# All of a page of lists are these when the user has no account.
_UNREPORTED: Final = {obstacle: MirrorRecord(reason=obstacle) for obstacle in (None, *get_args(Obstacle))}
