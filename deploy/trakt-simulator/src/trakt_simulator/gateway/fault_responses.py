"""The responses that faults send in place of Trakt's, and the damage that they do to Trakt's."""

from collections.abc import Callable
from http import HTTPStatus

import orjson

from trakt_simulator.faults.effects import Effects
from trakt_simulator.faults.fault import Fault
from trakt_simulator.http import errors
from trakt_simulator.http.edge import edge_forbidden, edge_page, edge_rate_limited
from trakt_simulator.http.response import Response
from trakt_simulator.state.account import Account

Change = Callable[[dict[str, object]], dict[str, object]]
_RESPONSES: dict[str, Callable[[Account | None], Response]] = {
    "rate_limited_html": lambda _: edge_rate_limited(),
    "forbidden_html": lambda _: edge_forbidden(),
    "account_limit": lambda account: errors.account_limit(account, is_documented=False).response(),
    "account_limit_headers": lambda account: errors.account_limit(account, is_documented=True).response(),
    "locked": lambda account: errors.locked(account).response(),
    "vip_only": lambda _: errors.vip_only().response(),
}


def ending_response(fault: Fault, account: Account | None) -> Response:
    """Return what a fault sends in place of Trakt's response. `rate_limited` is the gateway's: it knows the limits."""
    if fault.kind in _RESPONSES:
        return _RESPONSES[fault.kind](account)
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in fault.headers.items()]
    if not any(name == b"content-type" for name, _ in headers):
        headers.append(errors.EMPTY_TYPE)
    return Response(fault.status, fault.body.encode(), headers)


def damaged(response: Response, effects: Effects) -> Response:
    """Return the damaged response. A damage that finds nothing to damage is not applied. Sending truncates."""
    for damage in effects.damages:
        if damage == "not_json":
            effects.mark_applied(damage)
            response = edge_page(HTTPStatus.OK, "Just a moment...")
        elif damage == "truncate" and response.body:
            effects.mark_applied(damage)
        elif (change := _CHANGES.get(damage)) and response.body[:1] in (b"{", b"["):
            whole = orjson.loads(response.body)
            changed = _change_objects(whole, change)
            if changed != whole:
                effects.mark_applied(damage)
                response = Response(response.status, orjson.dumps(changed), response.headers)
    return response


def _change_objects(value: object, change: Change) -> object:
    if isinstance(value, list):
        return [_change_objects(element, change) for element in value]
    if isinstance(value, dict):
        return change({name: _change_objects(element, change) for name, element in value.items()})
    return value


def _with_extra_fields(fields: dict[str, object]) -> dict[str, object]:
    """Add undocumented fields. Live objects carry some, and could carry others."""
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
