"""A database that was restored: Trakt is ahead of it. What is there is found again, and nothing is made twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chassis.testing import back_up, restore
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.store import recovery
from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from watchbuddy_contracts import ListState, TraktDriftFound, TraktListCreated, TraktSyncFailed


@pytest.fixture
def own_dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis", "trakt_sync")


async def on_trakt(admin: SimulatorAdmin) -> dict[str, list[int | str | None]]:
    """Return ada's lists on Trakt, which have different names, with their titles."""
    lists = await admin.lists_of("ada")
    found = {one.name: [item.ids["trakt"] for item in one.items] for one in lists}
    assert len(found) == len(lists)
    return found


async def mirror(running: Harness, *states: ListState) -> None:
    await running.want(*states)
    await running.settled(*(one.list_id for one in states))


async def test_what_was_made_and_changed_since_the_backup_is_found_again(
    own_dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(own_dsn, simulator_url) as running, running.worker():
        await running.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await mirror(
            running,
            wanted(1, title="As it was", items=movies(1)),
            wanted(2, title="Deleted since", items=movies(2)),
            wanted(3, title="Changed since", items=movies(3)),
            wanted(4, title="Back again", items=movies(4, 5), when_removed="take_over"),
        )
    since, backup = running.clock(), await back_up(own_dsn)
    changed = wanted(3, 2, title="Renamed since", items=movies(6, 7))
    smart = wanted(5, title="Comedies", items=movies(8), list_type="smart")
    renamed = wanted(6, 2, title="Another name", items=movies(9))
    async with harness(own_dsn, simulator_url) as running, running.worker():
        await mirror(
            running,
            changed,
            wanted(4, 2, title="Back again", items=movies(5), when_removed="take_over"),
            smart,
            wanted(6, title="A name", items=movies(9)),
        )
        await mirror(running, renamed)
        await running.want(unwanted(2, title="Deleted since"))
        await running.settled(2)
    before = {one.name: one.ids["trakt"] for one in await admin.lists_of("ada")}

    await restore(own_dsn, backup)
    async with harness(own_dsn, simulator_url) as running:
        back = wanted(4, 3, title="Back again", items=movies(4, 5), when_removed="take_over")
        new = wanted(7, title="Made meanwhile", items=movies(10))
        await running.want(unwanted(2, title="Deleted since"), changed, back, smart, renamed, new)
        doubted = await recovery.doubt(running.pool, None, since=since, now=running.clock())
        assert doubted == (1, 3)
        async with running.worker():
            await running.settled(1, 2, 3, 4, 5, 6, 7)
        assert await on_trakt(admin) == {
            "As it was": [1],
            "Renamed since": [6, 7],
            "Back again": [4, 5],
            "Comedies": [8],
            "Another name": [9],
            "Made meanwhile": [10],
        }
        after = {one.name: one.ids["trakt"] for one in await admin.lists_of("ada")}
        assert {name: after[name] for name in before} == before
        adopted = {one.list_id: one.adopted for one in await running.events(TraktListCreated)}
        assert {list_id: adopted[list_id] for list_id in (5, 6, 7)} == {5: True, 6: True, 7: False}
        assert await running.events(TraktDriftFound, TraktSyncFailed) == []


async def test_a_list_of_a_user_who_connects_later_is_looked_for_too(
    own_dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    empty = await back_up(own_dsn)
    pair = await admin.account("ada", vip=True)
    async with harness(own_dsn, simulator_url) as running, running.worker():
        since = running.clock() - timedelta(minutes=1)
        await running.connect("ada", pair.model_dump_json())
        await mirror(running, wanted(items=movies(1, 2)))
    await restore(own_dsn, empty)  # nothing is left: neither the account nor the list
    async with harness(own_dsn, simulator_url) as running:
        await running.want(wanted(items=movies(1, 2)))
        assert await recovery.doubt(running.pool, None, since=since, now=running.clock()) == (1, 1)
        async with running.worker():
            await running.connect("ada", pair.model_dump_json())
            await running.settled()
        assert await on_trakt(admin) == {"Heists": [1, 2]}
