"""Texts from Trakt, as lists here may have them."""

import unicodedata
from typing import Final

MAX_TITLE: Final = 255


def title_of_trakt(name: str) -> str | None:
    """Return the title of a list that is called so on Trakt; None: nothing of it can be seen."""
    title = printable(name)[:MAX_TITLE].strip()
    return title if is_visible(title) else None


def printable(text: str, *, kept: str = "") -> str:
    """Return the text without control characters, but for those that are kept, and without spaces around it."""
    return "".join(one for one in text if one in kept or unicodedata.category(one) not in ("Cc", "Cs")).strip()


def is_visible(text: str) -> bool:
    """Whether the text has a letter, number, punctuation mark or symbol."""
    return any(unicodedata.category(one)[0] in "LNPS" for one in text)
