"""Whether a request's body names a title: `{"movies": [{"ids": {"imdb": "tt0000001"}}]}`."""

from collections.abc import Mapping
from typing import Any

import orjson

Ids = Mapping[str, int | str]


def names_a_title(body: bytes, ids: Ids, media: str | None) -> bool:
    """Tell whether one of the body's elements, in the array `media` or in any, has one of the ids."""
    try:
        whole = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(whole, dict):
        return False
    return any(
        is_named(element, ids)
        for name, elements in whole.items()
        if media in (None, name) and isinstance(elements, list)
        for element in elements
    )


def is_named(element: Any, ids: Ids) -> bool:  # noqa: ANN401 - whatever a client sent
    """Tell whether an element of a body has one of the ids."""
    sent = element.get("ids") if isinstance(element, dict) else None
    return isinstance(sent, dict) and any(sent.get(name) == value for name, value in ids.items())
