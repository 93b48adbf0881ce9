from datetime import timedelta
from typing import Any

import pytest

from lists_api.testing import Api
from lists_api.testing_runs import Catalogue, World
from watchbuddy_contracts import ListRunHeld

DAY = timedelta(days=1)
OLD, NEW = list(range(1, 31)), [*range(1, 10), *range(101, 122)]


@pytest.fixture
def world(api: Api) -> World:
    return World(api, Catalogue(OLD))


async def hold(world: World, **body: object) -> tuple[int, dict[str, Any]]:
    """Make a list of thirty titles whose run, a week later, would take out 21 of them; return list and run."""
    list_id = await world.make_filled(item_limit=30, **body)
    world.catalogue.best = NEW
    world.api.clock.advance(8 * DAY)
    await world.work_off()
    return list_id, (await world.runs(list_id))[0]


async def held_events(world: World, list_id: int) -> list[tuple[int, int, int]]:
    events = [one.event for one in await world.api.outbox(list_id) if isinstance(one.event, ListRunHeld)]
    return [(event.would_add, event.would_remove, event.total) for event in events]


async def test_l35_a_run_that_would_remove_more_than_half_waits_for_the_owner(world: World) -> None:
    list_id, run = await hold(world)
    assert (run["state"], run["trigger"], run["version"]) == ("held", "auto", None)
    assert (run["updated"], run["removed"], run["total"]) == (21, 21, 30)
    made = await world.show(list_id)
    assert (made["status"], made["version"], made["item_count"]) == ("needs_approval", 2, 30)
    assert await world.items(list_id) == OLD
    assert await held_events(world, list_id) == [(21, 21, 30)]
    assert (await world.events(list_id))[-2:] == ["ListRunHeld", "ListRunChanged"]


async def titles(world: World, list_id: int, run: dict[str, Any], query: str) -> tuple[list[int], int]:
    answer = await world.read(f"/api/lists/{list_id}/runs/{run['run_id']}/titles?{query}")
    return [one["ids"]["tmdb"] for one in answer["titles"]], answer["total"]


async def test_a_held_run_says_which_titles_would_leave_and_come(world: World) -> None:
    list_id, run = await hold(world)
    assert await titles(world, list_id, run, "change=leaves&limit=100") == (list(range(10, 31)), 21)
    assert await titles(world, list_id, run, "change=comes&limit=100") == (list(range(101, 122)), 21)
    assert await titles(world, list_id, run, "change=leaves&limit=10&page=3") == ([30], 21)
    url = f"/api/lists/{list_id}/runs/{run['run_id']}"
    assert (await world.api.call("GET", f"{url}/titles?change=comes", user="eve")).status_code == 404
    assert (await world.api.call("GET", f"{url}/titles")).status_code == 422
    await world.api.call("POST", f"{url}/approve")
    for _ in ("queued", "succeeded"):
        assert await titles(world, list_id, run, "change=leaves") == ([], 0)
        await world.work_off()


async def test_a_run_that_would_remove_half_does_not_wait(world: World) -> None:
    list_id = await world.make_filled(item_limit=30)
    world.catalogue.best = [*range(1, 16), *range(101, 116)]
    world.api.clock.advance(8 * DAY)
    await world.work_off()
    assert (await world.runs(list_id))[0]["state"] == "succeeded"


async def test_a_short_list_is_not_guarded(world: World) -> None:
    list_id = await world.make_filled(item_limit=19)
    world.catalogue.best = list(range(200, 219))
    world.api.clock.advance(8 * DAY)
    await world.work_off()
    assert await world.items(list_id) == world.catalogue.best


async def test_an_approved_run_looks_anew_and_is_not_held(world: World) -> None:
    list_id, run = await hold(world)
    url = f"/api/lists/{list_id}/runs/{run['run_id']}"
    world.catalogue.best = [*NEW[1:], 500]
    response = await world.api.call("POST", f"{url}/approve")
    assert (response.status_code, response.json()["status_url"], response.headers["location"]) == (202, url, url)
    assert (await world.show(list_id))["status"] == "queued"
    await world.work_off()
    assert await world.items(list_id) == [*NEW[1:], 500]
    assert (await world.show(list_id))["status"] == "complete"
    assert (await world.read(url))["state"] == "succeeded"


async def test_a_rejected_run_leaves_the_list_until_its_next_interval(world: World) -> None:
    list_id, run = await hold(world)
    response = await world.api.call("POST", f"/api/lists/{list_id}/runs/{run['run_id']}/reject")
    assert (response.status_code, response.json()["state"]) == (200, "rejected")
    await world.work_off()
    assert await world.items(list_id) == OLD
    assert (await world.show(list_id))["status"] == "complete"
    assert len(await world.runs(list_id)) == 2
    world.api.clock.advance(DAY)
    await world.work_off()
    assert [one["state"] for one in await world.runs(list_id)] == ["held", "rejected", "succeeded"]
    assert len(await held_events(world, list_id)) == 2


async def test_a_held_run_is_told_once_however_long_it_waits(world: World) -> None:
    list_id, run = await hold(world)
    for _ in range(3):
        world.api.clock.advance(DAY)
        await world.work_off()
    assert len(await held_events(world, list_id)) == 1
    assert [one["state"] for one in await world.runs(list_id)] == ["cancelled"] * 3 + ["held", "succeeded"]
    assert (await world.show(list_id))["status"] == "needs_approval"
    response = await world.api.call("POST", f"/api/lists/{list_id}/runs/{run['run_id']}/approve")
    assert response.status_code == 202
    await world.work_off()
    assert await world.items(list_id) == NEW


async def test_a_run_of_the_owner_is_never_held_and_ends_the_wait(world: World) -> None:
    list_id, run = await hold(world)
    await world.run_now(list_id, "?force_full=true")
    assert await world.items(list_id) == NEW
    assert (await world.show(list_id))["status"] == "complete"
    url = f"/api/lists/{list_id}/runs/{run['run_id']}"
    assert (await world.read(url))["state"] == "cancelled"
    for verb in ("approve", "reject"):
        response = await world.api.call("POST", f"{url}/{verb}")
        assert (response.status_code, response.json()["slug"]) == (409, "run-not-held")


async def test_an_edit_by_the_owner_is_never_held(world: World) -> None:
    list_id = await world.make_filled(item_limit=30)
    world.catalogue.best = NEW
    await world.api.call("PATCH", f"/api/lists/{list_id}", json={"filters": {"genres": ["comedy"]}})
    await world.work_off()
    assert await world.items(list_id) == NEW


async def test_a_catalogue_that_has_come_back_ends_the_wait(world: World) -> None:
    list_id, run = await hold(world)
    world.catalogue.best = OLD
    world.api.clock.advance(DAY)
    await world.work_off()
    assert (await world.show(list_id))["status"] == "complete"
    assert (await world.read(f"/api/lists/{list_id}/runs/{run['run_id']}"))["state"] == "cancelled"


async def test_an_approval_joins_a_run_that_waits_already(world: World) -> None:
    list_id, run = await hold(world)
    waiting = await world.sync(list_id)
    response = await world.api.call("POST", f"/api/lists/{list_id}/runs/{run['run_id']}/approve")
    assert response.json()["status_url"] == waiting
    await world.work_off()
    assert await world.items(list_id) == NEW
