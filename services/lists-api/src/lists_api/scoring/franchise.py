"""Which titles belong together: parts, sequels, spin-offs. Told by the name, which is all that the catalogue has."""

import re
from typing import Final

from lists_api.catalogue.domain.text import fold

_SUBTITLE: Final = re.compile(r"\s*(?::| [-\u2013] |, part\b| and the | & the |\().*", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^(?:the|a|an) (?=.)")
_NUMBER: Final = re.compile(r" (?:part |chapter |vol(?:ume)? |episode )?(?:\d{1,2}|i{1,3}|iv|vi{0,3}|ix|x)$")
MIN_LETTERS: Final = 6
"""Of a stem of one word that stands for all titles which begin with it: "Batman", but not "Love"."""


def stem_of(name: str) -> str:
    """Return the words that the titles of a franchise share: "toy story" of "Toy Story 2"."""
    whole = fold(name)
    stem = fold(_SUBTITLE.sub("", name))
    stem = _NUMBER.sub("", _ARTICLE.sub("", stem))
    return stem or whole


def beginnings_of(stem: str) -> list[str]:
    """Return the stems of which this one may be a part: itself, and its first words where they are telling."""
    words = stem.split(" ")
    parts = [" ".join(words[:count]) for count in range(1, len(words))]
    return [*(part for part in parts if " " in part or len(part) >= MIN_LETTERS), stem]
