"""The elements of a request body: `{"movies": [{"ids": {…}}], "shows": […], …}`, matched to the catalogue."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from trakt_simulator.catalogue.catalogue import ID_NAMES
from trakt_simulator.catalogue.media import PLURAL, Kind, kind_of
from trakt_simulator.http.wire import TraktError
from trakt_simulator.state.simulator import Simulator

Element = Mapping[str, object]


class Match(NamedTuple):
    """An element and what it names. A show with seasons or episodes names those, not the show."""

    key: int
    element: Element


@dataclass(slots=True)
class Elements:
    """What a body names: matches in the order of the body, and by array what Trakt does not know, as sent."""

    matches: list[Match] = field(default_factory=list)
    not_found: dict[str, list[Element]] = field(default_factory=lambda: {name: [] for name in PLURAL.values()})

    def named(self) -> list[int]:
        return [match.key for match in self.matches]


def read_elements(body: Mapping[str, object], sim: Simulator) -> Elements:
    """Match all elements of a body.

    Raises:
        TraktError: 422 an array that is none, or an element that is no object.
    """
    found = Elements()
    for kind, name in PLURAL.items():
        elements = body.get(name)
        if elements is None:
            continue
        for element in _objects(elements, name):
            keys, missing = _found_in(kind, element, sim)
            found.matches.extend(Match(key, element) for key in keys)
            if missing is not None:
                found.not_found[name].append(missing)
    return found


def counts(keys: Iterable[int], kinds: Iterable[Kind] = Kind) -> dict[str, int]:
    """Count keys by array name, zeros included."""
    by_kind = Counter(map(kind_of, keys))
    return {PLURAL[kind]: by_kind[kind] for kind in kinds}


def _found_in(kind: Kind, element: Element, sim: Simulator) -> tuple[list[int], Element | None]:
    """Return what an element names, and the element as far as it names nothing (None: it is all there)."""
    key = _find(kind, element, sim)
    if key is None:
        return [], element
    seasons = element.get("seasons") if kind is Kind.SHOW else None
    if not seasons:
        return [key], None
    found: list[int] = []
    missing: list[Element] = []
    for season in _objects(seasons, "seasons"):
        number, episodes = season.get("number"), season.get("episodes")
        if not episodes:
            known = sim.catalogue.season(key, number) if type(number) is int else None
            if known is None:
                missing.append(season)
            else:
                found.append(known)
            continue
        lost: list[Element] = []
        for episode in _objects(episodes, "episodes"):
            at = episode.get("number")
            known = sim.catalogue.episode(key, number, at) if type(number) is int and type(at) is int else None
            if known is None:
                lost.append(episode)
            else:
                found.append(known)
        if lost:
            missing.append({**season, "episodes": lost})
    return found, {**element, "seasons": missing} if missing else None


def _find(kind: Kind, element: Element, sim: Simulator) -> int | None:
    ids = element.get("ids")
    if not isinstance(ids, dict):
        # Some clients send the ids without the envelope; the contract also takes title and year.
        ids = {name: element[name] for name in ID_NAMES if name in element}
    key = sim.catalogue.find(kind, ids)
    if key is None and isinstance(title := element.get("title"), str) and not ids:
        year = element.get("year")
        key = sim.catalogue.find_named(kind, title, year if isinstance(year, int) else None)
    if key is None and sim.options.unknown_ids_exist:
        key = sim.catalogue.invent(kind, ids)
    return key


def _objects(value: object, name: str) -> Iterator[Element]:
    if not isinstance(value, list):
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message=f"{name}: must be an array")
    for element in value:
        if not isinstance(element, dict):
            raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message=f"{name}: must hold objects")
        yield element
