"""`/sync/last_activities`: the dates that tell a client whether anything changed."""

from trakt_simulator.clock import iso
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Route
from trakt_simulator.state.simulator import Simulator

_FIELDS = {
    "movies": "watched collected rated watchlisted favorited commented paused hidden",
    "episodes": "watched collected rated watchlisted commented paused",
    "shows": "rated watchlisted favorited commented hidden dropped",
    "seasons": "rated watchlisted commented hidden",
    "comments": "liked reacted blocked",
    "lists": "liked reacted updated commented",
    "watchlist": "updated",
    "favorites": "updated",
    "collaborations": "updated",
    "saved_filters": "updated",
    "notes": "updated",
    "account": "settings followed following pending requested",
}


def get_last_activities(request: Request, sim: Simulator) -> Response:
    """Every field is a date. What never happened has the date of joining."""
    del sim
    account = request.caller
    stamps = account.activities
    response: dict[str, object] = {"all": iso(max(stamps.values(), default=account.joined_ms))}
    for group, names in _FIELDS.items():
        response[group] = {
            f"{name}_at": iso(stamps.get(f"{group}.{name}_at", account.joined_ms)) for name in names.split()
        }
    return json_response(response)


ROUTES = (Route("GET", "/sync/last_activities", get_last_activities),)
