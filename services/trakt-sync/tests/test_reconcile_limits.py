"""The account's limits: too many lists, too many items."""

from datetime import timedelta
from functools import partial

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, movies, unwanted, wanted
from watchbuddy_contracts import Event, ListUpdated, TraktListDeleted, TraktListSynced, TraktSyncFailed


async def trakt_ids(admin: SimulatorAdmin, user: str = "ada") -> list[list[object]]:
    return [[item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of(user)]


async def test_account_with_too_many_lists_is_told_and_tried_again_after_a_day(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 1, "items_per_list": 250, "total_items": 1000})
    await running.want(wanted(1, items=movies(1)))
    await running.settled(1)
    await running.want(wanted(2, items=movies(2)))
    (told,) = await running.sent(TraktSyncFailed)
    assert (told.list_id, told.operation, told.reason) == (2, "create", "limit_reached")
    assert timedelta(hours=23) < told.retry_at - running.clock() <= timedelta(days=1)
    requests = len(await admin.requests())
    for version in range(2, 6):  # an edit makes no place
        await running.want(wanted(2, version, items=movies(version)))
    await eventually(partial(running.due_at, 2), until=lambda at: at is not None and at > running.clock())
    assert len(await admin.requests()) == requests


async def test_list_that_had_no_place_is_made_when_the_user_deletes_another(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 1, "items_per_list": 250, "total_items": 1000})
    await running.want(wanted(1, items=movies(1)))
    await running.settled(1)
    await running.want(wanted(2, items=movies(2)))
    await running.sent(TraktSyncFailed)
    await running.want(unwanted(1))
    await running.settled(1, 2)
    assert await trakt_ids(admin) == [[2]]


async def test_items_over_the_limit_are_left_out_by_rank(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 10, "total_items": 1000})
    await running.want(wanted(items=movies(*range(12, 0, -1))))
    await running.settled()
    assert await trakt_ids(admin) == [[*range(12, 2, -1)]]
    (synced,) = await running.events(TraktListSynced)
    assert (synced.added, [item.ids.trakt for item in synced.left_out]) == (10, [2, 1])


async def test_items_left_out_are_tried_again_after_a_day(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 2, "total_items": 1000})
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    due_at = await running.due_at()
    assert due_at is not None
    assert due_at > running.clock() + timedelta(hours=23)
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 250, "total_items": 1000})
    running.move_clock(timedelta(days=1))
    (_, synced) = await running.sent(TraktListSynced, count=2)
    assert (synced.added, synced.left_out) == (1, ())
    assert await trakt_ids(admin) == [[1, 2, 3]]


async def test_limit_over_all_lists_is_found_by_halves(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 50, "total_items": 40})
    await running.want(wanted(1, items=movies(*range(1, 21))))
    await running.settled(1)
    await running.want(wanted(2, items=movies(*range(101, 131))))
    await running.settled(2)
    assert sorted(len(ids) for ids in await trakt_ids(admin)) == [20, 20]
    synced = (await running.events(TraktListSynced))[-1]
    assert (synced.added, len(synced.left_out)) == (20, 10)


async def test_part_of_a_refused_addition_that_was_made_all_the_same_is_noticed(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.options(limit_batch="partial")
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 10, "total_items": 1000})
    await running.want(wanted(items=movies(*range(12, 0, -1))))
    await running.settled()
    assert await trakt_ids(admin) == [[*range(12, 2, -1)]]
    assert not (await running.job()).progress.is_stale


async def test_full_list_can_still_be_changed(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 10, "total_items": 1000})
    await running.want(wanted(items=movies(*range(1, 11))))
    await running.settled()
    await running.want(wanted(version=2, items=movies(*range(3, 13))))
    await running.settled()
    assert sorted((await trakt_ids(admin))[0], key=str) == sorted(range(3, 13), key=str)
    assert (await running.events(TraktListSynced))[-1].left_out == ()


async def test_list_at_its_limit_keeps_the_first_by_rank(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 10, "total_items": 1000})
    await running.want(wanted(items=movies(*range(1, 11))))
    await running.settled()
    await running.want(wanted(version=2, items=movies(100, 101, *range(1, 11))))
    await running.settled()
    assert sorted((await trakt_ids(admin))[0], key=str) == sorted([*range(1, 9), 100, 101], key=str)
    synced = (await running.events(TraktListSynced))[-1]
    assert [item.ids.trakt for item in synced.left_out] == [9, 10]
    assert (synced.added, synced.removed) == (2, 2)


async def test_account_that_fell_below_what_it_has_loses_nothing(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(*range(1, 11))))
    await running.settled()
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 5, "total_items": 1000})
    await running.want(wanted(version=2, items=movies(100, *range(1, 11))))
    await running.settled()
    assert await trakt_ids(admin) == [[*range(1, 11)]]
    assert [item.ids.trakt for item in (await running.events(TraktListSynced))[-1].left_out] == [100]


async def test_edit_of_a_cut_list_does_not_run_into_the_limit_again(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 50, "total_items": 40})
    await running.want(wanted(1, items=movies(*range(1, 21))))
    await running.settled(1)
    await running.want(wanted(2, items=movies(*range(101, 151))))
    await running.settled(2)
    await admin.clear_requests()
    await running.want(wanted(2, version=2, items=movies(*range(101, 151))))
    await running.settled(2)
    assert await admin.requests() == []
    await running.want(wanted(2, version=3, items=movies(*range(102, 152))))
    await running.settled(2)
    assert [(request.method, request.status) for request in await admin.requests()] == [("POST", 200), ("POST", 201)]
    assert sorted((await trakt_ids(admin))[1], key=str) == sorted(range(102, 122), key=str)


async def test_account_that_may_have_more_is_filled_when_it_is_connected_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 2, "total_items": 1000})
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    await admin.change_account("ada", vip=True, limits={"lists": 100, "items_per_list": 5000, "total_items": 100_000})
    await running.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
    await running.sent(TraktListSynced, count=2)
    assert await trakt_ids(admin) == [[1, 2, 3]]


async def test_places_that_a_deleted_list_had_serve_the_others(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 50, "total_items": 40})
    await running.want(wanted(1, items=movies(*range(1, 31))))
    await running.settled(1)
    await running.want(wanted(2, items=movies(*range(101, 121))))
    await running.settled(2)
    assert sorted(len(ids) for ids in await trakt_ids(admin)) == [10, 30]
    await running.want(unwanted(1))
    (*_, synced) = await running.sent(TraktListSynced, count=3)
    assert (synced.list_id, synced.added, synced.left_out) == (2, 10, ())
    assert len(await running.events(TraktListDeleted)) == 1


async def test_titles_that_others_added_and_that_stay_take_places_of_a_full_list(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 3, "total_items": 1000})
    await running.want(wanted(items=movies(1), mode="keep_extra"))
    await running.settled()
    (made,) = await admin.lists_of("ada")
    running.move_clock(timedelta(hours=1))
    path, theirs = f"/users/me/lists/{made.ids['trakt']}/items", {"movies": [{"ids": {"trakt": 8}}]}
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers(), base_url=str(running.settings.trakt_api_url)) as http:
        await http.post(path, json=theirs)
    await running.audited()
    await running.want(wanted(version=2, items=movies(1, 2, 3), mode="keep_extra"))
    await running.settled()
    assert await trakt_ids(admin) == [[1, 8, 2]]
    synced = (await running.events(TraktListSynced))[-1]
    assert [item.ids.trakt for item in synced.left_out] == [3]
    assert len(await admin.requests(method="POST", path=path)) <= 5


@pytest.mark.parametrize("room", [unwanted(1), wanted(1, 2, items=movies(1))], ids=["deletes a list", "drops titles"])
async def test_room_that_one_user_of_a_trakt_account_makes_is_the_others(
    running: Harness, admin: SimulatorAdmin, room: Event
) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 50, "total_items": 40})
    await running.connect("bob", (await admin.account("ada")).model_dump_json())
    await running.want(wanted(1, items=movies(*range(1, 31))))
    await running.settled(1)
    await running.want(wanted(2, user="bob", items=movies(*range(101, 121))))
    await running.settled(2)
    assert sorted(len(ids) for ids in await trakt_ids(admin)) == [10, 30]
    await running.want(room)
    (*_, synced) = await running.sent(TraktListSynced, count=2 + isinstance(room, ListUpdated) + 1)
    assert (synced.list_id, synced.added, synced.left_out) == (2, 10, ())
