"""The state of a user's Trakt account over HTTP."""

from datetime import datetime
from typing import Final, Literal, Self

from chassis.http.examples import examples
from trakt_sync.store.connections import AccountStatus
from watchbuddy_contracts import FailureReason
from watchbuddy_contracts.documented import Documented

AccountState = Literal["connected", "disconnecting", "disconnected", "reauthorization_required"]

WORDS: Final[dict[AccountState, str]] = {
    "connected": "Your lists are mirrored to Trakt.",
    "disconnecting": "Your lists are being removed from Trakt. Your account is disconnected then.",
    "disconnected": "No Trakt account is connected. Your lists wait here.",
    "reauthorization_required": "Trakt does not accept our access any more. Connect your account again.",
}
BLOCKS: Final[dict[FailureReason, str]] = {
    "account_locked": "Trakt has locked your account; ask Trakt's support. We try again.",
    "auth": "Trakt refuses our access at the moment. We try again.",
    "limit_reached": "Your Trakt account has reached its limit.",
    "network": "Trakt does not answer. We try again.",
    "rate_limited": "Trakt asks us to wait. We go on then.",
    "rejected": "Trakt refuses what we send. We try again.",
}


class StatusOut(Documented):
    """Whether the user's Trakt account is connected."""

    model_config = examples(
        {
            "state": "connected",
            "detail": WORDS["connected"],
            "trakt_user": "ada",
            "trakt_url": "https://trakt.tv/users/ada",
            "vip": True,
            "connected_at": "2026-11-20T18:04:05Z",
            "blocked_until": None,
            "block_reason": None,
            "lists_left": None,
        },
        {
            "state": "disconnecting",
            "detail": WORDS["disconnecting"],
            "trakt_user": "ada",
            "trakt_url": "https://trakt.tv/users/ada",
            "vip": False,
            "connected_at": "2026-11-20T18:04:05Z",
            "blocked_until": None,
            "block_reason": None,
            "lists_left": 12,
        },
        {
            "state": "connected",
            "detail": BLOCKS["account_locked"],
            "trakt_user": "ada",
            "trakt_url": "https://trakt.tv/users/ada",
            "vip": False,
            "connected_at": "2026-11-20T18:04:05Z",
            "blocked_until": "2026-11-20T19:04:05Z",
            "block_reason": "account_locked",
            "lists_left": None,
        },
        {
            "state": "disconnected",
            "detail": WORDS["disconnected"],
            "trakt_user": None,
            "trakt_url": None,
            "vip": None,
            "connected_at": None,
            "blocked_until": None,
            "block_reason": None,
            "lists_left": None,
        },
    )

    state: AccountState
    detail: str
    """The same for people."""
    trakt_user: str | None
    """Null: not known."""
    trakt_url: str | None
    """The account's page. `/lists/<trakt_list_id>` behind it is a list's. Null: not known."""
    vip: bool | None
    """Whether the account is a VIP's, which has higher limits. Null: not known."""
    connected_at: datetime | None
    """In UTC: since when."""
    blocked_until: datetime | None
    """Until then nothing is asked of Trakt for this account. Null: it is not blocked."""
    block_reason: FailureReason | None
    lists_left: int | None
    """Lists that are still to be deleted on Trakt before the account is disconnected. Null: none is to be."""

    @classmethod
    def of(cls, status: AccountStatus | None, now: datetime, site: str) -> Self:
        """Return what the user sees. None: there was never an account. Args: site: of Trakt, as browsers reach it."""
        state: AccountState = "disconnected" if status is None else status.state
        if status is None or state == "disconnected":
            return cls(
                state="disconnected",
                detail=WORDS["disconnected"],
                trakt_user=None,
                trakt_url=None,
                vip=None,
                connected_at=None,
                blocked_until=None,
                block_reason=None,
                lists_left=None,
            )
        is_blocked = (
            state in ("connected", "disconnecting") and status.blocked_until is not None and status.blocked_until > now
        )
        reason = status.block_reason if is_blocked else None
        return cls(
            state=state,
            detail=WORDS[state] if reason is None else BLOCKS[reason],
            trakt_user=status.trakt_user,
            trakt_url=None if status.trakt_slug is None else f"{site}/users/{status.trakt_slug}",
            vip=status.is_vip,
            connected_at=status.connected_at,
            blocked_until=status.blocked_until if is_blocked else None,
            block_reason=reason,
            lists_left=status.lists_left if state == "disconnecting" else None,
        )
