"""Ratings: read, add, remove."""

from http import HTTPStatus

from trakt_simulator.catalogue.media import PLURAL, Kind, kind_of
from trakt_simulator.clock import iso, parse_iso
from trakt_simulator.endpoints.access import viewed_account
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.requests import Element, Match, counts, read_items
from trakt_simulator.endpoints.type_filter import known_kinds_of
from trakt_simulator.http.errors import TraktError, account_limit, invalid
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Rating
from trakt_simulator.state.simulator import Simulator

_RATED = (Kind.MOVIE, Kind.SHOW, Kind.SEASON, Kind.EPISODE)
MAX_RATING = 10


def get_ratings(request: Request, sim: Simulator) -> Response:
    """Newest first. `{rating}` may be a comma list; 404 when a part of it is no rating."""
    account = viewed_account(request, sim)
    kinds = known_kinds_of(request.params.get("type", "")) or frozenset(_RATED)
    wanted = {number_in(text) for text in request.params["rating"].split(",")} if "rating" in request.params else set()
    if not wanted <= set(range(1, MAX_RATING + 1)):
        raise TraktError(HTTPStatus.NOT_FOUND)
    rated = [
        (key, rating)
        for key, rating in (account.ratings or {}).items()
        if kind_of(key) in kinds and (not wanted or rating.rating in wanted)
    ]
    rated.sort(key=lambda row: row[1].rated_ms, reverse=True)
    page = page_of(request, len(rated), sim.options)
    rows = [
        {"rated_at": iso(rating.rated_ms), "rating": rating.rating, **sim.catalogue.fields(key)}
        for key, rating in page.cut(rated)
    ]
    return json_response(rows, headers=page.headers())


def add_ratings(request: Request, sim: Simulator) -> Response:
    account = request.caller
    items = read_items(request.json_object(), sim)
    matches = [match for match in items.matches if kind_of(match.key) in _RATED]
    new = {match.key: _rating(match, request.now_ms) for match in matches}
    ratings = {**(account.ratings or {}), **new}
    if len(ratings) > account.max_ratings and new.keys() - (account.ratings or {}).keys():
        raise account_limit(account, account.max_ratings, is_documented=sim.options.documented_limit_headers)
    account.ratings = ratings
    sim.accounts.titles_changed(account, new, "rated_at", request.now_ms)
    return json_response({"added": counts(new, _RATED), "not_found": _rated_only(items.not_found)}, HTTPStatus.CREATED)


def _rating(match: Match, now_ms: int) -> Rating:
    rating, rated_at = match.element.get("rating"), match.element.get("rated_at")
    if type(rating) is not int or not 1 <= rating <= MAX_RATING:
        raise invalid("rating: must be a number from 1 to 10")
    rated_ms = parse_iso(rated_at) if isinstance(rated_at, str) else now_ms
    if rated_ms is None:
        raise invalid("rated_at: must be a date")
    return Rating(rating, rated_ms)


def remove_ratings(request: Request, sim: Simulator) -> Response:
    account = request.caller
    items = read_items(request.json_object(), sim)
    known = account.ratings or {}
    removed = [key for key in dict.fromkeys(items.keys()) if key in known]
    for key in removed:
        del known[key]
    sim.accounts.titles_changed(account, removed, "rated_at", request.now_ms)
    return json_response({"deleted": counts(removed, _RATED), "not_found": _rated_only(items.not_found)})


def _rated_only(not_found: dict[str, list[Element]]) -> dict[str, list[Element]]:
    return {PLURAL[kind]: not_found[PLURAL[kind]] for kind in _RATED}


_FORMS = ("", "/{type}", "/{type}/{rating}")
ROUTES = (
    *(Route("GET", f"/sync/ratings{form}", get_ratings) for form in _FORMS),
    *(Route("GET", f"/users/{{id}}/ratings{form}", get_ratings, Auth.OPTIONAL) for form in _FORMS),
    Route("POST", "/sync/ratings", add_ratings),
    Route("POST", "/sync/ratings/remove", remove_ratings),
)
