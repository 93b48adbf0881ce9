"""What trakt-sync forgets of deleted lists, and when."""

from datetime import timedelta

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.retention import sweep
from trakt_sync.testing import Harness, movies, unwanted, wanted
from watchbuddy_contracts import TraktListDeleted


async def swept(running: Harness, after: timedelta) -> int:
    return (await sweep(running.pool, running.settings, now=running.clock() + after))["tombstones"]


async def test_tombstone_is_swept_after_its_retention_and_the_lists_that_are_there_never(running: Harness) -> None:
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)), wanted(3), unwanted(3))
    await running.settled(1, 2, 3)
    await running.want(unwanted(1))
    await running.settled(1)
    retention = running.settings.tombstone_retention
    assert await swept(running, retention - timedelta(minutes=1)) == 0
    assert await swept(running, retention) == 2
    assert await running.pool.fetchval("SELECT array_agg(list_id) FROM desired_list") == [2]


async def test_deletion_that_is_not_done_yet_is_not_forgotten(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    fault = await admin.fault("status", method="DELETE", status=503, times=None)
    await running.want(unwanted())
    assert await swept(running, timedelta(days=365)) == 0
    await admin.remove_fault(fault)
    await running.sent(TraktListDeleted)


async def test_deleted_list_that_is_still_on_another_trakt_account_is_not_forgotten(
    running: Harness, admin: SimulatorAdmin
) -> None:
    pairs = {name: (await admin.account(name, vip=True)).model_dump_json() for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"])
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await running.connect("ada", pairs["bob"])
    await running.settled()
    await running.want(unwanted())
    await running.settled()
    assert await swept(running, timedelta(days=365)) == 0
    await running.connect("ada", pairs["ada"])
    await eventually(lambda: admin.lists_of("ada"), until=lambda lists: lists == [])
    await running.settled()
    assert len(await running.events(TraktListDeleted)) == 1, "it was told when it was asked for"
    assert await swept(running, timedelta(days=365)) == 1


async def test_tombstone_keeps_nothing_of_what_the_user_wrote_but_the_title(running: Harness) -> None:
    await running.want(wanted(description="Mine", items=movies(1)))
    await running.want(unwanted())
    desired = (await running.job()).desired
    assert (desired.details.name, desired.details.description, desired.items) == ("Heists", "", ())
