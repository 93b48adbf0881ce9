"""Audits: what somebody else did on Trakt is found by one request, and put back or left as the list's owner wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, movies, synced_by_hand, unwanted, wanted
from trakt_sync.use_cases import ask_audit
from watchbuddy_contracts import TraktDriftFound, TraktListSynced


@asynccontextmanager
async def by_hand(running: Harness, admin: SimulatorAdmin, user: str = "ada") -> AsyncIterator[httpx.AsyncClient]:
    """A client of Trakt for what the user does there, an hour after our last write."""
    running.move_clock(timedelta(hours=1))
    pair = await admin.account(user)
    url = f"{running.settings.trakt_api_url}users/me/lists"
    async with httpx.AsyncClient(headers=pair.headers(), base_url=url) as http:
        yield http


async def shown(admin: SimulatorAdmin) -> list[tuple[str, str, list[object]]]:
    return [(one.name, one.privacy, [item.ids["trakt"] for item in one.items]) for one in await admin.lists_of("ada")]


async def the_list(running: Harness, admin: SimulatorAdmin, **settings: Any) -> str:  # noqa: ANN401 - as `wanted`
    await running.want(wanted(items=movies(1, 2, 3), **settings))
    await running.settled()
    (one,) = await admin.lists_of("ada")
    return str(one.ids["trakt"])


def ids(*numbers: int) -> dict[str, Any]:
    return {"movies": [{"ids": {"trakt": number}} for number in numbers]}


async def test_audit_of_many_unchanged_lists_is_one_request(running: Harness, admin: SimulatorAdmin) -> None:
    numbers = range(1, 13)
    await running.want(*(wanted(number, title=f"List {number}", items=movies(number)) for number in numbers))
    await running.settled(*numbers)
    running.move_clock(timedelta(hours=1))
    before = len(await admin.requests())
    await running.audited()
    (request,) = (await admin.requests())[before:]
    assert (request.method, request.path.partition("?")[0]) == ("GET", "/users/me/lists")
    assert await running.events(TraktDriftFound) == []


async def test_titles_that_were_edited_by_hand_are_put_right_and_told(running: Harness, admin: SimulatorAdmin) -> None:
    number = await the_list(running, admin)
    async with by_hand(running, admin) as http:
        await http.post(f"/{number}/items/remove", json=ids(2))
        await http.post(f"/{number}/items", json=ids(9))
    await running.audited()
    assert [sorted(items) for _, _, items in await shown(admin)] == [[1, 2, 3]]  # type: ignore[type-var]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action, drift.added, drift.removed) == ("items_edited", "repaired", 1, 1)


async def test_a_swap_by_hand_is_found_where_the_order_counts(running: Harness, admin: SimulatorAdmin) -> None:
    number = await the_list(running, admin, is_ordered=True)
    async with by_hand(running, admin) as http:
        rows = (await http.get(f"/{number}/items/movie/rank/asc")).json()
        await http.post(f"/{number}/items/reorder", json={"rank": [row["id"] for row in reversed(rows)]})
    assert [items for _, _, items in await shown(admin)] == [[3, 2, 1]]
    await running.audited()
    assert [items for _, _, items in await shown(admin)] == [[1, 2, 3]]


async def test_a_list_that_was_renamed_and_made_public_is_put_back(running: Harness, admin: SimulatorAdmin) -> None:
    number = await the_list(running, admin)
    async with by_hand(running, admin) as http:
        await http.put(f"/{number}", json={"name": "Mine", "privacy": "public"})
    await running.audited()
    assert [(name, privacy) for name, privacy, _ in await shown(admin)] == [("Heists", "private")]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action) == ("list_renamed", "repaired")


async def test_a_new_name_is_taken_over_where_the_owner_wants_that(running: Harness, admin: SimulatorAdmin) -> None:
    number = await the_list(running, admin, when_changed="take_over")
    async with by_hand(running, admin) as http:
        await http.put(f"/{number}", json={"name": "Mine", "privacy": "public"})
    await running.audited()
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.action, drift.new_title, drift.new_privacy) == ("kept", "Mine", "public")
    assert [(name, privacy) for name, privacy, _ in await shown(admin)] == [("Mine", "public")]


@pytest.mark.parametrize("by_hand_too", [{"description": "mine"}, {"privacy": "public"}, {"name": "Theirs"}])
async def test_a_new_name_here_that_waits_is_sent_whatever_was_changed_by_hand(
    dsn: str, simulator_url: str, admin: SimulatorAdmin, by_hand_too: dict[str, str]
) -> None:
    async with harness(dsn, simulator_url) as running:
        await running.connect("ada", (await admin.account("ada")).model_dump_json())
        async with running.worker():
            number = await the_list(running, admin, when_changed="take_over")
        async with by_hand(running, admin) as http:
            await http.put(f"/{number}", json=by_hand_too)
        await running.want(wanted(version=2, title="Robberies", items=movies(1, 2, 3), when_changed="take_over"))
        await ask_audit(running.pool, "ada", running.clock())
        async with running.worker():
            await running.settled()
        kept = [one for one in await running.events(TraktDriftFound) if one.action == "kept"]
    assert [name for name, _, _ in await shown(admin)] == ["Robberies"]
    taken = [(one.new_title, one.new_privacy) for one in kept]
    assert taken == ([] if "name" in by_hand_too else [(None, by_hand_too.get("privacy"))])


async def test_a_title_taken_off_by_hand_is_taken_off_here_where_the_owner_wants_that(
    running: Harness, admin: SimulatorAdmin
) -> None:
    number = await the_list(running, admin, when_removed="take_over")
    async with by_hand(running, admin) as http:
        await http.post(f"/{number}/items/remove", json=ids(2))
    await running.audited()
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.action, drift.removed_items) == ("kept", movies(2))
    assert [items for _, _, items in await shown(admin)] == [[1, 3]]
    await running.want(wanted(version=2, items=movies(1, 3), when_removed="take_over"))
    await running.want(wanted(version=3, items=movies(1, 3, 2), when_removed="take_over"))  # the owner wants it again
    await running.settled()
    assert [items for _, _, items in await shown(admin)] == [[1, 3, 2]]


async def test_a_list_that_was_deleted_is_made_anew(running: Harness, admin: SimulatorAdmin) -> None:
    number = await the_list(running, admin)
    async with by_hand(running, admin) as http:
        await http.delete(f"/{number}")
    await running.audited()
    assert await shown(admin) == [("Heists", "private", [1, 2, 3])]


async def test_a_list_that_was_deleted_stays_so_where_the_owner_wants_that(
    running: Harness, admin: SimulatorAdmin
) -> None:
    number = await the_list(running, admin, when_deleted="detach")
    async with by_hand(running, admin) as http:
        await http.delete(f"/{number}")
    await running.audited()
    await running.want(wanted(version=2, items=movies(1), when_deleted="detach"))
    await running.settled()
    assert await shown(admin) == []
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action) == ("list_deleted", "detached")
    await running.want(synced_by_hand(2))  # the owner wants it again
    await running.sent(TraktListSynced, count=2)
    assert await shown(admin) == [("Heists", "private", [1])]


@pytest.mark.parametrize(("mode", "left"), [("keep_extra", [2, 3, 9]), ("add_only", [1, 2, 3, 9])])
async def test_what_somebody_added_stays_in_the_modes_that_keep_it(
    running: Harness, admin: SimulatorAdmin, mode: str, left: list[int]
) -> None:
    number = await the_list(running, admin, mode=mode)
    async with by_hand(running, admin) as http:
        await http.post(f"/{number}/items", json=ids(9))
    await running.audited()
    await running.want(wanted(version=2, items=movies(2, 3), mode=mode))
    await running.settled()
    assert [items for _, _, items in await shown(admin)] == [left]


async def test_a_users_sync_looks_at_trakt(running: Harness, admin: SimulatorAdmin) -> None:
    number = await the_list(running, admin)
    async with by_hand(running, admin) as http:
        await http.post(f"/{number}/items/remove", json=ids(1))
    await running.want(synced_by_hand(1))
    await running.sent(TraktDriftFound)
    assert sorted((await shown(admin))[0][2]) == [1, 2, 3]  # type: ignore[type-var]


async def test_a_users_sync_asks_again_for_what_trakt_did_not_know(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 999_999)))
    await running.settled()
    before = len(await admin.requests(method="POST"))
    await running.want(synced_by_hand(1))
    await eventually(lambda: admin.requests(method="POST"), until=lambda sent: len(sent) > before)


async def test_who_connects_again_has_asked_again_for_what_trakt_did_not_know(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 999_999)))
    await running.settled()
    await admin.options(unknown_ids_exist=True)
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await eventually(lambda: shown(admin), until=lambda lists: len(lists[0][2]) == 2)


async def test_the_list_of_a_creation_that_was_given_up_is_removed(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("status", method="POST", path="/users/*/lists", status=502)
    await running.want(wanted(items=movies(1)))
    await eventually(lambda: admin.requests(method="POST"), until=bool)
    running.move_clock(timedelta(minutes=10))
    await running.settled()
    (one,) = await admin.lists_of("ada")
    async with by_hand(running, admin) as http:  # Trakt carries the lost creation out
        await http.post("", json={"name": one.name, "description": one.description, "privacy": "private"})
    await running.audited()
    assert [two.ids["trakt"] for two in await admin.lists_of("ada")] == [one.ids["trakt"]]
    await running.want(unwanted())
    await running.settled()
    assert await admin.lists_of("ada") == []
