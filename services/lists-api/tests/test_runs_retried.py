"""Runs whose workers die or fail: taken again, tried again, and given up."""

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from lists_api.runs.runner import RunLostError
from lists_api.runs.worker import queue_due
from lists_api.store import run_queue
from lists_api.testing import LEASE
from lists_api.testing_runs import World
from watchbuddy_contracts import ListRunChanged, ListSyncFailed

DAY = timedelta(days=1)


async def test_a_run_of_a_worker_that_never_came_back_is_taken_again_after_its_lease(world: World) -> None:
    list_id = await world.make()
    now = world.api.clock()
    await queue_due(world.api.pool, new_id=uuid7, now=now)
    (lost,) = await run_queue.claim_runs(world.api.pool, limit=5, now=now, until=now + LEASE)
    await world.work_off()
    assert (await world.show(list_id))["status"] == "syncing"
    world.api.clock.advance(LEASE)
    await world.work_off()
    assert await world.items(list_id) == [1, 2, 3]
    world.catalogue.best = [9, 8, 7]
    with pytest.raises(RunLostError):  # the first worker wakes up late
        await world.api.worker(world.catalogue).runner.carry_out(lost)
    assert await world.items(list_id) == [1, 2, 3]
    assert len(await world.runs(list_id)) == 1


async def test_l11_how_far_a_run_is_survives_the_restart_of_its_worker(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id, "?force_full=true")
    now = world.api.clock()
    (lost,) = await run_queue.claim_runs(world.api.pool, limit=5, now=now, until=now + LEASE)
    async with world.api.pool.acquire() as connection:
        await run_queue.step_run(connection, lost, "scoring", until=now + LEASE)

    async def progress() -> tuple[str, str | None, int]:
        run = await world.read(url)
        return run["state"], run["step"], run["percent"]

    await world.work_off()  # another worker, while the lease lasts
    assert await progress() == ("running", "scoring", 50)
    told = len(await world.api.outbox(list_id))
    world.api.clock.advance(LEASE)
    await world.work_off()
    assert await progress() == ("succeeded", None, 100)
    later = [one.event for one in (await world.api.outbox(list_id))[told:]]
    runs = [event for event in later if isinstance(event, ListRunChanged)]
    assert [(event.run_id, event.step, event.percent) for event in runs] == [
        (lost.run_id, step, percent)
        for step, percent in (("candidates", 10), ("scoring", 50), ("saving", 80), (None, 100))
    ]


async def test_a_run_that_ends_its_workers_again_and_again_has_failed(world: World) -> None:
    list_id = await world.make()
    await queue_due(world.api.pool, new_id=uuid7, now=world.api.clock())
    for _ in range(5):
        await run_queue.claim_runs(
            world.api.pool, limit=1, now=world.api.clock(), until=world.api.clock() + timedelta(seconds=1)
        )
        world.api.clock.advance(timedelta(seconds=1))
    await world.work_off()
    (run,) = await world.runs(list_id)
    assert (run["state"], run["error"]) == ("failed", "5 workers ended in the middle of it.")


async def test_an_error_is_told_once_and_tried_again_after_waits_that_grow(world: World) -> None:
    list_id, good = await world.make_filled(item_limit=2), await world.make_filled()
    waits = []
    world.catalogue.fails_for = [2]
    world.api.clock.advance(DAY)
    for _ in range(3):
        await world.work_off()
        at = await world.api.pool.fetchval("SELECT next_sync_at FROM list WHERE list_id = $1", list_id)
        waits.append(at - world.api.clock())
        world.api.clock.now = at
    assert waits == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=16)]
    made = await world.show(list_id)
    assert (made["status"], made["item_count"]) == ("error", 2)
    failed = [one.event for one in await world.api.outbox(list_id) if isinstance(one.event, ListSyncFailed)]
    assert [event.reason for event in failed] == ["error"]
    assert (await world.show(good))["status"] == "complete"
    assert len(await world.runs(good)) == 2
    world.catalogue.fails_for = ()
    await world.work_off()
    assert (await world.show(list_id))["status"] == "complete"
