"""What a list lacks on Trakt after a sync, and how users are told.

It is a further message beside that of the sync, whose text users and scripts know.
"""

from typing import Final, NamedTuple

from notifier.messages import synced_text
from watchbuddy_contracts import TraktSynced

_NAMES: Final = ("not found", "over your account's limit", "refused by Trakt", "could not be removed")


class Shortfall(NamedTuple):
    """How many items of a sync are not as wanted on Trakt, in the order of the words."""

    not_found: int
    left_out: int
    rejected: int
    not_removed: int

    @classmethod
    def of(cls, event: TraktSynced) -> "Shortfall":
        """Return what the sync lacks."""
        return cls(len(event.not_found), len(event.left_out), len(event.rejected), len(event.not_removed))

    @property
    def counts(self) -> str:
        """The counts, to be compared with those that were told last; empty: nothing is lacking."""
        return " ".join(map(str, self)) if any(self) else ""

    def text(self, event: TraktSynced) -> str:
        """Return the message of the sync with what it lacks."""
        parts = ", ".join(f"{count} {name}" for count, name in zip(self, _NAMES, strict=True) if count)
        return f"{synced_text(event)} ({parts})"
