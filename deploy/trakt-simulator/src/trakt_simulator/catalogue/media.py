"""The kinds of titles that lists hold, and the key that names a title."""

from enum import IntEnum


class Kind(IntEnum):
    MOVIE = 0
    SHOW = 1
    SEASON = 2
    EPISODE = 3
    PERSON = 4


SINGULAR = {
    Kind.MOVIE: "movie",
    Kind.SHOW: "show",
    Kind.SEASON: "season",
    Kind.EPISODE: "episode",
    Kind.PERSON: "person",
}
PLURAL = {
    Kind.MOVIE: "movies",
    Kind.SHOW: "shows",
    Kind.SEASON: "seasons",
    Kind.EPISODE: "episodes",
    Kind.PERSON: "people",
}
# Clients write both forms in paths and queries.
BY_NAME = {**{name: kind for kind, name in SINGULAR.items()}, **{name: kind for kind, name in PLURAL.items()}}
BY_NAME["persons"] = Kind.PERSON

_KIND_BITS = 3
_KIND_MASK = (1 << _KIND_BITS) - 1
# Trakt ids are far smaller. A larger id and its kind together do not fit into a 64-bit column.
MAX_ID = 2**53


def key_of(kind: Kind, trakt_id: int) -> int:
    """Return one 64-bit number for (kind, trakt id). Movie 5 and show 5 differ, and a column of keys is compact."""
    return trakt_id << _KIND_BITS | kind


def kind_of(key: int) -> Kind:
    return Kind(key & _KIND_MASK)


def trakt_id_of(key: int) -> int:
    return key >> _KIND_BITS
