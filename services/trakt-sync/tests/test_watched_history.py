"""What a user watched on Trakt is told to lists that have a use for it, and costs one request when nothing changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.mirroring.history import MAX_COUNTED, TITLES_AN_EVENT, WatchedTitle, events, next_look
from trakt_sync.testing import Harness, movies, wanted
from trakt_sync.use_cases import ask_audit
from watchbuddy_contracts import Event, Title, TraktWatchedChanged

AT_REST = "SELECT lease_token IS NULL AND coalesce(history_at > $1, true) FROM account WHERE user_id = 'ada'"


async def watch(running: Harness, admin: SimulatorAdmin, path: str, body: dict[str, Any]) -> None:
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers()) as http:
        (await http.post(f"{running.settings.trakt_api_url}sync/history{path}", json=body)).raise_for_status()


def plays(*numbers: int) -> dict[str, Any]:
    return {"movies": [{"ids": {"trakt": number}} for number in numbers]}


async def audited(running: Harness) -> None:
    await ask_audit(running.pool, "ada", running.clock())
    running.runtime.work_waker.wake()

    async def is_over() -> bool:
        at = await running.pool.fetchval("SELECT audit_at FROM account WHERE user_id = 'ada'")
        return bool(at > running.clock() + timedelta(minutes=1))

    await eventually(is_over, until=bool)


async def told(running: Harness) -> list[tuple[bool, list[int | None]]]:
    found = await running.events(TraktWatchedChanged)
    return [(event.is_full, [item.ids.trakt for item in event.watched]) for event in found]


async def a_list_that_asks(running: Harness) -> None:
    """Make the list; the history is read for it at once."""
    await running.want(asking())
    await running.settled()
    await at_rest(running)  # a worker that holds the account would lose it to the clock
    running.move_clock(timedelta(minutes=10))
    await at_rest(running)  # the user's own place in the hour may lie in these minutes


async def at_rest(running: Harness) -> None:
    """Wait until nobody holds the account, and no look at the history is due."""

    async def is_at_rest() -> bool:
        return bool(await running.pool.fetchval(AT_REST, running.clock()))

    await eventually(is_at_rest, until=bool)


def asking(version: int = 1, *, uses_watched: bool = True) -> Event:
    return wanted(version=version, items=movies(1)).model_copy(update={"uses_watched": uses_watched})


async def an_hour_later(running: Harness) -> None:
    """Wait until the history was looked at by itself."""
    before = await running.pool.fetchval("SELECT history_at FROM account WHERE user_id = 'ada'")
    running.move_clock(timedelta(hours=1))

    async def looked_at() -> bool:
        at = await running.pool.fetchval("SELECT history_at FROM account WHERE user_id = 'ada'")
        return bool(at != before)

    await eventually(looked_at, until=bool)


def seen_before(*numbers: int) -> dict[str, Any]:
    """Return plays of long ago."""
    return {"movies": [{"ids": {"trakt": number}, "watched_at": "2015-01-01T00:00:00.000Z"} for number in numbers]}


async def test_what_was_watched_is_told_whole_then_as_it_comes_and_nothing_else(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await a_list_that_asks(running)
    await watch(running, admin, "", plays(5, 6))
    await audited(running)
    nothing, (is_full, titles) = await told(running)
    assert (nothing, is_full, {*titles}) == ((True, []), True, {5, 6})
    await admin.clear_requests()
    await audited(running)
    paths = [request.path for request in await admin.requests()]
    assert paths == ["/users/me/lists", "/sync/last_activities"]
    await watch(running, admin, "", plays(7))
    await audited(running)
    *_, (is_full, titles) = await told(running)
    assert (is_full, 7 in titles) == (False, True)


async def test_what_was_taken_back_is_missing_from_the_next_whole(running: Harness, admin: SimulatorAdmin) -> None:
    await a_list_that_asks(running)
    await watch(running, admin, "", plays(5, 6))
    await audited(running)
    await watch(running, admin, "/remove", plays(5))
    running.move_clock(timedelta(days=1))
    await eventually(lambda: told(running), until=lambda seen: seen[-1:] == [(True, [6])])


async def test_a_history_that_cannot_be_read_leaves_the_audit_as_it_is(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("status", path="/sync/*", status=500, times=None)
    await a_list_that_asks(running)
    await audited(running)
    assert await told(running) == []
    await admin.remove_faults()
    await an_hour_later(running)
    assert await told(running) == [(True, [])]


async def test_nobody_is_asked_what_they_watched_while_no_list_has_a_use_for_it(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await audited(running)
    await admin.clear_requests()
    claimed_at = await running.pool.fetchval("SELECT last_served_at FROM account")
    running.move_clock(timedelta(hours=2))
    await running.want(wanted(2, user="grace", items=movies(1)))  # the worker looks for work
    await eventually(lambda: running.pool.fetchval("SELECT count(*) FROM desired_list"), until=lambda count: count == 2)
    assert await admin.requests() == []
    row = await running.pool.fetchrow("SELECT history_at, last_served_at FROM account WHERE user_id = 'ada'")
    assert row is not None
    assert (row["history_at"], row["last_served_at"]) == (None, claimed_at)


async def test_the_history_is_read_when_a_list_begins_to_ask_then_every_hour_and_no_more_when_none_asks(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(asking(uses_watched=False))
    await running.settled()
    await watch(running, admin, "", plays(5))
    await running.want(asking(2))
    await eventually(lambda: told(running), until=lambda seen: seen == [(True, [5])])
    await admin.clear_requests()
    await an_hour_later(running)
    assert [request.path for request in await admin.requests()] == ["/sync/last_activities"]
    await watch(running, admin, "", plays(6))
    await an_hour_later(running)
    *_, (is_full, titles) = await told(running)
    assert (is_full, 6 in titles) == (False, True)

    await running.want(asking(3, uses_watched=False))
    await running.settled()
    await an_hour_later(running)
    await admin.clear_requests()
    assert await running.pool.fetchval("SELECT history_at FROM account WHERE user_id = 'ada'") is None


async def test_a_title_that_was_watched_before_is_told_with_all_of_its_plays(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await watch(running, admin, "", seen_before(5, 5, 7))
    episode = {"watched_at": "2015-01-01T00:00:00.000Z", "number": 1}
    show = {"ids": {"trakt": 1390}, "seasons": [{"number": 1, "episodes": [episode, {**episode, "number": 2}]}]}
    await watch(running, admin, "", {"shows": [show]})
    await a_list_that_asks(running)
    [whole] = await running.sent(TraktWatchedChanged)
    before = {item.ids.trakt: item.plays for item in whole.watched}
    [watched_show] = [item for item in whole.watched if item.media_type == "show"]
    assert (before[5], watched_show.plays) == (2, 2)
    await watch(running, admin, "", plays(5))
    await watch(running, admin, "", {"shows": [{**show, "seasons": [{"number": 1, "episodes": [{"number": 2}]}]}]})
    await an_hour_later(running)
    _, new = await running.sent(TraktWatchedChanged, count=2)
    assert not new.is_full
    found = {(item.media_type, item.ids.trakt): item.plays for item in new.watched}
    assert (found["movie", 5], found["show", watched_show.ids.trakt]) == (3, 3)


async def test_of_many_new_titles_the_whole_is_read(running: Harness, admin: SimulatorAdmin) -> None:
    await watch(running, admin, "", seen_before(1, 1))
    await a_list_that_asks(running)
    await watch(running, admin, "", plays(*range(1, MAX_COUNTED + 2)))
    await admin.clear_requests()
    await an_hour_later(running)
    new = (await running.sent(TraktWatchedChanged, count=2))[-1]
    assert (new.is_full, {item.ids.trakt: item.plays for item in new.watched}[1]) == (True, 3)
    assert len(await admin.requests(path="/sync/history/*")) == 0


async def test_tokens_that_end_are_renewed_for_the_history_too(running: Harness, admin: SimulatorAdmin) -> None:
    await a_list_that_asks(running)
    await watch(running, admin, "", plays(5))
    await admin.expire_tokens("ada")
    await an_hour_later(running)
    await eventually(lambda: told(running), until=lambda seen: seen[-1:] == [(True, [5])])


@given(st.text(max_size=20), st.datetimes(min_value=datetime(2026, 1, 1)), st.integers(60, 86_400))  # noqa: DTZ001
def test_each_users_history_has_its_place_in_the_hour(user_id: str, at: datetime, every_s: int) -> None:
    now, every = at.replace(tzinfo=UTC), timedelta(seconds=every_s)
    first = next_look(user_id, now, every)
    assert now < first <= now + every
    assert abs(next_look(user_id, first + every / 2, every) - first - every) < timedelta(seconds=1)


def test_the_histories_of_many_users_are_spread_over_the_hour() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    minutes = {(next_look(f"user-{number}", now, timedelta(hours=1)) - now).seconds // 60 for number in range(1000)}
    assert len(minutes) == 60


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 3 * TITLES_AN_EVENT), st.booleans())
def test_a_long_history_is_told_in_events_of_bounded_size(count: int, is_full: bool) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    titles = tuple(WatchedTitle(Title("movie", trakt=number + 1), now) for number in range(count))
    found = events("ada", titles, is_full=is_full)
    assert [item.ids.trakt for event in found for item in event.watched] == list(range(1, count + 1))
    assert [event.is_full for event in found] == [is_full and place == 0 for place in range(len(found))]
    assert bool(found) is (is_full or count > 0)


async def test_what_was_taken_back_or_dated_back_is_told_though_a_sync_read_the_new_plays_in_between(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await a_list_that_asks(running)
    await watch(running, admin, "", plays(5, 6))
    await audited(running)
    await watch(running, admin, "/remove", plays(5))
    await watch(running, admin, "", {"movies": [{"ids": {"trakt": 7}, "watched_at": "2015-01-01T00:00:00.000Z"}]})
    await audited(running)
    running.move_clock(timedelta(days=1))
    await audited(running)
    *_, (is_full, titles) = await told(running)
    assert (is_full, {*titles}) == (True, {6, 7})
    await admin.clear_requests()
    running.move_clock(timedelta(days=1))
    await audited(running)
    assert [request.path for request in await admin.requests(path="/sync/*")] == ["/sync/last_activities"]
