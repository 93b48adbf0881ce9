"""Likes of lists."""

from http import HTTPStatus

from trakt_simulator.endpoints.access import is_visible, known_list, visible_user
from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, no_content
from trakt_simulator.http.routing import Route
from trakt_simulator.state.simulator import Simulator


def like(request: Request, sim: Simulator) -> Response:
    return _set_like(request, sim, is_liked=True)


def unlike(request: Request, sim: Simulator) -> Response:
    return _set_like(request, sim, is_liked=False)


def _set_like(request: Request, sim: Simulator, *, is_liked: bool) -> Response:
    request.json_object()
    owner = visible_user(request, sim)
    media_list = known_list(request, owner)
    caller = request.caller
    if not is_visible(media_list, owner, caller):
        raise TraktError(HTTPStatus.NOT_FOUND)
    likes = media_list.liked_by or set()
    if (caller.slug in likes) is not is_liked:
        media_list.liked_by = likes ^ {caller.slug}
        caller.record_activity("lists.liked_at", request.now_ms)
        sim.accounts.touch(caller)
        sim.accounts.touch(owner)
    return no_content()


ROUTES = (
    Route("POST", "/users/{id}/lists/{list_id}/like", like),
    Route("DELETE", "/users/{id}/lists/{list_id}/like", unlike),
)
