"""What a search text asks for."""

from dataclasses import dataclass
from typing import Final, Self

from lists_api.catalogue.domain.text import fold

MAX_WORDS: Final = 8
"""The words behind them select nothing more."""
SHORT: Final = 2
"""A word of so few letters is a whole word, unless it is the last one: somebody may be typing that."""
COMMON: Final = frozenset(
    {"and", "das", "del", "den", "der", "des", "die", "gli", "las", "les", "los", "the", "una", "und", "une"}
)
"""Words of more letters that are whole words, too. As beginnings they would select a third of all titles."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for titles.

    Args:
        folded: the whole text as names are folded; a title of just this name comes first.
        words: the condition on a title's words, as a `tsquery`.
        ending: a pattern that " " and the folded names are LIKE: the last word, where it is too short for the index
            and another one is longer.
    """

    folded: str
    words: str
    ending: str = "%"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the search of a text; None: it has nothing to search for."""
        folded = fold(text)
        *words, last = folded.split()[:MAX_WORDS] or [""]
        if not last:
            return None
        conditions = [_quoted(word) + ("" if _is_whole(word) else ":*") for word in words]
        if len(last) <= SHORT and not all(map(_is_whole, words)):
            return cls(folded, " & ".join(conditions), f"% {_plain(last)}%")
        return cls(folded, " & ".join([*conditions, _quoted(last) + ":*"]))


def _is_whole(word: str) -> bool:
    return len(word) <= SHORT or word in COMMON


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
