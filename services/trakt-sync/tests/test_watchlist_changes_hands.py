"""The watchlist of one list becomes another's: what the first put there is the second's, and no wanted title leaves."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, movies, unwanted, wanted
from trakt_sync.use_cases import leave
from watchbuddy_contracts import (
    Event,
    ListCreated,
    ListUpdated,
    TraktAccountDisconnected,
    TraktListDeleted,
    TraktSyncFailed,
    TraktWatchlistSynced,
)

WATCHLIST = "/sync/watchlist"


def first(version: int = 1, **mirror: Any) -> ListCreated | ListUpdated:  # noqa: ANN401 - as `wanted`
    return wanted(1, version, items=movies(1, 2, 3, 4), **{"target": "watchlist", **mirror})


def second(version: int = 1, **mirror: Any) -> ListCreated | ListUpdated:  # noqa: ANN401
    return wanted(2, version, title="Other", items=movies(3, 4, 5), **{"target": "watchlist", **mirror})


async def there(admin: SimulatorAdmin) -> list[object]:
    watchlist = await admin.watchlist_of("ada")
    return [] if watchlist is None else [item.ids["trakt"] for item in watchlist.items]


@pytest.mark.parametrize("end", [unwanted(1), first(2, target="list")], ids=["deleted", "a list of its own"])
async def test_titles_of_both_lists_stay_where_they_are(running: Harness, admin: SimulatorAdmin, end: Event) -> None:
    await admin.seed({"username": "ada", "watchlist": {"items": [{"type": "movie", "ids": {"trakt": 9}}]}})
    await running.want(first())
    await running.settled()
    before = max(one.id for one in await admin.requests())
    await running.want_together(second(), end)
    await running.settled(1, 2)
    assert await there(admin) == [9, 3, 4, 5]
    sent = [(one.method, one.path) for one in await admin.requests(since_id=before) if one.path.startswith(WATCHLIST)]
    assert sent == [("POST", WATCHLIST), ("POST", f"{WATCHLIST}/remove")]
    (_, synced) = await running.events(TraktWatchlistSynced)
    assert (synced.list_id, synced.added, synced.removed, synced.unchanged) == (2, 1, 2, 2)
    assert len(await running.events(TraktListDeleted)) == isinstance(end, type(unwanted(1)))
    made = [[item.ids["trakt"] for item in one.items] for one in await admin.lists_of("ada")]
    assert made == ([] if isinstance(end, type(unwanted(1))) else [[1, 2, 3, 4]])
    await running.want(unwanted(2, version=2))
    await running.settled(1, 2)
    assert await there(admin) == [9]


async def test_a_list_that_comes_from_a_trakt_list_of_its_own_is_waited_for(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(first(), second(target="list"))
    await running.settled(1, 2)
    before = max(one.id for one in await admin.requests())
    await admin.fault("status", status=503, path="/users/me/lists/*", method="DELETE", times=2)
    await running.want_together(unwanted(1), second(2))
    await running.settled(1, 2)
    assert await there(admin) == [3, 4, 5]
    assert await admin.lists_of("ada") == []
    bodies = [one.body for one in await admin.requests(since_id=before, path=f"{WATCHLIST}/remove")]
    assert bodies == [{"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 2}}]}]


async def test_a_removal_that_waits_takes_nothing_from_the_next_list(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(first())
    await running.settled()
    await admin.fault("status", status=503, path=f"{WATCHLIST}/remove", method="POST", after=True)
    await running.want(unwanted(1))
    await running.sent(TraktListDeleted)
    assert await there(admin) == []
    await running.want(first(version=3))  # a deleted list stays deleted
    await running.want(second())
    await running.settled(1, 2)
    assert await there(admin) == [3, 4, 5]


async def test_the_place_of_its_trakt_list_is_another_lists(running: Harness, admin: SimulatorAdmin) -> None:
    limits = {"lists": 1, "items_per_list": 250, "total_items": 1000}
    await admin.change_account("ada", vip=False, limits=limits)
    await running.want(second(target="list"))
    await running.settled(2)
    await running.want(wanted(3, title="Third", items=movies(7)))
    await running.sent(TraktSyncFailed)
    await running.want(second(2))
    await running.settled(2, 3)
    assert [one.name for one in await admin.lists_of("ada")] == ["Third"]


@pytest.mark.parametrize("is_leaving", [True, False], ids=["leaves the account", "drops the title"])
async def test_what_another_user_of_the_account_takes_off_is_back_without_an_audit(
    running: Harness, admin: SimulatorAdmin, *, is_leaving: bool
) -> None:
    await running.connect("bob", (await admin.account("ada")).model_dump_json())
    await running.want(first())
    await running.settled()
    await running.want(wanted(2, user="bob", items=movies(3, 4, 5), target="watchlist"))
    await running.settled(1, 2)
    assert await there(admin) == [1, 2, 3, 4, 5]
    if is_leaving:
        await leave(running.pool, "ada", running.clock())
        running.runtime.work_waker.wake()
        await running.sent(TraktAccountDisconnected)
    else:
        await running.want(wanted(1, 2, items=movies(1), target="watchlist"))
        await running.settled()
    before = max(one.id for one in await admin.requests())
    running.move_clock(timedelta(minutes=6))
    wished = {3, 4, 5} if is_leaving else {1, 3, 4, 5}
    await eventually(lambda: there(admin), until=lambda found: {*found} == wished)
    assert not await admin.requests(since_id=before, path="/sync/last_activities")
