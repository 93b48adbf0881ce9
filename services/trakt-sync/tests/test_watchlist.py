"""A list whose target is the watchlist: our titles come and go there, what its user put there stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.views import item_views
from trakt_sync.store import views
from trakt_sync.testing import Harness, movies, shows, synced_by_hand, to_watch, unwanted, wanted
from watchbuddy_contracts import (
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktSyncFailed,
    TraktWatchlistSynced,
)

WATCHLIST = "/sync/watchlist"


async def put_there(admin: SimulatorAdmin, *numbers: int, user: str = "ada") -> None:
    """Have movies on a user's watchlist that we did not put there."""
    items = [{"type": "movie", "ids": {"trakt": number}} for number in numbers]
    await admin.seed({"username": user, "watchlist": {"items": items}})


async def there(admin: SimulatorAdmin, user: str = "ada") -> list[object]:
    watchlist = await admin.watchlist_of(user)
    return [] if watchlist is None else [item.ids["trakt"] for item in watchlist.items]


def ids(*numbers: int) -> dict[str, Any]:
    return {"movies": [{"ids": {"trakt": number}} for number in numbers]}


@asynccontextmanager
async def by_hand(running: Harness, admin: SimulatorAdmin) -> AsyncIterator[httpx.AsyncClient]:
    """A client of Trakt for what ada does there, an hour after our last write."""
    running.move_clock(timedelta(hours=1))
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers(), base_url=str(running.settings.trakt_api_url)) as http:
        yield http


async def sent(admin: SimulatorAdmin, since: int = 0) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in await admin.requests(since_id=since)]


async def newest(admin: SimulatorAdmin) -> int:
    return max((one.id for one in await admin.requests()), default=0)


async def states(running: Harness) -> dict[int | None, str]:
    view = await views.mirror(running.pool, "ada", 1, running.clock(), Policy())
    assert view is not None
    return {one.title.trakt: one.state for one in item_views(view.job)}


async def test_a_first_mirror_reads_the_watchlist_and_adds_to_it(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(to_watch(3, 1, 2))
    await running.settled()
    assert await there(admin) == [3, 1, 2]
    assert await admin.lists_of("ada") == []
    assert await sent(admin) == [("GET", f"{WATCHLIST}/all/rank/asc"), ("POST", WATCHLIST)]
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.added, synced.removed, synced.unchanged, synced.title) == (3, 0, 0, "To watch")
    assert await running.events(TraktListCreated, TraktListSynced, TraktSyncFailed) == []


async def test_changes_cost_their_writes_and_a_name_costs_nothing(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    before = await newest(admin)
    await running.want(to_watch(1, 3, 4, version=2))
    await running.settled()
    assert await there(admin) == [1, 3, 4]
    assert await sent(admin, before) == [("POST", WATCHLIST), ("POST", f"{WATCHLIST}/remove")]
    renamed = wanted(version=3, title="Later", privacy="private", items=movies(1, 3, 4), target="watchlist")
    await running.want(renamed)
    await running.settled()
    assert len(await sent(admin, before)) == 2


async def test_order_is_sent_where_it_is_asked_for_and_only_there(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 9, 2)
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    assert await there(admin) == [9, 2, 1, 3]  # its user's order is not ours to change
    await running.want(to_watch(1, 2, 3, version=2, order=True))
    await running.settled()
    assert await there(admin) == [1, 2, 3, 9]
    await running.want(to_watch(3, 2, 1, version=3, order=True))
    await running.settled()
    assert await there(admin) == [3, 2, 1, 9]


async def test_movies_shows_and_a_season_of_its_user_live_there_together(
    running: Harness, admin: SimulatorAdmin
) -> None:
    async with by_hand(running, admin) as http:
        season = {"shows": [{"ids": {"trakt": 5}, "seasons": [{"number": 1}]}]}
        assert (await http.post(WATCHLIST, json=season)).status_code == 201
    await running.want(wanted(items=[*shows(1), *movies(2)], target="watchlist"))
    await running.settled()
    await running.want(wanted(version=2, items=movies(2, 3), target="watchlist"))
    await running.settled()
    watchlist = await admin.watchlist_of("ada")
    assert watchlist is not None
    assert [item.type for item in watchlist.items] == ["season", "movie", "movie"]
    for looked_at in (["/sync/last_activities", f"{WATCHLIST}/all/rank/asc"], ["/sync/last_activities"]):
        before = await newest(admin)  # what was there was written to: it is read once
        running.move_clock(timedelta(hours=1))
        await running.audited()
        await running.settled()
        assert await sent(admin, before) == [("GET", path) for path in looked_at]


@pytest.mark.parametrize("mode", ["mirror", "keep_extra", "add_only"])
async def test_titles_that_its_user_put_there_stay_whatever_the_mode(
    running: Harness, admin: SimulatorAdmin, mode: str
) -> None:
    await put_there(admin, 7, 8)
    await running.want(to_watch(1, 7, mode=mode))
    await running.settled()
    async with by_hand(running, admin) as http:
        await http.post(WATCHLIST, json=ids(9))
    await running.audited()
    await running.want(to_watch(2, version=2, mode=mode))
    await running.settled()
    kept = [1] if mode == "add_only" else []
    assert sorted(await there(admin)) == sorted([7, 8, 9, 2, *kept])  # type: ignore[type-var]
    assert await running.events(TraktDriftFound) == []


async def test_what_is_over_the_watchlists_limit_is_told_and_its_users_titles_keep_their_places(
    running: Harness, admin: SimulatorAdmin
) -> None:
    limits = {"lists": 5, "items_per_list": 1, "total_items": 1, "watchlist": 5}
    await admin.change_account("ada", vip=False, limits=limits)
    await put_there(admin, 7, 8, 6)
    await running.want(to_watch(1, 2, 3, 4, 6))
    await running.settled()
    assert await there(admin) == [7, 8, 6, 1, 2]
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.added, [item.ids.trakt for item in synced.left_out]) == (2, [3, 4])
    before = await newest(admin)
    await running.want(to_watch(4, 1, 2, 3, 6, version=2))
    await running.settled()
    assert await there(admin) == [7, 8, 6, 1, 4]
    assert len(await sent(admin, before)) <= 4
    await admin.change_account("ada", limits={**limits, "watchlist": 250})
    running.move_clock(timedelta(days=1, minutes=1))
    await running.sent(TraktWatchlistSynced, count=3)
    assert await there(admin) == [7, 8, 6, 1, 4, 2, 3]


async def test_a_watchlist_that_is_full_is_told_and_not_tried_again_and_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    limits = {"lists": 5, "items_per_list": 250, "total_items": 1000, "watchlist": 3}
    await admin.change_account("ada", vip=False, limits=limits)
    await put_there(admin, 7, 8, 9)
    await running.want(to_watch(1, 2))
    await running.settled()
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.added, len(synced.left_out)) == (0, 2)
    assert len(await admin.requests(method="POST")) <= 2


async def test_what_was_taken_off_by_hand_is_put_back_and_told(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    async with by_hand(running, admin) as http:
        await http.post(f"{WATCHLIST}/remove", json=ids(2))
    await running.audited()
    assert await there(admin) == [1, 3, 2]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action, drift.added) == ("items_edited", "repaired", 1)


async def test_what_was_taken_off_by_hand_is_taken_off_here_where_the_owner_wants_that(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await put_there(admin, 3)  # whoever put it there first
    await running.want(to_watch(1, 2, 3, when_removed="take_over"))
    await running.settled()
    async with by_hand(running, admin) as http:
        await http.post(f"{WATCHLIST}/remove", json=ids(2))
        await http.post("/sync/history", json=ids(3))
    await running.audited()
    assert await there(admin) == [1]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.action, sorted(item.ids.trakt for item in drift.removed_items)) == ("kept", [2, 3])


async def test_what_was_watched_stays_off_until_it_is_put_on_the_list_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await put_there(admin, 3)
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    async with by_hand(running, admin) as http:
        for number in (2, 3):
            play = {"ids": {"trakt": number}, "watched_at": "2020-01-01T00:00:00.000Z"}
            await http.post("/sync/history", json={"movies": [play]})
    await running.audited()
    assert await there(admin) == [1]
    assert await states(running) == {1: "mirrored", 2: "watched", 3: "watched"}
    assert await running.events(TraktDriftFound) == []
    await running.want(synced_by_hand(1))
    await running.want(to_watch(1, 2, 3, 4, version=2))
    await running.settled()
    assert await there(admin) == [1, 4]
    await running.want(to_watch(1, version=3))
    await running.settled()
    await running.want(to_watch(1, 2, version=4))
    await running.settled()
    assert await there(admin) == [1, 2]


async def test_what_trakt_does_not_take_off_is_told_when_the_list_is_deleted(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await put_there(admin, 7)
    await running.want(to_watch(1, 2))
    await running.settled()
    await admin.fault("unremovable", path=f"{WATCHLIST}/remove", ids={"trakt": 2}, times=None)
    await running.want(unwanted(version=2, title="To watch"))
    await running.settled()
    assert await there(admin) == [7, 2]
    (deleted,) = await running.events(TraktListDeleted)
    assert deleted.not_removed == movies(2)


async def test_what_trakt_does_not_take_off_is_told_where_its_user_added_something_meanwhile(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(to_watch(1, 2))
    await running.settled()
    await put_there(admin, 7)
    await admin.fault("unremovable", path=f"{WATCHLIST}/remove", ids={"trakt": 2}, times=None)
    await running.want(to_watch(1, version=2))
    await running.settled()
    assert await there(admin) == [1, 2, 7]
    *_, synced = await running.events(TraktWatchlistSynced)
    assert (synced.removed, [item.ids.trakt for item in synced.not_removed]) == (0, [2])


async def test_an_unchanged_watchlist_costs_one_more_request_and_lists_nothing_more(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(to_watch(1), wanted(2, items=movies(2)))
    await running.settled(1, 2)
    before = await newest(admin)
    for _ in range(2):
        running.move_clock(timedelta(hours=1))
        await running.audited()
    assert await sent(admin, before) == [("GET", "/users/me/lists"), ("GET", "/sync/last_activities")] * 2
