"""Runs that wait: asked for, joined, cancelled, and seen by readers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from chassis.testing import eventually
from lists_api.lists.retention import sweep
from lists_api.runs.worker import queue_due
from lists_api.store import runs as store
from lists_api.testing import running_api
from lists_api.testing_runs import Catalogue, World
from watchbuddy_contracts import ListRunChanged

DAY = timedelta(days=1)


@pytest.fixture
async def few_runs(dsn: str) -> AsyncIterator[World]:
    async with running_api(dsn, quota_free_runs_per_hour=2) as api:
        await api.delete_everything()
        yield World(api, Catalogue([1, 2, 3]))


async def test_l7_a_sync_is_answered_before_any_worker_has_looked_at_it(world: World) -> None:
    list_id = await world.make_filled()
    looked = len(world.catalogue.wishes)
    run = await world.read(await world.sync(list_id, "?force_full=true"))
    assert (run["state"], run["started_at"], len(world.catalogue.wishes)) == ("queued", None, looked)


async def test_d13_twenty_parallel_syncs_are_one_run(world: World) -> None:
    list_id = await world.make_filled()
    urls = await asyncio.gather(*(world.sync(list_id, "?force_full=true") for _ in range(20)))
    assert len(set(urls)) == 1
    await world.work_off()
    assert [run["trigger"] for run in await world.runs(list_id)] == ["manual", "auto"]
    queued = [one for one in await world.api.outbox(list_id) if getattr(one.event, "state", None) == "queued"]
    assert len(queued) == 1


async def test_a_forced_request_makes_the_run_that_waits_forced(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id)
    assert await world.sync(list_id, "?force_full=true") == url
    await world.work_off()
    assert (await world.read(url))["is_full"] is True


async def test_a_forced_request_makes_the_run_that_goes_on_forced(world: World) -> None:
    list_id = await world.make_filled()
    world.api.clock.advance(DAY)
    url = await world.sync(list_id)

    async def ask_for_more() -> None:
        assert await world.sync(list_id, "?force_full=true") == url

    world.catalogue.while_it_looks = ask_for_more
    await world.work_off()
    assert (await world.read(url))["is_full"] is True


async def test_a_user_who_joins_a_run_of_the_schedule_makes_it_their_own(world: World) -> None:
    list_id = await world.make()
    await queue_due(world.api.pool, new_id=uuid7, now=world.api.clock())
    url = await world.sync(list_id, "?watched_only=true")
    await world.work_off()
    run = await world.read(url)
    assert (run["trigger"], run["is_full"], run["total"]) == ("manual", True, 3)


async def test_l10_sync_all_is_one_call_and_one_run_a_list(world: World) -> None:
    ids = [await world.make_filled() for _ in range(3)]
    other = await world.make_filled(title="Another")
    await world.api.call("POST", "/api/lists", user="eve", json={"title": "Hers", "list_type": "manual"})
    response = await world.api.call("POST", "/api/lists/sync?force_full=true")
    assert response.status_code == 202
    assert [run["list_id"] for run in response.json()["runs"]] == [*ids, other]
    await world.work_off()
    for run in response.json()["runs"]:
        assert (await world.read(run["status_url"]))["state"] == "succeeded"
    assert (await world.api.call("POST", "/api/lists/sync?due_only=true")).json() == {"runs": []}
    world.api.clock.advance(DAY)
    assert len((await world.api.call("POST", "/api/lists/sync?due_only=true")).json()["runs"]) == 4


async def test_who_has_started_as_many_runs_as_they_may_hears_when_they_may_again(few_runs: World) -> None:
    list_id = await few_runs.make_filled()
    for _ in range(2):
        await few_runs.run_now(list_id)
        few_runs.api.clock.advance(timedelta(minutes=10))
    for path in (f"/api/lists/{list_id}/sync", "/api/lists/sync"):
        response = await few_runs.api.call("POST", path)
        assert (response.status_code, response.json()["slug"], response.json()["limit"]) == (429, "too-many-runs", 2)
        assert response.headers["retry-after"] == "2400"
    few_runs.api.clock.advance(timedelta(seconds=2400))
    await few_runs.sync(list_id)


async def test_runs_are_read_in_pages_newest_first(world: World) -> None:
    list_id = await world.make_filled()
    for _ in range(2):
        world.api.clock.advance(timedelta(minutes=1))
        await world.run_now(list_id)
    answer = (await world.api.call("GET", f"/api/lists/{list_id}/runs?limit=2")).json()
    assert ([run["trigger"] for run in answer["runs"]], answer["total"]) == (["manual", "manual"], 3)
    answer = (await world.api.call("GET", f"/api/lists/{list_id}/runs?limit=2&page=2")).json()
    assert ([run["trigger"] for run in answer["runs"]], answer["total"]) == (["auto"], 3)


async def test_a_run_that_waits_is_cancelled_and_never_carried_out(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id, "?force_full=true")
    cancelled = await world.api.call("POST", f"{url}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    world.catalogue.best = [9]
    await world.work_off()
    assert await world.items(list_id) == [1, 2, 3]
    again = await world.api.call("POST", f"{url}/cancel")
    assert (again.status_code, again.json()["slug"], again.json()["state"]) == (409, "run-ended", "cancelled")
    assert (await world.show(list_id))["status"] == "complete"


@pytest.mark.parametrize("step", ["candidates", "scoring", "saving"])
async def test_a_run_is_cancelled_at_each_step(world: World, step: str) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id, "?force_full=true")
    world.catalogue.best = [9, 8, 7]

    async def is_there() -> bool:
        return bool((await world.read(url))["step"] == step)

    async def cancel() -> None:
        assert await is_there()
        assert (await world.api.call("POST", f"{url}/cancel")).status_code == 200

    if step == "candidates":
        world.catalogue.while_it_looks = cancel
        await world.work_off()
    elif step == "scoring":
        loop = asyncio.get_running_loop()
        world.catalogue.while_it_ranks = lambda: asyncio.run_coroutine_threadsafe(cancel(), loop).result()
        await world.work_off()
    else:  # its last transaction waits for the list
        async with world.api.pool.acquire() as connection, connection.transaction():
            await store.lock_own_lists(connection, "ada", list_id=list_id)
            working = asyncio.create_task(world.work_off())
            await eventually(is_there)
            run_id = UUID(url.rpartition("/")[2])
            await store.cancel_run(connection, list_id, run_id, now=world.api.clock(), error="You cancelled it.")
        await working
    run = await world.read(url)
    assert (run["state"], run["error"], run["version"]) == ("cancelled", "You cancelled it.", None)
    assert await world.items(list_id) == [1, 2, 3]
    assert (await world.show(list_id))["status"] == "complete"


async def test_the_first_run_of_a_list_is_cancelled_and_the_list_waits_for_its_next(world: World) -> None:
    list_id = await world.make()
    await queue_due(world.api.pool, new_id=uuid7, now=world.api.clock())
    (run,) = await world.runs(list_id)
    await world.api.call("POST", f"/api/lists/{list_id}/runs/{run['run_id']}/cancel")
    made = await world.show(list_id)
    assert (made["status"], made["item_count"]) == ("complete", 0)
    world.api.clock.advance(DAY)
    await world.work_off()
    assert await world.items(list_id) == [1, 2, 3]


async def test_runs_that_wait_are_kept_however_old_they_are(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id)
    world.api.clock.advance(timedelta(days=60))
    await sweep(world.api.pool, world.api.settings, now=world.api.clock())
    assert (await world.read(url))["state"] == "queued"


async def test_d12_a_reader_sees_the_old_list_or_the_new_one_and_nothing_between(world: World) -> None:
    size = 90
    world.catalogue.best = list(range(1, size + 1))
    list_id = await world.make_filled(item_limit=size)
    seen: set[tuple[int, ...]] = set()
    is_over = asyncio.Event()

    async def read() -> None:
        while not is_over.is_set():
            answer: Any = (await world.api.call("GET", f"/api/lists/{list_id}/items?limit=100")).json()
            seen.add(tuple(item["ids"]["tmdb"] for item in answer["items"]))

    reading = [asyncio.create_task(read()) for _ in range(3)]
    expected = {tuple(range(1, size + 1))}
    for turn in range(1, 6):
        world.catalogue.best = list(range(turn * 1000, turn * 1000 + size))
        expected.add(tuple(world.catalogue.best))
        await world.run_now(list_id, "?force_full=true")
    is_over.set()
    await asyncio.gather(*reading)
    assert len(seen) > 1
    assert seen <= expected


async def test_an_automatic_run_tells_open_screens_only_what_it_changed(world: World) -> None:
    list_id = await world.make_filled()
    world.api.clock.advance(DAY)
    await world.work_off()
    told = [one.event for one in await world.api.outbox(list_id) if isinstance(one.event, ListRunChanged)]
    assert [(event.state, event.updated) for event in told] == [("succeeded", 3)]
