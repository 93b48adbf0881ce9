"""The titles of simulated lists, and their short names: `m1` is movie 1 by its trakt id.

A letter behind it names other ids: `m1t` tmdb, `m1i` imdb, `m1a` all three. `m9` and `s9` are not known to Trakt.
Movie 1 and show 1 have the same numbers, as at Trakt.
"""

from functools import cache
from typing import Final

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.titles import Title
from watchbuddy_contracts import Item, ItemIds

KNOWN: Final = 6
"""Movies, and as many shows."""
KINDS: Final = {"m": Kind.MOVIE, "s": Kind.SHOW}
_MEDIA_TYPES: Final = {"m": "movie", "s": "show"}


@cache
def catalogue() -> Catalogue:
    """Return Trakt's titles. Nothing changes them."""
    return Catalogue(
        Title(KINDS[kind], number, f"{kind}{number}", f"{kind}{number}", tmdb=100 + number, imdb=_imdb(kind, number))
        for kind in "ms"
        for number in range(1, KNOWN + 1)
    )


@cache
def item(name: str) -> Item:
    """Return the item of an event."""
    kind, number, ids = name[0], int(name[1]), name[2:] or "r"
    return Item.model_validate(
        {
            "media_type": _MEDIA_TYPES[kind],
            "ids": ItemIds(
                trakt=number if ids in "ra" else None,
                tmdb=100 + number if ids in "ta" else None,
                imdb=_imdb(kind, number) if ids in "ia" else None,
            ),
        }
    )


@cache
def key(name: str) -> int | None:
    """Return what Trakt knows the title by; None: it does not know it."""
    return key_of_item(item(name))


def key_of_item(item: Item) -> int | None:
    """Return the same of an event's item."""
    return catalogue().find(KINDS[item.media_type[0]], item.ids.model_dump(exclude_none=True))


def _imdb(kind: str, number: int) -> str:
    return f"tt{1 if kind == 'm' else 2:03}{number:04}"
