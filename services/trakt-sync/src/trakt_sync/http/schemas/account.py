"""A user's Trakt account over HTTP."""

from datetime import datetime, timedelta
from typing import Self

from chassis.http.examples import examples
from trakt_sync.http.schemas.status import AccountState
from trakt_sync.store.connections import AccountStatus
from trakt_sync.store.views import AccountView
from watchbuddy_contracts.documented import Documented


class DisconnectedOut(Documented):
    """No account is connected any more, or it ends when its lists are gone from Trakt."""

    model_config = examples(
        {"state": "disconnected", "revoked": True, "lists_left": 12},
        {"state": "disconnecting", "revoked": False, "lists_left": 12},
    )

    state: AccountState
    revoked: bool
    """Whether Trakt has confirmed that the tokens are void. False: no account was connected, its lists are to go first,
    or Trakt does not answer; then the tokens are deleted here all the same."""
    lists_left: int
    """Lists of WatchBuddy's making that are on Trakt: they stay, or, while `disconnecting`, are still to be deleted."""

    @classmethod
    def of(cls, status: AccountStatus | None, *, revoked: bool) -> Self:
        """Return what the user sees. None: there was never an account."""
        if status is None:
            return cls(state="disconnected", revoked=revoked, lists_left=0)
        return cls(state=status.state, revoked=revoked, lists_left=status.lists_left)


class LimitsOut(Documented):
    """What a Trakt account may have, as Trakt says. Null: not known."""

    lists: int | None
    items_per_list: int | None
    read_at: datetime | None
    """In UTC: when Trakt said so."""


class UsedOut(Documented):
    """What is on the account of WatchBuddy's making."""

    lists: int
    items: int


class WritesOut(Documented):
    """How fast WatchBuddy may write to the account."""

    interval: float
    """Seconds between two writes."""
    next_at: datetime | None
    """In UTC: no write comes sooner. Null: there was none yet."""
    waiting_lists: int
    """Lists that are to be looked at, now or later."""


class AccountOut(Documented):
    """A user's Trakt account."""

    model_config = examples(
        {
            "state": "connected",
            "trakt_user": "ada",
            "vip": False,
            "timezone": "Europe/London",
            "limits": {"lists": 2, "items_per_list": 100, "read_at": "2026-11-20T18:04:05Z"},
            "used": {"lists": 2, "items": 130},
            "writes": {"interval": 1, "next_at": "2026-11-20T18:04:06Z", "waiting_lists": 1},
        },
        {
            "state": "disconnected",
            "trakt_user": None,
            "vip": None,
            "timezone": None,
            "limits": {"lists": None, "items_per_list": None, "read_at": None},
            "used": {"lists": 0, "items": 0},
            "writes": {"interval": 1, "next_at": None, "waiting_lists": 0},
        },
    )

    state: AccountState
    trakt_user: str | None
    """Null: not known, or no account is connected."""
    vip: bool | None
    timezone: str | None
    """The user's at Trakt, of the IANA database."""
    limits: LimitsOut
    used: UsedOut
    writes: WritesOut

    @classmethod
    def of(cls, view: AccountView | None, interval: timedelta) -> Self:
        """Return what the user sees. None: there was never an account."""
        known = None if view is None or view.state == "disconnected" else view
        limits = (known and known.limits) or {}
        return cls(
            state="disconnected" if known is None else known.state,
            trakt_user=known and known.trakt_user,
            vip=known and known.is_vip,
            timezone=known and known.timezone,
            limits=LimitsOut(
                lists=limits.get("lists"),
                items_per_list=limits.get("items"),
                read_at=known and known.settings_read_at,
            ),
            used=UsedOut(lists=view.lists if view else 0, items=view.items if view else 0),
            writes=WritesOut(
                interval=interval.total_seconds(),
                next_at=known and known.next_write_at,
                waiting_lists=view.waiting if view else 0,
            ),
        )
