"""Disconnecting with `keep_lists=false`: the lists go from Trakt first, and then the account ends."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, import_of, movies, unwanted, wanted
from trakt_sync.testing.fakes import DeadlyTrakt, When
from trakt_sync.testing.http import application_on, client_of, http_settings
from trakt_sync.use_cases import ask_audit, leave
from watchbuddy_contracts import (
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListReadFailed,
    TraktListSynced,
    TraktReauthorizationRequired,
)

DISCONNECT = "/api/trakt/disconnect"
STATUS = "/api/trakt/status"
GONE = {"keep_lists": "false"}


@pytest.fixture
async def client(running: Harness, dsn: str, simulator_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = http_settings(dsn, simulator_url)
    async with application_on(settings, wake=running.runtime.wake, now=running.clock) as app, client_of(app) as client:
        yield client


async def mirrored(running: Harness, *list_ids: int) -> None:
    await running.want(*(wanted(list_id, items=movies(list_id)) for list_id in list_ids))
    await running.settled(*list_ids)


async def left(running: Harness) -> None:
    assert await leave(running.pool, "ada", running.clock())
    running.runtime.work_waker.wake()


async def state(running: Harness) -> tuple[str, bool, bool]:
    """Return the account's state, whether it is being left, and whether it has tokens."""
    row = await running.pool.fetchrow("SELECT state, leaving_at, tokens FROM account WHERE user_id = 'ada'")
    assert row is not None
    return row["state"], row["leaving_at"] is not None, row["tokens"] is not None


async def ended(running: Harness) -> TraktAccountDisconnected:
    [event] = await running.sent(TraktAccountDisconnected)
    assert await state(running) == ("disconnected", False, False)
    found: TraktAccountDisconnected = event
    return found


async def names(admin: SimulatorAdmin) -> list[str]:
    return sorted(one.name for one in await admin.lists_of("ada"))


async def made_by_hand(running: Harness, admin: SimulatorAdmin, name: str) -> None:
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers()) as http:
        answer = await http.post(f"{running.settings.trakt_api_url}users/me/lists", json={"name": name})
        answer.raise_for_status()


async def test_lists_of_our_making_go_then_the_tokens_and_what_the_user_made_stays(
    running: Harness, admin: SimulatorAdmin, client: httpx.AsyncClient
) -> None:
    await mirrored(running, 1, 2, 3)
    await made_by_hand(running, admin, "By hand")
    await running.want(unwanted(3, version=2))
    await running.sent(TraktListDeleted)
    answer = await client.post(DISCONNECT, params=GONE)
    assert (answer.status_code, answer.json()["state"], answer.json()["revoked"]) == (200, "disconnecting", False)
    event = await ended(running)
    assert (event.removed_list_ids, event.lists_left) == ((1, 2), 0)
    assert await names(admin) == ["By hand"]
    assert len(await running.events(TraktListDeleted)) == 1  # the lists are there still
    revoked = [one.method for one in await admin.requests(path="/oauth/revoke")]
    assert revoked == ["POST"]
    assert (await client.get(STATUS)).json()["state"] == "disconnected"
    assert (await client.post(DISCONNECT, params=GONE)).json() == {
        "state": "disconnected",
        "revoked": False,
        "lists_left": 0,
    }


async def test_lists_stay_unless_they_are_to_go(
    running: Harness, admin: SimulatorAdmin, client: httpx.AsyncClient
) -> None:
    await mirrored(running, 1)
    assert (await client.post(DISCONNECT)).json() == {"state": "disconnected", "revoked": True, "lists_left": 1}
    event = await ended(running)
    assert (event.removed_list_ids, event.lists_left) == ((), 1)
    assert len(await names(admin)) == 1


async def test_while_trakt_is_away_it_waits_says_how_much_is_left_and_takes_in_nothing_new(
    running: Harness, admin: SimulatorAdmin, client: httpx.AsyncClient
) -> None:
    await mirrored(running, 1, 2)
    await admin.fault("status", status=503, method="DELETE", times=None)
    await client.post(DISCONNECT, params=GONE)
    waiting = (await client.get(STATUS)).json()
    assert (waiting["state"], waiting["lists_left"]) == ("disconnecting", 2)
    assert (await client.get("/api/trakt/account")).json()["state"] == "disconnecting"
    plan = (await client.post("/api/trakt/lists/1/plan")).json()
    assert [one["kind"] for one in plan["actions"]] == ["delete_list"]
    await running.want(wanted(3, items=movies(3)), wanted(1, version=2, items=movies(1, 2)), import_of("some-list"))
    [failed] = await running.sent(TraktListReadFailed)
    assert failed.reason == "not_connected"
    await eventually(lambda: running.due_at(3), until=lambda due: due is None)
    assert await running.events(TraktAccountDisconnected) == []
    await admin.remove_faults()
    running.move_clock(timedelta(minutes=10))
    event = await ended(running)
    assert (event.removed_list_ids, event.lists_left) == ((1, 2), 0)
    assert await names(admin) == []
    assert {made.list_id for made in await running.events(TraktListCreated)} == {1, 2}


async def test_who_changes_their_mind_keeps_what_is_left(
    running: Harness, admin: SimulatorAdmin, client: httpx.AsyncClient
) -> None:
    await mirrored(running, 1, 2)
    await admin.fault("status", status=503, method="DELETE", times=None)
    await client.post(DISCONNECT, params=GONE)
    assert (await client.post(DISCONNECT)).json() == {"state": "disconnected", "revoked": True, "lists_left": 2}
    event = await ended(running)
    assert (event.removed_list_ids, event.lists_left) == ((), 2)


@pytest.mark.parametrize(("method", "when"), [("delete_list", "before"), ("delete_list", "after"), ("revoke", "after")])
async def test_a_worker_that_dies_in_the_middle_is_not_noticed(
    dsn: str, simulator_url: str, admin: SimulatorAdmin, method: str, when: When
) -> None:
    pair = await admin.account("ada", vip=True)
    deadly: list[DeadlyTrakt] = []

    def wrap(real: Any) -> Any:  # noqa: ANN401 - it has the methods of the other
        deadly.append(DeadlyTrakt(real))
        return deadly[0]

    async with harness(dsn, simulator_url, trakt=wrap) as made:
        await made.connect("ada", pair.model_dump_json())
        async with made.worker():
            await mirrored(made, 1, 2)
            deadly[0].kill_at(method, when)
            await left(made)
            await eventually(lambda: _deaths(deadly[0]), until=lambda count: count == 0)
            made.move_clock(timedelta(minutes=1))  # the dead worker's lease ends
            event = await ended(made)
    assert (event.removed_list_ids, event.lists_left) == ((1, 2), 0)
    assert await names(admin) == []


async def _deaths(deadly: DeadlyTrakt) -> int:
    return deadly.deaths_left


async def test_tokens_that_die_meanwhile_end_the_account_and_it_is_told_what_stays(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await mirrored(running, 1, 2)
    await admin.expire_tokens("ada", refresh_too=True)
    await left(running)
    event = await ended(running)
    assert (event.removed_list_ids, event.lists_left) == ((), 2)
    assert await running.events(TraktReauthorizationRequired) == []
    assert len(await names(admin)) == 2


async def test_an_audit_that_finds_the_tokens_dead_ends_the_account_as_well(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await mirrored(running, 1)
    await admin.fault("status", status=503, method="DELETE", times=1)
    await left(running)
    await eventually(running.due_at, until=lambda due: due is not None and due > running.clock())
    await admin.expire_tokens("ada", refresh_too=True)
    await ask_audit(running.pool, "ada", running.clock())
    running.runtime.work_waker.wake()
    assert (await ended(running)).lists_left == 1


async def test_connecting_again_makes_the_deleted_lists_anew_and_goes_on_with_the_others(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await mirrored(running, 1, 2, 3)
    before = {one.ids["trakt"] for one in await admin.lists_of("ada")}
    await admin.fault("status", status=503, method="DELETE", after=True, times=1)  # carried out, and not answered
    await admin.fault("status", status=503, method="DELETE", times=None)
    await left(running)

    async def tries() -> int:
        return len(await admin.requests(method="DELETE"))

    await eventually(tries, until=lambda count: count >= 3)
    pair = await admin.account("ada")
    await admin.remove_faults()
    await running.connect("ada", pair.model_dump_json())
    running.move_clock(timedelta(minutes=10))

    async def on_trakt() -> int:
        return len(await admin.lists_of("ada"))

    await eventually(on_trakt, until=lambda count: count == 3)
    await running.settled(1, 2, 3)
    after = {one.ids["trakt"] for one in await admin.lists_of("ada")}
    assert (len(before & after), len(after)) == (2, 3)
    assert [one.item_count for one in await admin.lists_of("ada")] == [1, 1, 1]
    assert await state(running) == ("connected", False, True)
    assert await running.events(TraktAccountDisconnected, TraktDriftFound) == []


async def test_whoever_comes_back_later_finds_their_lists_made_anew(running: Harness, admin: SimulatorAdmin) -> None:
    await mirrored(running, 1)
    await left(running)
    await ended(running)
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await running.sent(TraktListSynced, count=2)
    assert [one.item_count for one in await admin.lists_of("ada")] == [1]


async def test_a_list_whose_creation_was_not_answered_goes_and_its_user_reads_only_that(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("status", method="POST", path="/users/*/lists", status=502, after=True)  # made, not answered
    unread = await admin.fault("status", method="GET", path="/users/*/lists", status=503, times=None)
    await running.want(wanted(items=movies(1)))
    await eventually(running.job, until=lambda job: job.progress.intent is not None)
    await eventually(lambda: admin.requests(method="POST", path="/users/me/lists"))
    await left(running)
    await admin.remove_fault(unread)
    running.move_clock(timedelta(minutes=10))
    event = await ended(running)
    assert (event.removed_list_ids, event.lists_left) == ((1,), 0)
    assert await names(admin) == []
    assert await running.events(TraktListCreated) == []


async def test_an_account_that_nobody_identified_is_asked_before_anything_is_deleted(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as made:
        await made.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with made.worker():
            await mirrored(made, 1)
        await made.connect("ada", (await admin.account("grace", vip=True)).model_dump_json(), is_identified=False)
        await left(made)
        async with made.worker():
            event = await ended(made)
    assert event.lists_left == 0
    assert len(await names(admin)) == 1  # on the account that was left before


async def test_a_second_wish_changes_nothing_and_one_without_an_account_begins_nothing(running: Harness) -> None:
    assert not await leave(running.pool, "grace", running.clock())
    await left(running)
    await ended(running)
    assert not await leave(running.pool, "ada", running.clock())
