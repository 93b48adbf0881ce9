"""What names a Trakt list of an account."""

from typing import Final, Literal, TypeAlias

TraktRef: TypeAlias = int | Literal["watchlist"]
"""A list's number, or the watchlist: every account has one, without a number, that nobody makes, renames or deletes."""
WATCHLIST: Final = "watchlist"


def number_of(ref: TraktRef | None) -> int | None:
    """Return the list's number; None: it has none, or there is no list."""
    return ref if isinstance(ref, int) else None
