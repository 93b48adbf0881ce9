"""Names in the form in which they are searched and compared: no case, no accents, no punctuation.

It is made here and stored, because a Postgres may lack the extensions `unaccent` and `pg_trgm`.
"""

import re
import unicodedata
from typing import Final

MAX_FOLDED: Final = 200
"""Characters of a folded name. Two of them fit into an index row, whatever their script."""
SEPARATOR: Final = " | "
"""Between a folded name and its folded original name."""

_ACRONYM: Final = re.compile(r"\b(?:\w\.){2,}")
_SHORT_ENDING: Final = re.compile(r"(?<=\w)['\u2019](?=[st]\b)")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")
# Letters that NFKD does not take apart.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "\u0131": "i",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
    }
)
_ASCII: Final = {
    code: chr(code).lower() if chr(code).isalnum() else " and " if chr(code) == "&" else " " for code in range(128)
}


def fold(text: str) -> str:
    """Return the text's words in lower case, without accents, one space between them; at most `MAX_FOLDED` characters.

    "&" becomes "and". Other punctuation separates words, except in "Ocean's" (oceans), "don't" and "S.W.A.T." (swat).
    A text of punctuation alone ("???") keeps it.
    """
    letters = text
    if "." in letters:
        letters = _ACRONYM.sub(lambda match: match[0].replace(".", ""), letters)
    if "'" in letters or "\u2019" in letters:
        letters = _SHORT_ENDING.sub("", letters)
    words = (letters if letters.isascii() else _plain(letters)).translate(_ASCII).split()
    folded = " ".join(words) or "".join(one for one in text.lower() if one.isprintable() and not one.isspace())
    return folded if len(folded) <= MAX_FOLDED else folded[:MAX_FOLDED].rstrip()


def search_form(name: str, original_name: str | None = None) -> str:
    """Return the column `folded` of a title: the folded name, and the folded original name where it is another one."""
    folded = fold(name)
    if original_name is None or original_name == name:
        return folded
    original = fold(original_name)
    return folded if original in ("", folded) else f"{folded}{SEPARATOR}{original}"


def _plain(text: str) -> str:
    """Return letters, digits and marks of any script without accents, and a space for each other character."""
    taken_apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)))
    whole = unicodedata.normalize("NFC", taken_apart.casefold().translate(_LETTERS))
    return "".join(one if one.isascii() or one.isalnum() or _is_mark(one) else " " for one in whole)


def _is_mark(character: str) -> bool:
    # vowel signs, in Hindi or Thai, are parts of words
    return unicodedata.category(character)[0] == "M"
