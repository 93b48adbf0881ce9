"""Titles that the simulated Trakt knows, as items of lists."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Final, TypeAlias

from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.titles import Title, read_titles

Item: TypeAlias = dict[str, object]
Identity: TypeAlias = tuple[str, int]
"""Media type and Trakt id."""
MEDIA_TYPES: Final = {Kind.MOVIE: "movie", Kind.SHOW: "show"}


@cache
def titles() -> tuple[Title, ...]:
    with as_file(files("trakt_simulator.catalogue") / "titles.csv.gz") as path:
        return tuple(read_titles(path))


def movies(count: int, *, after: int = 0) -> list[Item]:
    """Return movies by their Trakt ids: number `after + 1` and on."""
    return [item("movie", number) for number in range(after + 1, after + count + 1)]


def shows(count: int, *, after: int = 0) -> list[Item]:
    return [item("show", number) for number in range(after + 1, after + count + 1)]


def item(media_type: str, trakt: int) -> Item:
    return {"media_type": media_type, "ids": {"trakt": trakt}}


def by_every_kind_of_id(count: int) -> list[Item]:
    """Return movies and (every fourth) shows, named by Trakt, IMDb or TMDB id in turn, as far as they have one."""
    of_kind = {kind: iter([title for title in titles() if title.kind is kind]) for kind in MEDIA_TYPES}
    found: list[Item] = []
    for place in range(count):
        title = next(of_kind[Kind.SHOW if place % 4 == 0 else Kind.MOVIE])
        ids = {"trakt": title.trakt, "imdb": title.imdb, "tmdb": title.tmdb}
        known = [name for name, value in ids.items() if value]
        name = known[place % len(known)]
        found.append({"media_type": MEDIA_TYPES[title.kind], "ids": {name: ids[name]}})
    return found


@cache
def _numbers() -> Mapping[tuple[str, str, object], int]:
    numbers: dict[tuple[str, str, object], int] = {}
    for title in titles():
        for name in ("trakt", "tmdb", "imdb"):
            numbers.setdefault((MEDIA_TYPES[title.kind], name, getattr(title, name)), title.trakt)
    return numbers


def identity(one: Mapping[str, object]) -> Identity:
    """Return what an item is, by whichever of its ids the catalogue knows."""
    media_type, ids = str(one["media_type"]), one["ids"]
    assert isinstance(ids, Mapping)
    for name in ("trakt", "tmdb", "imdb"):
        if ids.get(name) is not None and (media_type, name, ids[name]) in _numbers():
            return media_type, _numbers()[media_type, name, ids[name]]
    raise AssertionError(f"no title of the catalogue: {one}")


def identities(items: Iterable[Mapping[str, object]]) -> Sequence[Identity]:
    return [identity(one) for one in items]
