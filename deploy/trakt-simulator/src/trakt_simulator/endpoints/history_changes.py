"""Changing the history: add and remove plays."""

from collections import deque
from collections.abc import Container, Sequence
from http import HTTPStatus
from itertools import islice

from trakt_simulator.catalogue.episodes import episodes_of, season_of, show_of
from trakt_simulator.catalogue.media import MAX_ID, Kind, kind_of
from trakt_simulator.clock import parse_iso, to_minute
from trakt_simulator.endpoints.requests import Match, counts, read_items
from trakt_simulator.http.errors import account_limit, invalid
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Route
from trakt_simulator.state.account import MAX_PLAYS, Account, Play
from trakt_simulator.state.simulator import Simulator

_PLAYED = (Kind.MOVIE, Kind.EPISODE)


def add_history(request: Request, sim: Simulator) -> Response:
    """Add plays. Trakt does not look for duplicates. A show or a season stands for all of its episodes.

    What is watched leaves the watchlist; one episode takes its season and its show along.
    """
    account = request.caller
    items = read_items(request.json_object(), sim)
    room = max(0, MAX_PLAYS - len(account.history or ()))
    named = ((match, key) for match in items.matches for key in _played(match.key))
    # No further than the limit: a small body can name millions of plays.
    plays = [(key, _watched_ms(sim, match, key, request.now_ms)) for match, key in islice(named, room + 1)]
    if len(plays) > room:
        raise account_limit(account, MAX_PLAYS, is_documented=sim.options.documented_limit_headers)
    record_plays(sim, account, plays, request.now_ms)
    added = counts([key for key, _ in plays], _PLAYED)
    return json_response({"added": added, "not_found": items.not_found}, HTTPStatus(sim.options.history_status))


def record_plays(sim: Simulator, account: Account, plays: Sequence[tuple[int, int]], now_ms: int) -> None:
    """Put plays, each a movie's or an episode's key and when it was watched, into the history."""
    history = account.history = account.history if account.history is not None else deque()
    for key, watched_ms in plays:
        history.append(Play(sim.accounts.numbers.play, key, to_minute(watched_ms)))
        sim.accounts.numbers.play += 1
    added = [key for key, _ in plays]
    sim.accounts.titles_changed(account, added, "watched_at", now_ms)
    watched = {key for play in added for key in _watched_with(play)}
    sim.accounts.remove_items(account, account.watchlist, watched, now_ms)


def remove_plays(sim: Simulator, account: Account, keys: Container[int], ids: Container[int], now_ms: int) -> list[int]:
    """Remove all plays of the movies and episodes, and those with the ids; return what they were plays of."""
    removed = [play for play in account.history or () if play.key in keys or play.id in ids]
    if removed:
        removed_ids = {play.id for play in removed}
        account.history = deque(play for play in account.history or () if play.id not in removed_ids)
    removed_keys = [play.key for play in removed]
    sim.accounts.titles_changed(account, removed_keys, "watched_at", now_ms)
    return removed_keys


def _played(key: int) -> list[int]:
    """Return the movie or the episodes that a play of this title counts for."""
    kind = kind_of(key)
    if kind in _PLAYED:
        return [key]
    return episodes_of(key) if kind in (Kind.SHOW, Kind.SEASON) else []


def _watched_with(key: int) -> tuple[int, ...]:
    """Return the movie, or the episode with its season and its show."""
    return (key,) if kind_of(key) is Kind.MOVIE else (key, season_of(key), show_of(key))


def _watched_ms(sim: Simulator, match: Match, key: int, now_ms: int) -> int:
    watched_at = match.element.get("watched_at")
    if watched_at is None:
        return now_ms
    if watched_at == "unknown":
        return 0
    if watched_at == "released":
        title = sim.catalogue.title(key)
        return (parse_iso(f"{title.year}-01-01") if title and title.year else None) or 0
    watched_ms = parse_iso(watched_at) if isinstance(watched_at, str) else None
    if watched_ms is None:
        raise invalid("watched_at: must be a date")
    return max(watched_ms, 0)


def remove_history(request: Request, sim: Simulator) -> Response:
    """Remove all plays of the titles, and single plays by `ids`."""
    account = request.caller
    body = request.json_object()
    items = read_items(body, sim)
    ids = body.get("ids", [])
    if not isinstance(ids, list) or not all(type(number) is int and number < MAX_ID for number in ids):
        raise invalid("ids: must be an array of history ids")
    keys = {played for key in set(items.keys()) for played in _played(key)}
    known = {play.id for play in account.history or ()}
    removed_keys = remove_plays(sim, account, keys, set(ids), request.now_ms)
    not_found = {**items.not_found, "ids": [number for number in ids if number not in known]}
    return json_response({"deleted": counts(removed_keys, _PLAYED), "not_found": not_found})


ROUTES = (
    Route("POST", "/sync/history", add_history),
    Route("POST", "/sync/history/remove", remove_history),
)
