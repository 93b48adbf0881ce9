"""Reading events whose items may be of kinds that came later (decision 43)."""

import re
from functools import cache
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from watchbuddy_contracts.events import Event
from watchbuddy_contracts.items import Item, MediaType

_Event = TypeVar("_Event", bound=Event)
_KNOWN: Final = frozenset(get_args(MediaType))
_KIND: Final = re.compile(r"[a-z][a-z_]{0,31}")


def read(model: type[_Event], value: bytes) -> tuple[_Event, int]:
    """Return the event in a record's value, and how many items were left out because nobody here knows their kind.

    An event is read by its model alone. Only one that the model refuses is looked at again without such items, so that
    they cost nothing where there are none.

    Raises:
        ValidationError: it is no event of this type.
    """
    try:
        return model.model_validate_json(value), 0
    except ValidationError:
        document, left_out = _without_unknown(model, value)
        if not left_out:
            raise
    return model.model_validate_json(to_json(document)), left_out


def _without_unknown(model: type[Event], value: bytes) -> tuple[Any, int]:
    fields = _item_fields(model)
    try:
        document = from_json(value) if fields else None
    except ValueError:
        return None, 0
    if not isinstance(document, dict):
        return None, 0
    left_out = 0
    for name in fields:
        if isinstance(items := document.get(name), list):
            document[name] = [one for one in items if not _is_of_later_kind(one)]
            left_out += len(items) - len(document[name])
    return document, left_out


def _is_of_later_kind(item: object) -> bool:
    kind = item.get("media_type") if isinstance(item, dict) else None
    return isinstance(kind, str) and kind not in _KNOWN and _KIND.fullmatch(kind) is not None


@cache
def _item_fields(model: type[Event]) -> tuple[str, ...]:
    """Return the names of the model's fields that hold items."""
    return tuple(
        name
        for name, field in model.model_fields.items()
        if any(isinstance(part, type) and issubclass(part, Item) for part in get_args(field.annotation))
    )
