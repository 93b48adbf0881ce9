"""Look-up of titles by id."""

from http import HTTPStatus

from trakt_simulator.catalogue.media import BY_NAME, SINGULAR, Kind
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.sorting import kinds_of
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import Answer, Call, TraktError, json_answer
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.simulator import Simulator

_ID_TYPES = ("trakt", "imdb", "tmdb", "tvdb")
_SEARCH_LIMIT = 50
# Trakt's own endpoints in the place of an id, which are not simulated.
_NO_IDS = frozenset(
    {"trending", "popular", "anticipated", "streaming", "favorited", "played", "watched", "collected", "boxoffice"}
)
_SHOWN = (Kind.MOVIE, Kind.SHOW, Kind.EPISODE, Kind.PERSON)


def search_by_id(call: Call, sim: Simulator) -> Answer:
    """One row for each kind that bears the id (a tmdb number may be a movie and a show); none when it is unknown."""
    id_type, text = call.params["id_type"], call.params["value"]
    if id_type not in _ID_TYPES:
        raise TraktError(HTTPStatus.NOT_FOUND)
    value = text if id_type == "imdb" else number_in(text)
    kinds = kinds_of(call.query.get("type", "")) or frozenset(Kind)
    keys = [sim.catalogue.find(kind, {id_type: value}) for kind in _SHOWN if kind in kinds]
    is_full = "full" in call.query.get("extended", "")
    # The score of a look-up by id is null; of a search by text it is a number.
    rows = [{"score": None, **sim.catalogue.fields(key, is_full=is_full)} for key in keys if key is not None]
    page = page_of(call, len(rows), sim.options, default=_SEARCH_LIMIT)
    return json_answer(page.cut(rows), headers=page.headers())


def get_title(call: Call, sim: Simulator) -> Answer:
    """Return a movie or a show by trakt id, slug or imdb id."""
    kind = BY_NAME[call.path.strip("/").split("/")[0]]
    text = call.params["value"]
    if text in _NO_IDS:
        raise TraktError(HTTPStatus.METHOD_NOT_ALLOWED)
    number = number_in(text)
    # A title like "1917" has a slug of digits; the id goes first.
    key = sim.catalogue.find(kind, {"trakt": number, "slug": text, "imdb": text})
    if key is None:
        raise TraktError(HTTPStatus.NOT_FOUND)
    return json_answer(sim.catalogue.media(key, is_full="full" in call.query.get("extended", "")))


ROUTES = (
    Route("GET", "/search/{id_type}/{value}", search_by_id, Auth.OPTIONAL),
    *(
        Route("GET", f"/{name}s/{{value}}", get_title, Auth.OPTIONAL)
        for name in (SINGULAR[Kind.MOVIE], SINGULAR[Kind.SHOW])
    ),
)
