"""Where things are at Trakt."""

from typing import Final

from trakt_sync.mirroring.references import WATCHLIST, TraktRef

ME: Final = "me"
LISTS: Final = "/users/me/lists"
ANYBODYS_LISTS: Final = "/lists"
# The order of the items is only reliable with the types named. The watchlist has no people; "all" names its types.
BY_RANK: Final = "/movie,show,season,episode,person/rank/asc"
_ALL_BY_RANK: Final = "/all/rank/asc"
_WATCHLIST: Final = "/sync/watchlist"


def items_of(ref: TraktRef) -> str:
    """Return the path of a Trakt list's items: they are added there, and removed and ordered below it."""
    return _WATCHLIST if ref == WATCHLIST else f"{LISTS}/{ref}/items"


def ranked_items_of(ref: TraktRef) -> str:
    """Return the path at which the items are read by rank."""
    return f"{items_of(ref)}{_ALL_BY_RANK if ref == WATCHLIST else BY_RANK}"
