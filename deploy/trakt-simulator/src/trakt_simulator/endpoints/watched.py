"""Watched titles with their plays."""

from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus

from trakt_simulator.catalogue.episodes import numbers_of, show_of
from trakt_simulator.catalogue.media import SINGULAR, Kind, kind_of
from trakt_simulator.clock import iso
from trakt_simulator.endpoints.access import viewed_account
from trakt_simulator.endpoints.paging import MAX_LIMIT, page_of
from trakt_simulator.endpoints.type_filter import kinds_of
from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.state.simulator import Simulator

# Pages with seasons are smaller since the summer of 2026.
MAX_PROGRESS_LIMIT = 100


@dataclass(slots=True)
class Plays:
    """All plays of a movie, or of a show's episodes."""

    last_ms: int = 0
    episodes: Counter[int] = field(default_factory=Counter)
    last_of: dict[int, int] = field(default_factory=dict)

    def add(self, key: int, watched_ms: int) -> None:
        self.episodes[key] += 1
        self.last_ms = max(self.last_ms, watched_ms)
        self.last_of[key] = max(self.last_of.get(key, 0), watched_ms)


def get_watched(request: Request, sim: Simulator) -> Response:
    account = viewed_account(request, sim)
    kinds = kinds_of(request.params["type"])
    if kinds not in (frozenset({Kind.MOVIE}), frozenset({Kind.SHOW})):
        raise TraktError(HTTPStatus.NOT_FOUND)
    (kind,) = kinds
    by_title: dict[int, Plays] = {}
    for play in account.history or ():
        played = kind_of(play.key)
        if kind is Kind.MOVIE and played is Kind.MOVIE:
            by_title.setdefault(play.key, Plays()).add(play.key, play.watched_ms)
        elif kind is Kind.SHOW and played is Kind.EPISODE:
            by_title.setdefault(show_of(play.key), Plays()).add(play.key, play.watched_ms)
    titles = sorted(by_title.items(), key=lambda title: title[1].last_ms, reverse=True)
    page = page_of(
        request, len(titles), sim.options, maximum=MAX_PROGRESS_LIMIT if request.wants("progress") else MAX_LIMIT
    )
    return json_response([_row(request, sim, key, plays) for key, plays in page.cut(titles)], headers=page.headers())


def _row(request: Request, sim: Simulator, key: int, plays: Plays) -> dict[str, object]:
    """Seasons come only with `extended=progress`, and then without the full title."""
    has_progress = request.wants("progress")
    kind = kind_of(key)
    row: dict[str, object] = {
        "plays": plays.episodes.total(),
        "last_watched_at": iso(plays.last_ms),
        "last_updated_at": iso(plays.last_ms),
        SINGULAR[kind]: sim.catalogue.media_object(key, is_full=request.wants("full") and not has_progress),
    }
    if kind is Kind.SHOW:
        row["reset_at"] = None
        if has_progress:
            row["seasons"] = _seasons(plays)
    return row


def _seasons(plays: Plays) -> list[dict[str, object]]:
    seasons: dict[int, list[dict[str, object]]] = {}
    for key in sorted(plays.episodes):
        season, number = numbers_of(key)
        seasons.setdefault(season, []).append(
            {"number": number, "plays": plays.episodes[key], "last_watched_at": iso(plays.last_of[key])}
        )
    return [{"number": season, "episodes": episodes} for season, episodes in seasons.items()]


ROUTES = (
    Route("GET", "/sync/watched/{type}", get_watched),
    Route("GET", "/users/{id}/watched/{type}", get_watched, Auth.OPTIONAL),
)
