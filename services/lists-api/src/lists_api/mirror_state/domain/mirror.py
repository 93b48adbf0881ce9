"""What trakt-sync said last of a list, and of its user's Trakt account."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from watchbuddy_contracts import FailureReason

MirrorState = Literal["pending", "in_sync", "failed", "deleted"]
"""pending: trakt-sync has not told a result of this version yet; deleted: nothing is left on Trakt."""
MirrorReason = Literal["not_connected", FailureReason]
"""not_connected: the user has no Trakt account connected; the others are trakt-sync's."""
AccountState = Literal["connected", "disconnected", "reauthorization_required"]


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
