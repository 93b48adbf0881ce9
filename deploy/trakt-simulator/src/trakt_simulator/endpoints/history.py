"""Reading the history: plays one by one."""

from http import HTTPStatus

from trakt_simulator.catalogue.episodes import season_of, show_of
from trakt_simulator.catalogue.media import Kind, kind_of
from trakt_simulator.clock import iso, parse_iso
from trakt_simulator.endpoints.access import viewed_account
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.type_filter import known_kinds_of
from trakt_simulator.http.errors import TraktError, invalid
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.simulator import Simulator


def get_history(request: Request, sim: Simulator) -> Response:
    """Newest first. A show's or a season's plays are those of its episodes."""
    account = viewed_account(request, sim)
    kinds = known_kinds_of(request.params.get("type", ""))
    start, end = _date(request, "start_at"), _date(request, "end_at")
    keys = _keys_of(sim, kinds or frozenset(Kind), request.params["item"]) if "item" in request.params else None
    plays = [
        play
        for play in account.history or ()
        if (start is None or play.watched_ms >= start)
        and (end is None or play.watched_ms <= end)
        and _is_wanted(play.key, kinds, keys)
    ]
    plays.sort(key=lambda play: (play.watched_ms, play.id), reverse=True)
    page = page_of(request, len(plays), sim.options)
    rows = [
        {"id": play.id, "watched_at": iso(play.watched_ms), "action": play.action, **sim.catalogue.fields(play.key)}
        for play in page.cut(plays)
    ]
    return json_response(rows, headers=page.headers())


def _keys_of(sim: Simulator, kinds: frozenset[Kind], text: str) -> set[int]:
    """Return the titles with this trakt id, slug or imdb id, one of each kind at most; 404 when there is none."""
    ids = {"trakt": number_in(text), "slug": text, "imdb": text}
    keys = {key for kind in kinds if (key := sim.catalogue.find(kind, ids)) is not None}
    if not keys:
        raise TraktError(HTTPStatus.NOT_FOUND)
    return keys


def _is_wanted(key: int, kinds: frozenset[Kind] | None, keys: set[int] | None) -> bool:
    """Tell whether a play's title, its season or its show is wanted."""
    own = {key, show_of(key), season_of(key)} if kind_of(key) is Kind.EPISODE else {key}
    if keys is not None:
        return bool(own & keys)
    return kinds is None or any(kind_of(one) in kinds for one in own)


def _date(request: Request, name: str) -> int | None:
    text = request.query.get(name)
    if not text:
        return None
    date_ms = parse_iso(text)
    if date_ms is None:
        raise invalid(f"{name}: must be a date")
    return date_ms


_FORMS = ("", "/{type}", "/{type}/{item}")
ROUTES = (
    *(Route("GET", f"/sync/history{form}", get_history) for form in _FORMS),
    *(Route("GET", f"/users/{{id}}/history{form}", get_history, Auth.OPTIONAL) for form in _FORMS),
)
