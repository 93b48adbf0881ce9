"""The stamps that tell a client whether anything changed."""

from trakt_simulator.clock import iso
from trakt_simulator.http.routing import Route
from trakt_simulator.http.wire import Answer, Call, json_answer
from trakt_simulator.state.simulator import Simulator

_LEAVES = {
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


def get_last_activities(call: Call, sim: Simulator) -> Answer:
    """Every leaf is a date: what never happened has the date of joining."""
    del sim
    account = call.caller
    stamps = account.activities
    answer: dict[str, object] = {"all": iso(max(stamps.values(), default=account.joined_ms))}
    for group, leaves in _LEAVES.items():
        answer[group] = {
            f"{leaf}_at": iso(stamps.get(f"{group}.{leaf}_at", account.joined_ms)) for leaf in leaves.split()
        }
    return json_answer(answer)


ROUTES = (Route("GET", "/sync/last_activities", get_last_activities),)
