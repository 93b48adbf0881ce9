"""The orders in which a list's items are read."""

from collections.abc import Callable, Sequence
from random import Random
from typing import get_args

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.endpoints.list_fields import SortBy
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList, Rows

SortKey = Callable[[int], tuple[float, str]]
SORTS = frozenset(get_args(SortBy))
# For accounts without VIP, Trakt silently sorts by rank instead (Blueprint).
VIP_SORTS = frozenset(
    {"imdb_rating", "tmdb_rating", "rt_tomatometer", "rt_audience", "metascore", "votes", "imdb_votes", "tmdb_votes"}
)
_TITLE_FIELDS = {
    "released": "year",
    "runtime": "runtime",
    "popularity": "popularity",
    "percentage": "rating",
    **{name: "votes" if "votes" in name else "rating" for name in VIP_SORTS},
}


def sort_positions(
    positions: Sequence[int],
    media_list: MediaList,
    rows: Rows,
    sort: tuple[str, str],
    *,
    viewer: Account | None,
    catalogue: Catalogue,
) -> Sequence[int]:
    """Return positions of rows, given in rank order, in the order to show them.

    `sort` is sort_by and sort_how; an unknown sort_by sorts by rank. `viewer` is the account whose ratings and plays
    count, and which must be VIP for VIP sorts.
    """
    by, how = sort
    if by == "random":
        shuffled = list(positions)
        # The same order for all pages of a list. Nothing here is secret.
        Random(media_list.trakt).shuffle(shuffled)  # noqa: S311
        return shuffled
    has_sort = by not in VIP_SORTS or (viewer is not None and viewer.is_vip)
    key = _sort_key(by, rows, viewer, catalogue) if has_sort else None
    if key is not None:
        positions = sorted(positions, key=key)
    return positions[::-1] if how == "desc" else positions


def _sort_key(by: str, rows: Rows, viewer: Account | None, catalogue: Catalogue) -> SortKey | None:
    """Return the value that a position is sorted by; None for rank."""
    if by == "added":
        return lambda at: (rows.listed_ms[at], "")
    if by == "my_rating":
        ratings = (viewer.ratings if viewer else None) or {}
        return lambda at: (ratings[rows.keys[at]].rating if rows.keys[at] in ratings else 0, "")
    if by == "watched":
        played = {play.key: play.watched_ms for play in (viewer.history if viewer else None) or ()}
        return lambda at: (played.get(rows.keys[at], 0), "")
    if by != "title" and by not in _TITLE_FIELDS:
        return None

    def title_key(at: int) -> tuple[float, str]:
        title = catalogue.title(rows.keys[at])
        if title is None:
            return (0, "")
        return (0, title.name.casefold()) if by == "title" else (getattr(title, _TITLE_FIELDS[by]) or 0, "")

    return title_key
