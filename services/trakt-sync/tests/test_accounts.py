"""Accounts: told apart, changed for another, and come back to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.identity import is_same_account
from trakt_sync.accounts.vault import Vault
from trakt_sync.mirroring.remote import AccountSettings, Owner
from trakt_sync.store.accounts import AccountStore
from trakt_sync.store.connections import check_batch
from trakt_sync.testing import KEY, Harness, harness, movies, unwanted, wanted
from trakt_sync.trakt.api import Trakt
from trakt_sync.use_cases import disconnect
from watchbuddy_contracts import TraktDriftFound, TraktListCreated, TraktListDeleted, TraktListSynced


@pytest.mark.parametrize("is_identified", [True, False], ids=["asked at the import", "asked by the worker"])
async def test_another_trakt_account_gets_all_lists_anew_and_no_lie_is_told(
    running: Harness, admin: SimulatorAdmin, *, is_identified: bool
) -> None:
    await running.connect("ada", (await admin.account("ada")).model_dump_json(), is_identified=is_identified)
    await running.want(wanted(1, items=movies(1, 2)), wanted(2, items=movies(3)), wanted(3), wanted(4))
    await running.settled(1, 2, 3, 4)
    left = {one.ids["trakt"] for one in await admin.lists_of("ada")}
    fault = await admin.fault("status", method="DELETE", status=503, times=2)
    await running.want(unwanted(4))
    await eventually(lambda: admin.requests(method="DELETE"))
    await running.connect("ada", (await admin.account("bob", vip=True)).model_dump_json(), is_identified=is_identified)
    await admin.remove_fault(fault)
    await running.want(wanted(2, version=2, items=movies(3)), unwanted(3))
    await running.settled(1, 2, 3, 4)
    await running.sent(TraktListSynced, count=6)
    shown = sorted([item.ids["trakt"] for item in one.items] for one in await admin.lists_of("bob"))
    assert shown == [[1, 2], [3]]
    assert {one.ids["trakt"] for one in await admin.lists_of("ada")} == left
    gone = await running.events(TraktListDeleted)
    assert {event.list_id for event in gone} == {3, 4}
    assert left.isdisjoint(event.trakt_list_id for event in gone)


@pytest.mark.parametrize("is_identified", [True, False], ids=["asked at the import", "asked by the worker"])
async def test_lists_are_taken_up_again_on_a_trakt_account_that_the_user_comes_back_to(
    running: Harness, admin: SimulatorAdmin, *, is_identified: bool
) -> None:
    async def move_to(name: str) -> None:
        pair = await admin.account(name, vip=True)
        await running.connect("ada", pair.model_dump_json(), is_identified=is_identified)

    async def shown(name: str) -> list[list[object]]:
        return sorted([item.ids["trakt"] for item in one.items] for one in await admin.lists_of(name))

    await move_to("ada")
    await running.want(wanted(1, items=movies(1, 2)), wanted(2, items=movies(3)), wanted(3, items=movies(4)))
    await running.settled(1, 2, 3)
    mine = (await running.job(1)).trakt_list_id
    await move_to("bob")
    await running.want(wanted(1, version=2, items=movies(2, 5)), unwanted(3))
    await running.settled(1, 2, 3)
    assert (await shown("ada"), await shown("bob")) == ([[1, 2], [3], [4]], [[2, 5], [3]])
    await move_to("ada")
    await eventually(lambda: shown("ada"), until=lambda lists: lists == [[2, 5], [3]])
    await running.settled(1, 2, 3)
    assert await shown("ada") == [[2, 5], [3]]
    assert (await running.job(1)).trakt_list_id == mine
    synced = [event for event in await running.events(TraktListSynced) if event.list_id == 1][-1]
    assert (synced.trakt_list_id, synced.added, synced.removed) == (mine, 1, 1)
    assert await running.events(TraktDriftFound) == []
    await running.want(unwanted(2))
    await move_to("bob")
    await eventually(lambda: shown("bob"), until=lambda lists: lists == [[2, 5]])


class NamelessTrakt:
    """Another Trakt, whose settings do not say whose account it is."""

    def __init__(self, real: Trakt) -> None:
        self._real = real

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - as the real one has it
        return getattr(self._real, method)

    async def read_settings(self, token: SecretStr) -> AccountSettings:
        return replace(await self._real.read_settings(token), owner=Owner())


async def test_all_lists_come_to_another_account_though_trakt_does_not_say_whose_it_is(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url, trakt=lambda real: cast("Trakt", NamelessTrakt(real))) as one, one.worker():
        for name in ("ada", "bob"):
            pair = await admin.account(name, vip=True)
            await one.connect("ada", pair.model_dump_json(), is_identified=False)
            await one.want(*(wanted(number, items=movies(number)) for number in (1, 2, 3)))
            await one.want(wanted(2, version=2, items=movies(2, 4)))
            await eventually(
                lambda name=name: admin.lists_of(name),  # type: ignore[misc]
                until=lambda lists: sorted(len(shown.items) for shown in lists) == [1, 1, 2],
            )
        await one.settled(1, 2, 3)
        assert len(await admin.lists_of("ada")) == 3
        before = [event.trakt_list_id for event in await one.events(TraktListCreated)]
        await one.connect("ada", (await admin.account("bob")).model_dump_json(), is_identified=False)
        await one.sent(TraktListSynced, count=len(await one.events(TraktListSynced)) + 3)
        assert [event.trakt_list_id for event in await one.events(TraktListCreated)] == before


async def test_switch_of_a_killed_worker_goes_on_where_it_was(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    numbers = range(1, 8)
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.want(*(wanted(number, items=movies(number)) for number in numbers))
        async with one.worker():
            await one.settled(*numbers)
        await one.connect("ada", (await admin.account("bob", vip=True)).model_dump_json())
        (account,) = await AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10)).claim(one.clock(), 1)
        assert await check_batch(one.pool, account, one.clock(), 3)
        assert await one.pool.fetchval("SELECT count(*) FROM work_queue") == 3
        one.move_clock(timedelta(seconds=10))  # it is heard of no more
        async with one.worker():
            await one.settled(*numbers)
    made = await one_of_each(admin, "bob")
    assert made == [[number] for number in numbers]
    assert await one_of_each(admin, "ada") == made


async def one_of_each(admin: SimulatorAdmin, user: str) -> list[list[object]]:
    return sorted([item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of(user))


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (Owner("a" * 32), Owner("a" * 32), True),
        (Owner("a" * 32, slug="ada"), Owner("b" * 32, slug="ada"), False),
        (Owner("trakt:1"), Owner("trakt:2"), False),
        (Owner("a" * 32, slug="ada"), Owner("trakt:1", slug="ada"), True),
        (Owner("a" * 32, slug="ada"), Owner("trakt:1", slug="bob"), None),
        (Owner("a" * 32), Owner("trakt:1"), None),
        (Owner(), Owner("a" * 32), None),
        (Owner("a" * 32), Owner(), None),
    ],
)
def test_accounts_are_told_apart_by_the_id_that_both_logins_have(
    before: Owner, after: Owner, is_same: bool | None
) -> None:
    assert is_same_account(before, after) is is_same


async def test_list_that_is_gone_when_the_user_comes_back_is_made_anew(running: Harness, admin: SimulatorAdmin) -> None:
    pairs = {name: await admin.account(name, vip=True) for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"].model_dump_json())
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await running.connect("ada", pairs["bob"].model_dump_json())
    await running.settled()
    (left,) = await admin.lists_of("ada")
    async with httpx.AsyncClient(base_url=str(running.settings.trakt_api_url), headers=pairs["ada"].headers()) as http:
        assert (await http.delete(f"users/me/lists/{left.ids['trakt']}")).is_success
    await running.connect("ada", pairs["ada"].model_dump_json())
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert [item.ids["trakt"] for item in shown.items] == [1]


async def test_list_that_is_to_stay_deleted_stays_so_when_the_user_comes_back(
    running: Harness, admin: SimulatorAdmin
) -> None:
    pairs = {name: await admin.account(name, vip=True) for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"].model_dump_json())
    await running.want(wanted(items=movies(1), when_deleted="detach"))
    await running.settled()
    (mine,) = await admin.lists_of("ada")
    running.move_clock(timedelta(minutes=10))
    async with httpx.AsyncClient(base_url=str(running.settings.trakt_api_url), headers=pairs["ada"].headers()) as http:
        assert (await http.delete(f"users/me/lists/{mine.ids['trakt']}")).is_success
    await running.audited()
    await running.sent(TraktDriftFound)
    for version, (name, lists) in enumerate((("bob", 1), ("ada", 0), ("ada", 0)), start=2):
        await disconnect(running.pool, Vault([KEY]), "ada", running.clock())
        await running.want(wanted(version=version, items=movies(version), when_deleted="detach"))
        await running.connect("ada", pairs[name].model_dump_json())
        await running.settled()
        assert len(await admin.lists_of(name)) == lists


async def test_unanswered_creation_is_found_after_a_change_of_account_there_and_back(
    running: Harness, admin: SimulatorAdmin
) -> None:
    pairs = {name: (await admin.account(name, vip=True)).model_dump_json() for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"])
    await admin.fault("status", method="POST", path="/users/*/lists", status=502, after=True)
    unread = await admin.fault("status", method="GET", path="/users/*/lists", account="ada", status=503, times=None)
    await running.want(wanted(items=movies(1)))
    await eventually(running.job, until=lambda job: job.progress.intent is not None)
    await eventually(lambda: admin.requests(method="POST", account="ada"))
    await running.connect("ada", pairs["bob"])
    await running.settled()
    await admin.remove_fault(unread)
    await running.connect("ada", pairs["ada"])
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert [item.ids["trakt"] for item in shown.items] == [1]
    assert [event.adopted for event in await running.events(TraktListCreated)] == [False, True]


async def test_same_trakt_account_keeps_its_lists(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    for is_identified in (False, True):
        pair = await admin.account("ada")
        await running.connect("ada", pair.model_dump_json(), is_identified=is_identified)
    await running.want(wanted(version=2, items=movies(1, 2)))
    await running.settled()
    assert len(await running.events(TraktListCreated)) == 1
    assert len(await admin.lists_of("ada")) == 1


async def test_times_of_a_clock_that_was_ahead_hold_nobody_up(running: Harness, admin: SimulatorAdmin) -> None:
    await running.pool.execute(
        "UPDATE account SET next_write_at = now() + interval '1 day', lease_until = now() + interval '1 day'"
    )
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert len(await admin.lists_of("ada")) == 1
