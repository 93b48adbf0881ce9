"""The limit of nesting in JSON bodies."""

from collections.abc import Iterable

MAX_DEPTH = 100


def is_too_deep(value: object) -> bool:
    """Tell whether parsed JSON is nested in more than 100 levels.

    orjson reads 1,024 levels but writes only 254, and parts of a body are written again: in `not_found` and in the
    request log.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
