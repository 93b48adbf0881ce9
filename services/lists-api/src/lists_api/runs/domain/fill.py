"""What a run makes of a list's items: pinned titles first, then those that the ranking found, in the list's order."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final

from lists_api.lists.domain.filling import Filling, Sort
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import titled
from watchbuddy_contracts import Title, TitleKey, index_of, keys_of


@dataclass(frozen=True, slots=True)
class Ranked:
    """A title that the ranking found.

    Args:
        score: falls along the ranking.
        name: folded. rating: hundredths of a point; None, as for the year: not known.
    """

    title: Title
    score: int
    explanation: str
    name: str = ""
    rating: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A list as a run wants it.

    Args:
        said: score and explanation of the titles that the ranking found.
    """

    wanted: MediaList
    said: Mapping[Title, tuple[int, str]]


def stays_out(filling: Filling) -> bool:
    """Whether what was watched leaves the list, unless it is pinned."""
    return filling.exclude_watched or filling.filters.watched == "not_watched"


def room_of(current: MediaList, watched: AbstractSet[TitleKey]) -> int:
    """Return how many titles the list takes beside its pinned ones."""
    filling = current.properties.filling
    return 0 if filling is None else max(0, filling.item_limit - len(_pins(current, filling, watched)))


def fill(current: MediaList, ranked: Sequence[Ranked], watched: AbstractSet[TitleKey], *, year: int) -> Filled:
    """Return the list with these titles, as many as there is room for. A title that is there keeps the ids it has.

    Args:
        ranked: the best first.
        watched: keys of what its owner has watched.
        year: the present one, for a title that names years.
    """
    filling = current.properties.filling
    assert filling is not None, "only a list that fills itself is filled"  # noqa: S101
    pins = _pins(current, filling, watched)
    taken = keys_of(pins) | keys_of(current.exclusions)
    if filling.exclude_watched:
        taken |= watched
    # What leaves says nothing of what may come: the next run would not know it.
    staying = [title for title in current.items if taken.isdisjoint(title.keys)]
    places = index_of(staying)
    chosen: list[tuple[int, Ranked, Title]] = []
    for rank, one in enumerate(ranked):
        present = next((staying[places[key]] for key in one.title.keys if key in places), one.title)
        keys = {*one.title.keys, *present.keys}
        if len(pins) + len(chosen) < filling.item_limit and taken.isdisjoint(keys):
            taken |= keys
            chosen.append((rank, one, present))
    order = _ORDERS[filling.sort]
    chosen.sort(key=lambda found: order(found[0], found[1], min(places.get(key, len(places)) for key in found[2].keys)))
    items = (*pins, *(title for _, _, title in chosen))
    wanted = replace(current, items=items, pins=frozenset(pins), properties=titled(current.properties, year=year))
    return Filled(wanted, {title: (one.score, one.explanation) for _, one, title in chosen})


def without_watched(current: MediaList, watched: AbstractSet[TitleKey]) -> MediaList:
    """Return the list without what its owner has watched, if that is to leave it."""
    filling = current.properties.filling
    if filling is None or not stays_out(filling):
        return current
    items = tuple(
        title
        for title in current.items
        if watched.isdisjoint(title.keys) or (title in current.pins and not filling.exclude_watched)
    )
    return replace(current, items=items, pins=current.pins.intersection(items))


def _pins(current: MediaList, filling: Filling, watched: AbstractSet[TitleKey]) -> list[Title]:
    pins = [title for title in current.items if title in current.pins]
    return [title for title in pins if watched.isdisjoint(title.keys)] if filling.exclude_watched else pins


_Order = Callable[[int, Ranked, int], Any]
_ORDERS: Final[Mapping[Sort, _Order]] = {
    "rank": lambda rank, _found, _place: rank,
    "rating": lambda rank, found, _place: (-(found.rating or 0), rank),
    "year": lambda rank, found, _place: (-(found.year or 0), rank),
    "title": lambda rank, found, _place: (found.name, rank),
    # what came first stands first; newcomers follow in the order of their rank
    "added": lambda rank, _found, place: (place, rank),
}
"""The highest rating and the newest year stand first."""
