"""Names and descriptions on Trakt."""

import re
from typing import Final

from watchbuddy_contracts import ListType

SMART_DESCRIPTION: Final = "Created and managed by WatchBuddy"
CUSTOM_DESCRIPTION: Final = "Custom list managed by WatchBuddy (ID: {list_id})"

_SHORTCODE: Final = re.compile(r":[a-z0-9_+-]+:", re.IGNORECASE)
_ASTRAL_OR_SYMBOL: Final = re.compile(
    "[\u200d\u20e3\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]"
)


def description_of(list_type: ListType, list_id: int, own: str | None) -> str:
    """Return the Trakt list's description: the user's own, or the one for lists of this type."""
    if own:
        return own
    return SMART_DESCRIPTION if list_type == "smart" else CUSTOM_DESCRIPTION.format(list_id=list_id)


def names_the_list(description: str, list_id: int) -> bool:
    """Tell whether a description is ours and says of which list: it is on no other list's mirror."""
    return description == CUSTOM_DESCRIPTION.format(list_id=list_id)


def is_same_text(first: str, second: str) -> bool:
    """Tell whether two texts are equal but for emojis, which Trakt may give back as `:shortcode:`."""
    return first == second or _without_emojis(first) == _without_emojis(second)


def _without_emojis(text: str) -> str:
    return " ".join(_ASTRAL_OR_SYMBOL.sub(" ", _SHORTCODE.sub(" ", text)).split())
