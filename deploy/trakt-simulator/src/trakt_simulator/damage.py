"""Answers spoilt on purpose."""

from collections.abc import Callable, Iterable
from http import HTTPStatus

import orjson

from trakt_simulator.refusals import edge_page
from trakt_simulator.wire import Answer

Change = Callable[[dict[str, object]], dict[str, object]]


def spoilt(answer: Answer, damages: Iterable[str]) -> Answer:
    """Return the answer with its damages. `truncate` is not among them: it is done while sending."""
    for damage in damages:
        if damage == "not_json":
            answer = edge_page(HTTPStatus.OK, "Just a moment...")
        elif (change := _CHANGES.get(damage)) and answer.body[:1] in (b"{", b"["):
            body = orjson.dumps(_everywhere(orjson.loads(answer.body), change))
            answer = Answer(answer.status, body, answer.headers)
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
