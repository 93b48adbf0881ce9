"""What was watched: plays one by one, and per title."""

from collections import deque
from collections.abc import Iterable
from http import HTTPStatus
from itertools import islice

from trakt_simulator.catalogue.catalogue import EPISODES_PER_SEASON, SEASONS_PER_SHOW
from trakt_simulator.catalogue.media import MAX_ID, PLURAL, Kind, kind_of
from trakt_simulator.clock import iso, parse_iso, to_minute
from trakt_simulator.endpoints.access import visible_user
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.requests import Match, counts, read_elements
from trakt_simulator.endpoints.sorting import asked_kinds
from trakt_simulator.http.errors import account_limit
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import Answer, Call, TraktError, json_answer
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import MAX_PLAYS, Account, Watched
from trakt_simulator.state.simulator import Simulator

_PLAYED = (Kind.MOVIE, Kind.EPISODE)


def get_own_history(call: Call, sim: Simulator) -> Answer:
    return _history(call, sim, call.caller)


def get_history(call: Call, sim: Simulator) -> Answer:
    return _history(call, sim, visible_user(call, sim))


def _history(call: Call, sim: Simulator, account: Account) -> Answer:
    """Newest first; a show's or a season's plays are those of its episodes."""
    kinds = asked_kinds(call.params.get("type", ""))
    start, end = _date(call, "start_at"), _date(call, "end_at")
    asked_keys = _asked_keys(sim, kinds or frozenset(Kind), call.params["item"]) if "item" in call.params else None
    plays = [
        play
        for play in account.history or ()
        if (start is None or play.watched_ms >= start)
        and (end is None or play.watched_ms <= end)
        and _fits(sim, play.key, kinds, asked_keys)
    ]
    plays.sort(key=lambda play: (play.watched_ms, play.id), reverse=True)
    page = page_of(call, len(plays), sim.options)
    rows = [
        {"id": play.id, "watched_at": iso(play.watched_ms), "action": play.action, **sim.catalogue.fields(play.key)}
        for play in page.cut(plays)
    ]
    return json_answer(rows, headers=page.headers())


def _asked_keys(sim: Simulator, kinds: frozenset[Kind], text: str) -> set[int]:
    """Return what the path names by trakt id, slug or imdb id, one of each kind at most; 404 when it is nothing."""
    ids = {"trakt": number_in(text), "slug": text, "imdb": text}
    keys = {key for kind in kinds if (key := sim.catalogue.find(kind, ids)) is not None}
    if not keys:
        raise TraktError(HTTPStatus.NOT_FOUND)
    return keys


def _fits(sim: Simulator, key: int, kinds: frozenset[Kind] | None, asked_keys: set[int] | None) -> bool:
    names = {key}
    if kind_of(key) is Kind.EPISODE:
        names.add(sim.catalogue.show_of(key))
        names.add(sim.catalogue.season_of(key))
    if asked_keys is not None:
        return bool(names & asked_keys)
    return kinds is None or any(kind_of(name) in kinds for name in names)


def _date(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if not text:
        return None
    date_ms = parse_iso(text)
    if date_ms is None:
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message=f"{name}: must be a date")
    return date_ms


def add_history(call: Call, sim: Simulator) -> Answer:
    """Every call adds plays: Trakt does not look for duplicates. A show or a season stands for all of its episodes."""
    account = call.caller
    elements = read_elements(call.json_object(), sim)
    history = account.history if account.history is not None else deque()
    room = max(0, MAX_PLAYS - len(history))
    named = ((match, key) for match in elements.matches for key in _played(sim, match.key))
    # No further than the limit: a small body can name millions of plays.
    plays = [(key, _watched_ms(sim, match, key, call.now_ms)) for match, key in islice(named, room + 1)]
    if len(plays) > room:
        raise account_limit(account, MAX_PLAYS, is_documented=sim.options.documented_limit_headers)
    account.history = history
    for key, watched_ms in plays:
        history.append(Watched(sim.world.numbers.play, key, to_minute(watched_ms)))
        sim.world.numbers.play += 1
    added = [key for key, _ in plays]
    _moved(account, added, call.now_ms, sim)
    return json_answer(
        {"added": counts(added, _PLAYED), "not_found": elements.not_found}, HTTPStatus(sim.options.history_status)
    )


def _played(sim: Simulator, key: int) -> Iterable[int]:
    """A show stands for the episodes of its seasons, specials apart."""
    kind = kind_of(key)
    if kind in _PLAYED:
        yield key
    elif kind in (Kind.SHOW, Kind.SEASON):
        show = key if kind is Kind.SHOW else sim.catalogue.show_of(key)
        for season in range(SEASONS_PER_SHOW + 1):
            if season if kind is Kind.SHOW else sim.catalogue.season(show, season) == key:
                for number in range(1, EPISODES_PER_SEASON + 1):
                    episode = sim.catalogue.episode(show, season, number)
                    yield from () if episode is None else (episode,)


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
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="watched_at: must be a date")
    return max(watched_ms, 0)


def remove_history(call: Call, sim: Simulator) -> Answer:
    """Remove all plays of the titles, and single plays by `ids`."""
    account = call.caller
    body = call.json_object()
    elements = read_elements(body, sim)
    numbers = body.get("ids", [])
    if not isinstance(numbers, list) or not all(type(number) is int and number < MAX_ID for number in numbers):
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="ids: must be an array of history ids")
    keys = {played for key in set(elements.named()) for played in _played(sim, key)}
    plays = account.history or deque()
    wanted = set(numbers)
    gone = [play for play in plays if play.key in keys or play.id in wanted]
    known = {play.id for play in plays}
    if gone:
        gone_ids = {play.id for play in gone}
        account.history = deque(play for play in plays if play.id not in gone_ids)
    _moved(account, [play.key for play in gone], call.now_ms, sim)
    not_found = {**elements.not_found, "ids": [number for number in numbers if number not in known]}
    return json_answer({"deleted": counts((play.key for play in gone), _PLAYED), "not_found": not_found})


def _moved(account: Account, keys: list[int], now_ms: int, sim: Simulator) -> None:
    """The stamps move on removal too."""
    for kind in {kind_of(key) for key in keys}:
        account.act(f"{PLURAL[kind]}.watched_at", now_ms)
        sim.world.touch(account)


_FORMS = ("", "/{type}", "/{type}/{item}")
ROUTES = (
    *(Route("GET", f"/sync/history{form}", get_own_history) for form in _FORMS),
    *(Route("GET", f"/users/{{id}}/history{form}", get_history, Auth.OPTIONAL) for form in _FORMS),
    Route("POST", "/sync/history", add_history),
    Route("POST", "/sync/history/remove", remove_history),
)
