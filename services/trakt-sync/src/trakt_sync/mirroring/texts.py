"""Names and descriptions on Trakt."""

import re
from typing import Final

from watchbuddy_contracts import ListType

SMART_DESCRIPTION: Final = "Created and managed by WatchBuddy"
CUSTOM_DESCRIPTION: Final = "Custom list managed by WatchBuddy (ID: {list_id})"

_CUSTOM: Final = re.compile(re.escape(CUSTOM_DESCRIPTION).replace(re.escape("{list_id}"), "[0-9]+"))
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


def is_of_our_making(description: str) -> bool:
    """Tell whether a description is one of those that we give to lists."""
    return description == SMART_DESCRIPTION or _CUSTOM.fullmatch(description) is not None


def kind_of(description: str, list_id: int) -> str:
    """Return the kind of a list as its description tells it; "own text" where it tells nothing."""
    if description == SMART_DESCRIPTION:
        return "smart"
    return "custom or manual" if names_the_list(description, list_id) else "own text"


def is_same_text(first: str, second: str) -> bool:
    """Tell whether two texts are equal but for emojis, which Trakt may give back as `:shortcode:`."""
    return first == second or _without_emojis(first) == _without_emojis(second)


def _without_emojis(text: str) -> str:
    return " ".join(_ASTRAL_OR_SYMBOL.sub(" ", _SHORTCODE.sub(" ", text)).split())
