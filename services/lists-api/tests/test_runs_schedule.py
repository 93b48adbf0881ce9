"""Which lists are due: each once in its interval, however many schedulers look and however long none did."""

import asyncio
from datetime import timedelta

from uuid_utils.compat import uuid7

from lists_api.runs.worker import queue_due
from lists_api.testing import movies
from lists_api.testing_runs import World

DAY = timedelta(days=1)
LISTS = 1000


async def test_l9_a_thousand_due_lists_and_two_schedulers_are_a_thousand_runs(world: World) -> None:
    first = await world.make()
    await world.api.pool.execute(
        "INSERT INTO list (user_id, version, item_count, last_event_id, last_event_type, created_at, updated_at,"
        " status, next_sync_at, title, list_type, privacy, mirror, has_own_title, filters, item_limit, sort,"
        " exclude_watched, sync_interval_hours, full_sync_days, is_paused)"
        " SELECT user_id, version, item_count, last_event_id, last_event_type, created_at, updated_at, status,"
        " next_sync_at, title, list_type, privacy, mirror, has_own_title, filters, item_limit, sort, exclude_watched,"
        " sync_interval_hours, full_sync_days, is_paused FROM list, generate_series(2, $2) WHERE list_id = $1",
        first,
        LISTS,
    )
    now = world.api.clock()
    counts = await asyncio.gather(*(queue_due(world.api.pool, new_id=uuid7, now=now) for _ in range(2)))
    assert sum(counts) == LISTS
    assert await queue_due(world.api.pool, new_id=uuid7, now=now) == 0
    per_list = await world.api.pool.fetch("SELECT count(*) FROM sync_run GROUP BY list_id")
    assert [row[0] for row in per_list] == [1] * LISTS


async def test_lists_that_were_made_together_do_not_stay_in_step(world: World) -> None:
    ids = [await world.make_filled() for _ in range(20)]
    now = world.api.clock()
    made = [await world.show(list_id) for list_id in ids]
    times = {one["next_sync_at"] for one in made}
    assert len(times) == len(ids)
    rows = await world.api.pool.fetch("SELECT next_sync_at FROM list")
    assert all(DAY * 0.9 <= row[0] - now <= DAY for row in rows)


async def test_a_year_of_missed_runs_is_one_run(world: World) -> None:
    list_id = await world.make_filled(sync_interval_hours=1)
    world.api.clock.advance(365 * DAY)
    await world.work_off()
    await world.work_off()
    assert len(await world.runs(list_id)) == 2
    world.api.clock.advance(timedelta(hours=1))
    await world.work_off()
    assert len(await world.runs(list_id)) == 3


async def test_every_interval_has_one_run(world: World) -> None:
    list_id = await world.make_filled(sync_interval_hours=24)
    for _ in range(48):
        world.api.clock.advance(timedelta(hours=1))
        await world.work_off()
    assert len(await world.runs(list_id)) == 3


async def test_a_paused_list_is_run_by_hand_alone(world: World) -> None:
    list_id = await world.make_filled()
    await queue_due(world.api.pool, new_id=uuid7, now=world.api.clock() + DAY)
    await world.api.call("PATCH", f"/api/lists/{list_id}", json={"is_paused": True})
    world.catalogue.best = [9, 8, 7]
    world.api.clock.advance(8 * DAY)
    await world.work_off()  # a run that was queued before
    assert await world.items(list_id) == [1, 2, 3]
    assert (await world.show(list_id))["next_sync_at"] is None
    await world.run_now(list_id)
    assert await world.items(list_id) == [9, 8, 7]
    assert (await world.show(list_id))["next_sync_at"] is None


async def test_a_title_that_is_unpinned_leaves_at_once_if_the_filters_do_not_find_it(world: World) -> None:
    list_id = await world.make_filled(list_type="custom", items=movies(77, 1))
    assert await world.items(list_id) == [77, 1, 2]
    await world.api.call("DELETE", f"/api/lists/{list_id}/pins", json={"items": movies(77, 1)})
    assert await world.items(list_id) == [77, 1, 2]
    await world.work_off()
    assert await world.items(list_id) == [1, 2, 3]


async def test_a_version_with_fewer_pins_and_other_titles_that_is_gone_back_to_stays_until_the_list_is_due(
    world: World,
) -> None:
    list_id = await world.make_filled(list_type="custom", items=movies(77))
    assert await world.items(list_id) == [77, 1, 2]
    due = (await world.show(list_id))["next_sync_at"]
    await world.api.call("POST", f"/api/lists/{list_id}/items", json={"items": movies(88)})
    assert await world.items(list_id) == [77, 88, 1]
    await world.api.call("POST", f"/api/lists/{list_id}/versions/2/restore")
    world.catalogue.best = [9, 8, 7]
    await world.work_off()
    assert await world.items(list_id) == [77, 1, 2]
    assert (await world.show(list_id))["next_sync_at"] == due
