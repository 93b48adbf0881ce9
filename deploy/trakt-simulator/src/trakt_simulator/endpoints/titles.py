"""`/movies/{id}` and `/shows/{id}`."""

from http import HTTPStatus

from trakt_simulator.catalogue.media import Kind
from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.simulator import Simulator

# Trakt has endpoints of these names in the place of an id. They are not simulated.
_NO_IDS = frozenset(
    {"trending", "popular", "anticipated", "streaming", "favorited", "played", "watched", "collected", "boxoffice"}
)


def get_movie(request: Request, sim: Simulator) -> Response:
    return _title(request, sim, Kind.MOVIE)


def get_show(request: Request, sim: Simulator) -> Response:
    return _title(request, sim, Kind.SHOW)


def _title(request: Request, sim: Simulator, kind: Kind) -> Response:
    """Find by trakt id, slug or imdb id. The id goes first: the title "1917" has a slug of digits."""
    text = request.params["value"]
    if text in _NO_IDS:
        raise TraktError(HTTPStatus.METHOD_NOT_ALLOWED)
    key = sim.catalogue.find(kind, {"trakt": number_in(text), "slug": text, "imdb": text})
    if key is None:
        raise TraktError(HTTPStatus.NOT_FOUND)
    return json_response(sim.catalogue.media_object(key, is_full=request.wants("full")))


ROUTES = (
    Route("GET", "/movies/{value}", get_movie, Auth.OPTIONAL),
    Route("GET", "/shows/{value}", get_show, Auth.OPTIONAL),
)
