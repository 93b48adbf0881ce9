"""The desired state of a list: what Trakt should show."""

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from watchbuddy_contracts import Privacy, Title


@dataclass(frozen=True, slots=True)
class Details:
    """A Trakt list without its items, as Trakt names the fields."""

    name: str
    description: str
    privacy: Privacy = "private"
    display_numbers: bool = True
    allow_comments: bool = False

    def changes_from(self, actual: "Details | None") -> dict[str, str | bool]:
        """Return the fields that differ from `actual`; all of them for None."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if actual is None or getattr(self, field.name) != getattr(actual, field.name)
        }


Mode: TypeAlias = Literal["mirror", "keep_extra", "add_only"]
WhenDeleted: TypeAlias = Literal["recreate", "detach"]
WhenChanged: TypeAlias = Literal["restore", "take_over"]
WhenRemoved: TypeAlias = Literal["restore", "take_over"]
Target: TypeAlias = Literal["list", "watchlist"]


@dataclass(frozen=True, slots=True)
class Policies:
    """What may be removed from the Trakt list, and what becomes of what somebody did to it by hand.

    Args:
        mode: `mirror`: it equals the list. `keep_extra`: what somebody added stays. `add_only`: nothing is removed. On
            the watchlist, what somebody added stays in any case.
        when_deleted: the Trakt list was deleted: made anew, or left deleted.
        when_changed: it was renamed or made public: put back, or taken over.
        when_removed: a title was taken off: put back, or taken off here too.
        target: a list of its own, or the account's watchlist.
    """

    mode: Mode = "mirror"
    when_deleted: WhenDeleted = "recreate"
    when_changed: WhenChanged = "restore"
    when_removed: WhenRemoved = "restore"
    target: Target = "list"


@dataclass(frozen=True, slots=True)
class Desired:
    """What is wanted of one list.

    Args:
        is_present: False: nothing of it may be left on Trakt.
        is_leaving: the list stays, but its user leaves the Trakt account: nothing of it may be left there.
        items: by rank.
        is_ordered: whether a difference of order alone is sent. The first mirror is in order in any case.
    """

    is_present: bool
    details: Details
    items: tuple[Title, ...] = ()
    is_ordered: bool = False
    policies: Policies = Policies()
    is_leaving: bool = False
