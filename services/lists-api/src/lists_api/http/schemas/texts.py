"""The rule for titles and descriptions (docs/http-api.md, "Texts and ids").

A text needs at least one visible character. A control character is refused wherever it stands, except that a
description may have line ends and tabs. Events are not checked: a topic may hold texts from before this rule.
"""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

MAX_TITLE: Final = 255
MAX_DESCRIPTION: Final = 4000

_CONTROL: Final = "Cc"
_VISIBLE: Final = frozenset("LNPS")
"""General categories of visible characters, by first letter: letters, numbers, punctuation, symbols."""
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are drawn as nothing: Hangul fillers and the empty Braille pattern."""
_LINE_ENDS_AND_TABS: Final = frozenset("\n\r\t")


def _without_control(text: str, *, allowed: frozenset[str] = frozenset()) -> str:
    for character in text:
        if unicodedata.category(character) == _CONTROL and character not in allowed:
            raise ValueError(f"must not contain the control character U+{ord(character):04X}")
    return text


def _title(text: str) -> str:
    return _visible(_without_control(text))


def _description(text: str) -> str:
    return text and _visible(_without_control(text, allowed=_LINE_ENDS_AND_TABS))


def _visible(text: str) -> str:
    if not any(unicodedata.category(one)[0] in _VISIBLE and one not in _BLANK for one in text):
        raise ValueError("must have a visible character")
    return text


TitleText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE), AfterValidator(_title)
]
Description = Annotated[str, StringConstraints(max_length=MAX_DESCRIPTION), AfterValidator(_description)]
