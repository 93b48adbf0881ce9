"""Slugs made of names, and numbers read from paths and queries."""

import re
import unicodedata
from collections.abc import Callable, MutableMapping

_MAX_DIGITS = 17
_RUN = re.compile(r"[^a-z0-9]+")


def slugify(name: str) -> str:
    """Lower case, every run of other characters one `-`, ends trimmed: `[TEST]netflix x` is `test-netflix-x`.

    Accents are dropped first (`Amélie` is `amelie`). Empty when nothing of the name is left.
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

    Trakt's own suffix for two lists of one name is not documented. `otherwise` is used when `wanted` is empty (a name of
    emojis only). `suffixes` keeps the next number per name, where a name comes thousands of times.
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
    """Return the whole number that a text is, or None. More digits than an id can have make none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS else None
