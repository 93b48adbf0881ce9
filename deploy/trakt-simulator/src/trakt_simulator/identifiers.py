"""Slugs of names, and numbers in paths and queries."""

import re
import unicodedata
from collections.abc import Callable, MutableMapping

_MAX_DIGITS = 17
_RUN = re.compile(r"[^a-z0-9]+")


def slugify(name: str) -> str:
    """Return the slug of a name: `[TEST]netflix x` is `test-netflix-x`.

    Letters become lower case, and each run of other characters becomes one `-`, but none at the ends. Accents are
    removed first (`Amélie` is `amelie`). The slug is empty when nothing of the name remains.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _RUN.sub("-", name.lower()).strip("-")


def free_slug(
    wanted: str,
    is_taken: Callable[[str], bool],
    *,
    otherwise: str,
    suffixes: MutableMapping[str, int] | None = None,
) -> str:
    """Return the wanted slug, or it with `-2`, `-3`, … when taken.

    Trakt's suffix for a second list of one name is not documented.

    Args:
        wanted: may be empty (a name of emojis only).
        is_taken: tells whether a slug is in use.
        otherwise: used when `wanted` is empty.
        suffixes: keeps the next number of each slug, for names that come thousands of times.
    """
    slug = stem = wanted or otherwise
    number = suffixes.get(stem, 2) if suffixes is not None else 2
    while is_taken(slug):
        slug = f"{stem}-{number}"
        number += 1
        if suffixes is not None:
            suffixes[stem] = number
    return slug


def number_in(text: str) -> int | None:
    """Return the text as a whole number; None when it is none, or has more digits than an id can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS else None
