"""The identity of a title: its media type plus any shared id.

Movie 5 and show 5 are two titles. A title whose ids changed is the same title as long as one id is shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from watchbuddy_contracts.items import Item, MediaType

TitleKey = tuple[MediaType, str, int | str]
_ITEMS: Final = TypeAdapter(list[Item])
_SLICE: Final = 500


class Title(NamedTuple):
    """A movie or a show with the ids that are known of it; at least one is given.

    A named tuple, because a list has up to 10,000: so many are made, compared and hashed in 5 ms, where the pydantic
    model `Item` takes 100 ms (measured).
    """

    media_type: MediaType
    trakt: int | None = None
    tmdb: int | None = None
    imdb: str | None = None

    @property
    def keys(self) -> list[TitleKey]:
        """One key for each id. Two titles that share a key are the same title."""
        kind = self.media_type
        keys: list[TitleKey] = []
        if self.trakt is not None:
            keys.append((kind, "trakt", self.trakt))
        if self.tmdb is not None:
            keys.append((kind, "tmdb", self.tmdb))
        if self.imdb is not None:
            keys.append((kind, "imdb", self.imdb))
        return keys

    @property
    def ids(self) -> dict[str, int | str]:
        """The known ids by name, as Trakt takes them."""
        return {name: value for _, name, value in self.keys}

    @property
    def label(self) -> str:
        """The first known id, for people."""
        return str(self.keys[0][2])

    def contradicts(self, other: "Title") -> bool:
        """Whether both know an id of one kind and the ids differ. They are two titles, whatever else they share."""
        return any(
            mine is not None and theirs is not None and mine != theirs
            for mine, theirs in zip(self[1:], other[1:], strict=True)
        )

    def merged(self, other: "Title") -> "Title":
        """Return this title with the ids of `other` that it lacks."""
        return Title(
            self.media_type,
            other.trakt if self.trakt is None else self.trakt,
            other.tmdb if self.tmdb is None else self.tmdb,
            other.imdb if self.imdb is None else self.imdb,
        )

    @classmethod
    def of(cls, item: Item) -> "Title":
        """Return the title of an event's item."""
        return cls(item.media_type, item.ids.trakt, item.ids.tmdb, item.ids.imdb)


def keys_of(titles: Iterable[Title]) -> set[TitleKey]:
    """Return the keys of all titles."""
    return {key for title in titles for key in title.keys}


def index_of(titles: Sequence[Title]) -> Mapping[TitleKey, int]:
    """Return for each key the first position among the titles."""
    index: dict[TitleKey, int] = {}
    for position, title in enumerate(titles):
        for key in title.keys:
            index.setdefault(key, position)
    return index


def to_items(titles: Iterable[Title]) -> tuple[Item, ...]:
    """Return the titles as events carry them."""
    # Validating plain dicts is a third faster than making a model at a time (measured for 10,000: 42 and 62 ms). In
    # slices, because a call of pydantic holds the interpreter's lock to its end, and stops every other thread.
    rest = iter(titles)
    items: list[Item] = []
    while values := [{"media_type": title.media_type, "ids": title.ids} for title in islice(rest, _SLICE)]:
        items += _ITEMS.validate_python(values)
    return tuple(items)
