"""What a user watched on Trakt is told to lists that have a use for it, and costs one request when nothing changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.mirroring.history import TITLES_AN_EVENT, WatchedTitle, events
from trakt_sync.testing import Harness, movies, wanted
from trakt_sync.use_cases import ask_audit
from watchbuddy_contracts import Title, TraktWatchedChanged


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
    event = wanted(items=movies(1))
    await running.want(event.model_copy(update={"uses_watched": True}))
    await running.settled()
    running.move_clock(timedelta(minutes=10))


async def test_what_was_watched_is_told_whole_then_as_it_comes_and_nothing_else(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await a_list_that_asks(running)
    await watch(running, admin, "", plays(5, 6))
    await audited(running)
    assert [(is_full, sorted(titles)) for is_full, titles in await told(running)] == [(True, [5, 6])]  # type: ignore[type-var]
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
    await a_list_that_asks(running)
    await admin.fault("status", path="/sync/*", status=500, times=None)
    await audited(running)
    assert await told(running) == []


async def test_nobody_is_asked_what_they_watched_while_no_list_has_a_use_for_it(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await audited(running)
    assert await admin.requests(path="/sync/*") == []


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
