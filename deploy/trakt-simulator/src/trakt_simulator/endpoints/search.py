"""`/search/{id_type}/{id}`: look-up of titles by id."""

from http import HTTPStatus

from trakt_simulator.catalogue.media import Kind
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.type_filter import kinds_of
from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.simulator import Simulator

_ID_TYPES = ("trakt", "imdb", "tmdb", "tvdb")
_DEFAULT_LIMIT = 50
_FOUND_KINDS = (Kind.MOVIE, Kind.SHOW, Kind.EPISODE, Kind.PERSON)


def search_by_id(request: Request, sim: Simulator) -> Response:
    """Return one row for each kind with this id (a tmdb number may be a movie and a show); none when it is unknown."""
    id_type, text = request.params["id_type"], request.params["value"]
    if id_type not in _ID_TYPES:
        raise TraktError(HTTPStatus.NOT_FOUND)
    value = text if id_type == "imdb" else number_in(text)
    kinds = kinds_of(request.query.get("type", "")) or frozenset(Kind)
    keys = [sim.catalogue.find(kind, {id_type: value}) for kind in _FOUND_KINDS if kind in kinds]
    is_full = request.wants("full")
    # The score is null for a look-up by id, and a number for a search by text.
    rows = [{"score": None, **sim.catalogue.fields(key, is_full=is_full)} for key in keys if key is not None]
    page = page_of(request, len(rows), sim.options, default=_DEFAULT_LIMIT)
    return json_response(page.cut(rows), headers=page.headers())


ROUTES = (Route("GET", "/search/{id_type}/{value}", search_by_id, Auth.OPTIONAL),)
