"""The titles that a request body names: `{"movies": [{"ids": {…}}], "shows": […], …}`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from trakt_simulator.catalogue.catalogue import ID_NAMES
from trakt_simulator.catalogue.episodes import episode_key, season_key
from trakt_simulator.catalogue.media import PLURAL, Kind, kind_of
from trakt_simulator.http.errors import invalid
from trakt_simulator.http.request import Request
from trakt_simulator.state.simulator import Simulator

Element = Mapping[str, object]


class Match(NamedTuple):
    """An element of a body, and the key of a title that it names. A show with seasons or episodes names only those."""

    key: int
    element: Element


@dataclass(slots=True)
class RequestItems:
    """The matches in the order of the body, and by array the elements that Trakt does not know, as sent."""

    matches: list[Match] = field(default_factory=list)
    not_found: dict[str, list[Element]] = field(default_factory=lambda: {name: [] for name in PLURAL.values()})

    def keys(self) -> list[int]:
        return [match.key for match in self.matches]


def read_items(body: Mapping[str, object], sim: Simulator) -> RequestItems:
    """Match all elements of a body.

    Raises:
        TraktError: 422 an array that is none, or an element that is no object.
    """
    items = RequestItems()
    for kind, name in PLURAL.items():
        elements = body.get(name)
        if elements is None:
            continue
        for element in _objects(elements, name):
            keys, missing = _match(kind, element, sim)
            items.matches.extend(Match(key, element) for key in keys)
            if missing is not None:
                items.not_found[name].append(missing)
    return items


def read_rank(request: Request) -> list[int]:
    """Return `rank` of a reorder.

    Raises:
        TraktError: 422 no array of whole numbers.
    """
    rank = request.json_object().get("rank")
    if not isinstance(rank, list) or not all(type(number) is int for number in rank):
        raise invalid("rank: must be an array of ids")
    return rank


def counts(keys: Iterable[int], kinds: Iterable[Kind] = Kind) -> dict[str, int]:
    """Count keys by array name, zeros included."""
    by_kind = Counter(map(kind_of, keys))
    return {PLURAL[kind]: by_kind[kind] for kind in kinds}


def _match(kind: Kind, element: Element, sim: Simulator) -> tuple[list[int], Element | None]:
    """Return the keys that an element names, and the part of it that Trakt does not know (None: it knows all)."""
    key = _find(kind, element, sim)
    if key is None:
        return [], element
    seasons = element.get("seasons") if kind is Kind.SHOW else None
    if not seasons:
        return [key], None
    found: list[int] = []
    missing: list[Element] = []
    for season in _objects(seasons, "seasons"):
        keys, rest = _match_season(key, season)
        found += keys
        missing += [] if rest is None else [rest]
    return found, {**element, "seasons": missing} if missing else None


def _match_season(show: int, season: Element) -> tuple[list[int], Element | None]:
    """As `_match`, for a season: its own key, or those of its episodes where it has any."""
    number, episodes = season.get("number"), season.get("episodes")
    if not episodes:
        key = season_key(show, number) if type(number) is int else None
        return ([], season) if key is None else ([key], None)
    found: list[int] = []
    missing: list[Element] = []
    for episode in _objects(episodes, "episodes"):
        at = episode.get("number")
        key = episode_key(show, number, at) if type(number) is int and type(at) is int else None
        if key is None:
            missing.append(episode)
        else:
            found.append(key)
    return found, {**season, "episodes": missing} if missing else None


def _find(kind: Kind, element: Element, sim: Simulator) -> int | None:
    ids = element.get("ids")
    if not isinstance(ids, dict):
        # Some clients send the ids without `ids` around them. The contract also takes title and year.
        ids = {name: element[name] for name in ID_NAMES if name in element}
    title, year = element.get("title"), element.get("year")
    if isinstance(title, str) and not ids:
        key = sim.catalogue.find_named(kind, title, year if isinstance(year, int) else None)
        if key is not None:
            return key
    return sim.find_or_invent(kind, ids)


def _objects(value: object, name: str) -> Iterator[Element]:
    if not isinstance(value, list):
        raise invalid(f"{name}: must be an array")
    for element in value:
        if not isinstance(element, dict):
            raise invalid(f"{name}: must hold objects")
        yield element
