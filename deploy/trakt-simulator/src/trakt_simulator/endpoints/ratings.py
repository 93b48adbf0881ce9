"""Ratings: read, add, remove."""

from http import HTTPStatus

from trakt_simulator.catalogue.media import PLURAL, Kind, kind_of
from trakt_simulator.clock import iso, parse_iso
from trakt_simulator.endpoints.access import visible_user
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.requests import Element, Match, counts, read_elements
from trakt_simulator.endpoints.sorting import asked_kinds
from trakt_simulator.http.errors import account_limit
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import Answer, Call, TraktError, json_answer
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Account, Rating
from trakt_simulator.state.simulator import Simulator

_RATED = (Kind.MOVIE, Kind.SHOW, Kind.SEASON, Kind.EPISODE)
_HIGHEST = 10


def get_own_ratings(call: Call, sim: Simulator) -> Answer:
    return _ratings(call, sim, call.caller)


def get_ratings(call: Call, sim: Simulator) -> Answer:
    return _ratings(call, sim, visible_user(call, sim))


def _ratings(call: Call, sim: Simulator, account: Account) -> Answer:
    """Newest first; `{rating}` may be a comma list; 404 when it is none."""
    kinds = asked_kinds(call.params.get("type", "")) or frozenset(_RATED)
    wanted = {number_in(text) for text in call.params["rating"].split(",")} if "rating" in call.params else set()
    if not wanted <= set(range(1, _HIGHEST + 1)):
        raise TraktError(HTTPStatus.NOT_FOUND)
    rated = [
        (key, rating)
        for key, rating in (account.ratings or {}).items()
        if kind_of(key) in kinds and (not wanted or rating.rating in wanted)
    ]
    rated.sort(key=lambda row: row[1].rated_ms, reverse=True)
    page = page_of(call, len(rated), sim.options)
    rows = [
        {"rated_at": iso(rating.rated_ms), "rating": rating.rating, **sim.catalogue.fields(key)}
        for key, rating in page.cut(rated)
    ]
    return json_answer(rows, headers=page.headers())


def add_ratings(call: Call, sim: Simulator) -> Answer:
    account = call.caller
    elements = read_elements(call.json_object(), sim)
    matches = [match for match in elements.matches if kind_of(match.key) in _RATED]
    new = {match.key: _rating(match, call.now_ms) for match in matches}
    ratings = {**(account.ratings or {}), **new}
    if len(ratings) > account.rating_limit and new.keys() - (account.ratings or {}).keys():
        raise account_limit(account, account.rating_limit, is_documented=sim.options.documented_limit_headers)
    account.ratings = ratings
    _moved(account, list(new), call.now_ms, sim)
    return json_answer({"added": counts(new, _RATED), "not_found": _rated_only(elements.not_found)}, HTTPStatus.CREATED)


def _rating(match: Match, now_ms: int) -> Rating:
    rating, rated_at = match.element.get("rating"), match.element.get("rated_at")
    if type(rating) is not int or not 1 <= rating <= _HIGHEST:
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="rating: must be a number from 1 to 10")
    rated_ms = parse_iso(rated_at) if isinstance(rated_at, str) else now_ms
    if rated_ms is None:
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="rated_at: must be a date")
    return Rating(rating, rated_ms)


def remove_ratings(call: Call, sim: Simulator) -> Answer:
    account = call.caller
    elements = read_elements(call.json_object(), sim)
    known = account.ratings or {}
    gone = [key for key in dict.fromkeys(elements.named()) if key in known]
    for key in gone:
        del known[key]
    _moved(account, gone, call.now_ms, sim)
    return json_answer({"deleted": counts(gone, _RATED), "not_found": _rated_only(elements.not_found)})


def _moved(account: Account, keys: list[int], now_ms: int, sim: Simulator) -> None:
    """The stamps move on removal too."""
    for kind in {kind_of(key) for key in keys}:
        account.act(f"{PLURAL[kind]}.rated_at", now_ms)
        sim.world.touch(account)


def _rated_only(not_found: dict[str, list[Element]]) -> dict[str, list[Element]]:
    return {PLURAL[kind]: not_found[PLURAL[kind]] for kind in _RATED}


_FORMS = ("", "/{type}", "/{type}/{rating}")
ROUTES = (
    *(Route("GET", f"/sync/ratings{form}", get_own_ratings) for form in _FORMS),
    *(Route("GET", f"/users/{{id}}/ratings{form}", get_ratings, Auth.OPTIONAL) for form in _FORMS),
    Route("POST", "/sync/ratings", add_ratings),
    Route("POST", "/sync/ratings/remove", remove_ratings),
)
