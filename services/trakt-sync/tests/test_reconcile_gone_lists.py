"""404 on our list: is it gone, just made, or does Trakt err?"""

from datetime import timedelta

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from watchbuddy_contracts import TraktDriftFound, TraktListCreated, TraktListDeleted, TraktListSynced, TraktSyncFailed

ITEMS = "/users/*/lists/*/items"


async def trakt_ids(admin: SimulatorAdmin, user: str = "ada") -> list[list[object]]:
    return [[item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of(user)]


async def test_404_on_delete_of_a_list_that_is_gone_is_success(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await delete_by_hand(running, admin)
    await running.want(unwanted())
    await running.settled()
    assert len(await running.events(TraktListDeleted)) == 1
    assert await running.events(TraktSyncFailed) == []


async def test_404_on_delete_of_a_list_that_trakt_still_shows_is_tried_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    running.move_clock(timedelta(hours=1))
    await admin.fault("status", method="DELETE", status=404)
    await running.want(unwanted())
    await running.settled()
    assert await admin.lists_of("ada") == []
    assert len(await running.events(TraktListDeleted)) == 1


async def test_list_deleted_while_trakt_does_not_know_it_yet_does_not_stay_there(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await admin.fault("new_list_404", delay_s=1.2, times=None)  # on a busy machine the deletion comes within it, too
    async with harness(dsn, simulator_url, trakt_stale_window=timedelta(seconds=1.5)) as running:
        await running.connect("ada", (await admin.account("ada")).model_dump_json())
        async with running.worker():
            await running.want(wanted())
            await running.settled()
            await running.want(unwanted())
            await running.settled()
            *early, last = [request.status for request in await admin.requests(method="DELETE")]
            assert (set(early), last) == ({404}, 204)
            assert await admin.lists_of("ada") == []
            assert len(await running.events(TraktListDeleted)) == 1
            assert await running.events(TraktSyncFailed) == []


async def test_list_made_anew_is_in_sync_at_the_version_it_had(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(999_999)))
    await running.settled()
    await delete_by_hand(running, admin)
    running.move_clock(timedelta(days=31))
    (first, again) = await running.sent(TraktListSynced, count=2)
    assert (again.version, again.added) == (1, 0)
    assert again.trakt_list_id != first.trakt_list_id


async def test_list_deleted_by_hand_is_made_anew_once(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    await delete_by_hand(running, admin)
    await running.want(wanted(version=2, items=movies(1, 2, 3)))
    await running.settled()
    assert await trakt_ids(admin) == [[1, 2, 3]]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action) == ("list_deleted", "recreated")
    assert len(await running.events(TraktListCreated)) == 2


async def test_404_of_a_list_that_is_there_makes_no_second_one(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await admin.fault("status", method="POST", path=ITEMS, status=404, times=2)
    await running.want(wanted(version=2, items=movies(1, 2)))
    await running.settled()
    assert await trakt_ids(admin) == [[1, 2]]
    assert await running.events(TraktDriftFound) == []


async def test_404_of_a_list_just_made_makes_no_second_one(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("new_list_404", delay_s=0.2, times=None)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert await trakt_ids(admin) == [[1]]


async def test_list_that_was_written_to_just_now_is_gone_only_when_reads_cannot_be_old(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url, trakt_stale_window=timedelta(minutes=5)) as running:
        await running.connect("ada", (await admin.account("ada")).model_dump_json())
        async with running.worker():
            await running.want(wanted(items=movies(1)))
            await running.settled()
            (shown,) = await admin.lists_of("ada")
            pair = await admin.account("ada")
            async with httpx.AsyncClient(headers=pair.headers()) as http:
                await http.delete(f"{running.settings.trakt_api_url}users/me/lists/{shown.ids['trakt']}")
            writes = len(await admin.requests(method="POST"))
            await running.want(wanted(version=2, items=movies(1, 2)))
            await eventually(running.is_doubted, until=bool)
            running.move_clock(timedelta(minutes=4))
            await eventually(running.due_at, until=lambda at: at is not None and at > running.clock())
            assert await admin.lists_of("ada") == []
            assert len(await admin.requests(method="POST")) == writes + 1  # no writes are spent on waiting
            running.move_clock(timedelta(minutes=2))
            await running.settled()
            assert await trakt_ids(admin) == [[1, 2]]
            (drift,) = await running.events(TraktDriftFound)
            assert (drift.kind, drift.action) == ("list_deleted", "recreated")


@pytest.mark.parametrize("status", [400, 403, 404, 420, 429])
async def test_creation_that_was_refused_and_carried_out_makes_no_second_list(
    running: Harness, admin: SimulatorAdmin, status: int
) -> None:
    await admin.fault("status", method="POST", path="/users/*/lists", status=status, after=True)
    await running.want(wanted(items=movies(1)))
    await eventually(running.due_at, until=lambda at: at is not None)
    await eventually(lambda: admin.requests(method="POST"), until=bool)
    running.move_clock(timedelta(days=2))
    await running.settled()
    assert await trakt_ids(admin) == [[1]]


async def delete_by_hand(running: Harness, admin: SimulatorAdmin) -> None:
    """Delete the list on Trakt, as long after its creation as makes the deletion credible."""
    running.move_clock(timedelta(hours=1))
    (shown,) = await admin.lists_of("ada")
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers()) as http:
        answer = await http.delete(f"{running.settings.trakt_api_url}users/me/lists/{shown.ids['trakt']}")
        assert answer.status_code == 204


async def test_trakt_that_lost_its_state_and_gives_ids_again_mixes_no_lists_up(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(1, title="A", items=movies(1)), wanted(2, title="B", items=movies(2)))
    await running.settled(1, 2)
    await admin.reset()
    await running.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
    await running.want(wanted(3, title="C", items=movies(3)))
    await running.settled(3)
    await running.want(
        wanted(1, version=2, title="A", items=movies(1, 11)), wanted(2, version=2, title="B", items=movies(2, 22))
    )
    await running.settled(1, 2, 3)
    shown = sorted((one.name, [item.ids["trakt"] for item in one.items]) for one in await admin.lists_of("ada"))
    assert shown == [("A", [1, 11]), ("B", [2, 22]), ("C", [3])]
