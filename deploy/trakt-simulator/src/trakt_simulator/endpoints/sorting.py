"""In which order a list's items are read, and which of them."""

from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from random import Random

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.media import BY_NAME, Kind, kind_of
from trakt_simulator.http.wire import TraktError
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList, Rows

# These fall back to rank, without a word, for accounts without VIP (Blueprint).
VIP_SORTS = frozenset(
    {"imdb_rating", "tmdb_rating", "rt_tomatometer", "rt_audience", "metascore", "votes", "imdb_votes", "tmdb_votes"}
)
SORTS = VIP_SORTS | {
    "rank",
    "added",
    "title",
    "released",
    "runtime",
    "popularity",
    "random",
    "percentage",
    "my_rating",
    "watched",
    "collected",
}


def kinds_of(text: str) -> frozenset[Kind] | None:
    """Read a type filter: one or a comma list, singular or plural; None for `all` and for what is no type."""
    kinds = frozenset(BY_NAME[name] for name in text.split(",") if name in BY_NAME)
    return kinds or None


def asked_kinds(text: str) -> frozenset[Kind] | None:
    """Read a type in the path of history or ratings; None for all.

    Raises:
        TraktError: 404 for what is no type: a client that deletes what it read must not be given everything.
    """
    if text in ("", "all"):
        return None
    if not all(name in BY_NAME for name in text.split(",")):
        raise TraktError(HTTPStatus.NOT_FOUND)
    return kinds_of(text)


def ordered(  # each argument is a part of the path or the query
    rows: Rows,
    media_list: MediaList,
    sort: tuple[str, str],
    *,
    kinds: Collection[Kind] | None,
    without: Collection[int],
    viewer: Account | None,
    catalogue: Catalogue,
) -> Sequence[int]:
    """Return the positions of the rows to show, in the order to show them.

    `sort` is sort_by and sort_how, an unknown sort_by counts as rank; `kinds` None shows all; `without` are keys to leave
    out; `viewer` is whose ratings and plays count, and VIP sorts need it to be VIP.
    """
    by, how = sort
    positions: Sequence[int] = range(len(rows))
    if kinds is not None or without:
        positions = [
            at for at, key in enumerate(rows.keys) if (kinds is None or kind_of(key) in kinds) and key not in without
        ]
    if by == "random":
        shuffled = list(positions)
        # The same order for all pages of a list; nothing here is secret.
        Random(media_list.trakt).shuffle(shuffled)  # noqa: S311
        return shuffled
    is_for_vip = by in VIP_SORTS
    figure = None if is_for_vip and not (viewer and viewer.is_vip) else _figure(by, rows, viewer, catalogue)
    if figure is not None:
        positions = sorted(positions, key=figure)
    return positions[::-1] if how == "desc" else positions


Figure = Callable[[int], tuple[float, str]]


def _figure(by: str, rows: Rows, viewer: Account | None, catalogue: Catalogue) -> Figure | None:
    """Return what to sort a position by; None for rank."""
    if by == "added":
        return lambda at: (rows.listed_ms[at], "")
    if by == "my_rating":
        ratings = (viewer.ratings if viewer else None) or {}
        return lambda at: (ratings[rows.keys[at]].rating if rows.keys[at] in ratings else 0, "")
    if by == "watched":
        played = {play.key: play.watched_ms for play in (viewer.history if viewer else None) or ()}
        return lambda at: (played.get(rows.keys[at], 0), "")
    names = {
        "released": "year",
        "runtime": "runtime",
        "popularity": "popularity",
        "percentage": "rating",
        **{name: "votes" if "votes" in name else "rating" for name in VIP_SORTS},
    }
    if by != "title" and by not in names:
        return None

    def figure(at: int) -> tuple[float, str]:
        title = catalogue.title(rows.keys[at])
        if title is None:
            return (0, "")
        return (0, title.name.casefold()) if by == "title" else (getattr(title, names[by]) or 0, "")

    return figure
