"""Answers spoilt on purpose."""

from collections.abc import Callable
from http import HTTPStatus

import orjson

from trakt_simulator.faults.faults import Effects
from trakt_simulator.http.errors import edge_page
from trakt_simulator.http.wire import Answer

Change = Callable[[dict[str, object]], dict[str, object]]


def spoilt(answer: Answer, effects: Effects) -> Answer:
    """Return the answer with its damages, and take those that have anything to spoil. `truncate` is done while sending."""
    for damage in effects.damages:
        if damage == "not_json":
            effects.take(damage)
            answer = edge_page(HTTPStatus.OK, "Just a moment...")
        elif damage == "truncate" and answer.body:
            effects.take(damage)
        elif (change := _CHANGES.get(damage)) and answer.body[:1] in (b"{", b"["):
            whole = orjson.loads(answer.body)
            changed = _everywhere(whole, change)
            if changed != whole:
                effects.take(damage)
                answer = Answer(answer.status, orjson.dumps(changed), answer.headers)
    return answer


def _everywhere(value: object, change: Change) -> object:
    if isinstance(value, list):
        return [_everywhere(element, change) for element in value]
    if isinstance(value, dict):
        return change({name: _everywhere(element, change) for name, element in value.items()})
    return value


def _with_extra_fields(fields: dict[str, object]) -> dict[str, object]:
    """Live objects carry more than is documented; these were seen, or could be."""
    if "ids" in fields:
        return {**fields, "my_rating": None, "colors": {"poster": ["#000000"]}, "x_new": [1, {"of": 2}]}
    return {**fields, "plex": {"guid": "5d77", "slug": None}} if "slug" in fields else fields


def _without_year(fields: dict[str, object]) -> dict[str, object]:
    return {**fields, "year": None} if "year" in fields else fields


def _without_foreign_ids(fields: dict[str, object]) -> dict[str, object]:
    if "trakt" not in fields:
        return fields
    return {name: None if name in ("imdb", "tmdb", "tvdb") else value for name, value in fields.items()}


_CHANGES: dict[str, Change] = {
    "extra_fields": _with_extra_fields,
    "null_years": _without_year,
    "null_ids": _without_foreign_ids,
}
