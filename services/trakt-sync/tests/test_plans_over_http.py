"""What would be sent to Trakt, by `POST /api/trakt/lists/{id}/plan`: for a list as it is, and after a change."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, movies, wanted
from trakt_sync.testing.http import application_on, client_of, http_settings

LISTS = "/api/trakt/lists"


@pytest.fixture
async def client(running: Harness, dsn: str, simulator_url: str) -> AsyncIterator[httpx.AsyncClient]:
    del running  # an account, and its worker
    async with application_on(http_settings(dsn, simulator_url)) as app, client_of(app) as client:
        yield client


async def read(client: httpx.AsyncClient, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_plan_of_another_target_names_what_goes_and_what_comes(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1), target="watchlist"))
    await running.settled()
    await running.pool.execute("UPDATE account SET state = 'reauthorization_required'")
    await running.want(wanted(version=2, items=movies(1)))
    planned = (await client.post(f"{LISTS}/1/plan")).json()
    kinds = [(one["kind"], one["requests"]) for one in planned["actions"]]
    assert kinds == [("remove_items", 1), ("leave_watchlist", 0), ("create_list", 1), ("add_items", 1)]
    assert await admin.lists_of("ada") == []


async def test_a_plan_is_shown_and_nothing_of_it_is_sent(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    planned = (await client.post(f"{LISTS}/1/plan")).json()
    assert (planned["requests"], planned["actions"], planned["reason"]) == (0, [], None)

    await running.pool.execute("UPDATE account SET state = 'reauthorization_required'")
    await running.want(wanted(version=2, title="Capers", items=movies(2, 3, 4)))
    await admin.clear_requests()
    planned = (await client.post(f"{LISTS}/1/plan")).json()
    assert (planned["version"], planned["reason"], planned["requests"]) == (2, "auth", 3)
    kinds = [(action["kind"], action["count"]) for action in planned["actions"]]
    assert kinds == [("update_list", 0), ("add_items", 1), ("remove_items", 1)]
    assert planned["actions"][0]["fields"] == {"name": "Capers"}
    assert [title["ids"]["trakt"] for title in planned["actions"][2]["titles"]] == [1]
    assert await admin.requests() == []
    assert (await read(client, f"{LISTS}/1"))["state"] == "waiting"


async def test_a_plan_shows_what_another_mode_would_do_and_the_list_keeps_its_own(
    running: Harness, client: httpx.AsyncClient
) -> None:
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    await running.pool.execute("UPDATE account SET state = 'reauthorization_required'")
    await running.want(wanted(version=2, items=movies(2, 3)))
    for mode, kinds in (("mirror", ["remove_items"]), ("keep_extra", ["remove_items"]), ("add_only", [])):
        planned = (await client.post(f"{LISTS}/1/plan", params={"mode": mode})).json()
        assert [action["kind"] for action in planned["actions"]] == kinds, mode
    planned = (await client.post(f"{LISTS}/1/plan")).json()
    assert [action["kind"] for action in planned["actions"]] == ["remove_items"]
    refused = await client.post(f"{LISTS}/1/plan", params={"mode": "both_ways"})
    assert refused.status_code == 422


async def test_a_plan_shows_what_a_change_would_do_before_it_is_made(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    for change, kinds in (
        ({"privacy": "public", "allow_comments": "true"}, ["update_list"]),
        ({"privacy": "private"}, []),
        ({"target": "watchlist"}, ["delete_list", "open_watchlist", "add_items"]),
        ({"item_limit": "2"}, ["remove_items"]),
        ({"item_limit": "2", "mode": "add_only"}, []),
        ({"reordered": "true"}, []),
        ({"reordered": "true", "order": "true"}, ["read_items", "reorder_items"]),
        ({"when_changed": "take_over", "when_removed": "take_over", "when_deleted": "detach"}, []),
    ):
        planned = (await client.post(f"{LISTS}/1/plan", params=change)).json()
        assert [action["kind"] for action in planned["actions"]] == kinds, change
    planned = (await client.post(f"{LISTS}/1/plan", params={"privacy": "public"})).json()
    assert planned["actions"][0]["fields"] == {"privacy": "public"}
    [there] = await admin.lists_of("ada")
    assert (there.privacy, there.item_count) == ("private", 3)
    for refused in ({"privacy": "nobody"}, {"item_limit": "0"}, {"target": "favorites"}):
        assert (await client.post(f"{LISTS}/1/plan", params=refused)).status_code == 422


async def test_a_plan_of_another_policy_shows_whether_a_list_that_was_deleted_there_is_made_again(
    running: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin, simulator_url: str
) -> None:
    await running.want(wanted(items=movies(1), when_deleted="detach"))
    await running.settled()
    [there] = await admin.lists_of("ada")
    hand = (await admin.account("ada")).headers()
    async with httpx.AsyncClient(base_url=simulator_url, headers=hand, trust_env=False) as trakt:
        await trakt.delete(f"/users/me/lists/{there.ids['trakt']}")
    await client.post(f"{LISTS}/1/audit")

    async def state() -> str:
        return str((await read(client, f"{LISTS}/1"))["state"])

    await eventually(state, until=lambda found: found == "detached")
    for when, kinds in (("recreate", ["create_list", "add_items"]), ("detach", [])):
        planned = (await client.post(f"{LISTS}/1/plan", params={"when_deleted": when})).json()
        assert [action["kind"] for action in planned["actions"]] == kinds
