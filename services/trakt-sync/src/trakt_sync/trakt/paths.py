"""Where things are at Trakt."""

import re
from typing import Final

from trakt_sync.mirroring.references import WATCHLIST, TraktRef

ME: Final = "me"
LISTS: Final = "/users/me/lists"
ANYBODYS_LISTS: Final = "/lists"
# The order of the items is only reliable with the types named. The watchlist has no people; "all" names its types.
BY_RANK: Final = "/movie,show,season,episode,person/rank/asc"
_ALL_BY_RANK: Final = "/all/rank/asc"
_WATCHLIST: Final = "/sync/watchlist"


TEMPLATES: Final = (
    "/users/settings",
    "/users/{id}/lists",
    "/users/{id}/lists/{list_id}",
    "/users/{id}/lists/{list_id}/items",
    "/users/{id}/lists/{list_id}/items/remove",
    "/users/{id}/lists/{list_id}/items/reorder",
    "/users/{id}/lists/{list_id}/items/{type}/rank/asc",
    "/lists/{list_id}",
    "/lists/{list_id}/items/{type}/rank/asc",
    "/sync/last_activities",
    "/sync/watched/{type}",
    "/sync/history",
    "/sync/history/{type}/{item_id}",
    "/sync/watchlist",
    "/sync/watchlist/remove",
    "/sync/watchlist/reorder",
    "/sync/watchlist/{type}/rank/asc",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/device/code",
    "/oauth/device/token",
)
"""The paths that we ask, as Trakt's documents write them."""
_PATTERNS: Final = [
    (re.compile("".join("[^/]+" if part.startswith("{") else part for part in re.split(r"({\w+})", one))), one)
    for one in TEMPLATES
]


def template_of(path: str) -> str:
    """Return the path without what differs from user to user and list to list; "other" for one that is none of ours."""
    return next((template for pattern, template in _PATTERNS if pattern.fullmatch(path)), "other")


def items_of(ref: TraktRef) -> str:
    """Return the path of a Trakt list's items: they are added there, and removed and ordered below it."""
    return _WATCHLIST if ref == WATCHLIST else f"{LISTS}/{ref}/items"


def ranked_items_of(ref: TraktRef) -> str:
    """Return the path at which the items are read by rank."""
    return f"{items_of(ref)}{_ALL_BY_RANK if ref == WATCHLIST else BY_RANK}"
