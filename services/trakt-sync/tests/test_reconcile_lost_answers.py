"""Exactly one Trakt list with exactly the wanted items, wherever an answer is lost and whoever is killed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.errors import TraktUnavailableError
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.remote import RemoteList
from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from trakt_sync.testing.fakes import DeadlyTrakt, When
from trakt_sync.trakt.api import Trakt, WriteLease
from watchbuddy_contracts import TraktListCreated, TraktListDeleted, TraktListSynced, TraktSyncFailed

LOST: list[dict[str, Any]] = [
    {"kind": "status", "status": 502, "after": True},
    {"kind": "status", "status": 504, "after": False},
    {"kind": "close", "after": True},
    {"kind": "close", "after": False},
    {"kind": "truncate"},
    {"kind": "not_json"},
]
LISTS = "/users/*/lists"
ITEMS = "/users/*/lists/*/items"


def named(fault: dict[str, Any]) -> str:
    return "-".join(str(value) for value in fault.values())


async def died(trakt: DeadlyTrakt) -> None:
    async def deaths_left() -> int:
        return trakt.deaths_left

    await eventually(deaths_left, until=lambda left: left == 0)


async def trakt_ids(admin: SimulatorAdmin) -> list[list[object]]:
    return [[item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of("ada")]


@pytest.fixture
async def deadly(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[tuple[Harness, DeadlyTrakt]]:
    """A stand whose worker dies where the test says; another takes over when the lease has run out."""
    made: list[DeadlyTrakt] = []

    def wrap(real: Trakt) -> Trakt:
        made.append(DeadlyTrakt(real))
        return cast("Trakt", made[0])

    async with harness(dsn, simulator_url, trakt=wrap) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            yield one, made[0]


@pytest.mark.parametrize("fault", LOST, ids=named)
async def test_lost_answer_of_a_creation_makes_no_second_list(
    running: Harness, admin: SimulatorAdmin, fault: dict[str, Any]
) -> None:
    await admin.fault(method="POST", path=LISTS, **fault)
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    assert await trakt_ids(admin) == [[1, 2]]
    assert len(await running.events(TraktListCreated)) == 1
    assert await running.events(TraktSyncFailed) == []


async def test_timeout_of_a_creation_makes_no_second_list(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("timeout", method="POST", path=LISTS, after=True, delay_s=0.5)
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    assert await trakt_ids(admin) == [[1, 2]]
    (created,) = await running.events(TraktListCreated)
    assert created.adopted


class LateTrakt:
    """Another Trakt: the first creation is carried out only after its caller has given up, who waits long enough."""

    def __init__(self, real: Trakt, patience_s: float, later_s: float) -> None:
        self._real = real
        self._patience_s, self._later_s = patience_s, later_s
        self.late: asyncio.Task[RemoteList] | None = None

    def __getattr__(self, method: str) -> object:
        return getattr(self._real, method)

    async def create_list(self, lease: WriteLease, details: Details) -> RemoteList:
        if self.late is not None:
            return await self._real.create_list(lease, details)
        self.late = asyncio.create_task(self._create_later(lease, details))
        await asyncio.sleep(self._patience_s)  # the length of the call is what is tested
        raise TraktUnavailableError("no answer")

    async def _create_later(self, lease: WriteLease, details: Details) -> RemoteList:
        await asyncio.sleep(self._patience_s + self._later_s)  # and that of its lateness
        sent_in_time = replace(lease, until=lease.until + timedelta(hours=1))
        return await self._real.create_list(sent_in_time, details)


async def test_creation_that_trakt_carries_out_after_a_long_wait_makes_no_second_list(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    made: list[LateTrakt] = []

    def late(real: Trakt) -> Trakt:  # the call alone takes longer than a new list needs to settle
        made.append(LateTrakt(real, patience_s=1.2, later_s=0.7))
        return cast("Trakt", made[0])

    async with harness(dsn, simulator_url, trakt=late, trakt_create_settle=timedelta(seconds=1)) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            await one.want(wanted(items=movies(1)))
            await one.settled()
            assert made[0].late is not None
            await made[0].late
    assert await trakt_ids(admin) == [[1]]


@pytest.mark.parametrize("fault", LOST, ids=named)
async def test_lost_answer_of_an_addition_is_sent_again_and_adds_nothing_twice(
    running: Harness, admin: SimulatorAdmin, fault: dict[str, Any]
) -> None:
    await admin.fault(method="POST", path=ITEMS, **fault)
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    assert await trakt_ids(admin) == [[1, 2, 3]]
    (synced,) = await running.events(TraktListSynced)
    assert synced.added == 3
    assert [r.method for r in await admin.requests() if r.path.endswith("rank/asc")] == []


@pytest.mark.parametrize("fault", LOST, ids=named)
async def test_lost_answer_of_a_removal_is_sent_again(
    running: Harness, admin: SimulatorAdmin, fault: dict[str, Any]
) -> None:
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    await admin.fault(method="POST", path=f"{ITEMS}/remove", **fault)
    await running.want(wanted(version=2, items=movies(2)))
    await running.settled()
    assert await trakt_ids(admin) == [[2]]
    assert not (await running.job()).progress.is_stale


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_lost_answer_of_a_rename_or_a_deletion_is_sent_again(
    running: Harness, admin: SimulatorAdmin, method: str
) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await admin.fault("close", method=method, after=True)
    await running.want(wanted(version=2, title="New", items=movies(1)))
    if method == "DELETE":
        await running.want(unwanted(version=3))
    await running.settled()
    names = [shown.name for shown in await admin.lists_of("ada")]
    assert names == (["New"] if method == "PUT" else [])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["create_list", "add_items", "remove_items", "update_list", "delete_list"])
async def test_worker_killed_at_a_write_leaves_one_list_and_the_wanted_items(
    deadly: tuple[Harness, DeadlyTrakt], admin: SimulatorAdmin, method: str, when: When
) -> None:
    one, trakt = deadly
    trakt.kill_at(method, when)
    await one.want(wanted(items=movies(1, 2, 3)))
    await one.settled()
    await one.want(wanted(version=2, title="New", items=movies(2, 3, 4)))
    await one.settled()
    if method != "delete_list":
        assert await trakt_ids(admin) == [[2, 3, 4]]
    await one.want(unwanted(version=3))
    await one.settled()
    assert trakt.deaths_left == 0
    assert await trakt_ids(admin) == []
    assert len(await one.events(TraktListCreated)) == 1
    assert len(await one.events(TraktListDeleted)) == 1
    assert [event.version for event in await one.events(TraktListSynced)] == [1, 2]


async def test_addition_that_is_lost_and_no_longer_wanted_is_undone(
    deadly: tuple[Harness, DeadlyTrakt], admin: SimulatorAdmin
) -> None:
    one, trakt = deadly
    await one.want(wanted(items=movies(1)))
    await one.settled()
    trakt.kill_at("add_items", "after")
    await one.want(wanted(version=2, items=movies(1, 2)))
    await one.sent(TraktListSynced)
    await died(trakt)  # what is wanted changes before another worker takes over
    await one.want(wanted(version=3, items=movies(1)))
    await one.settled()
    assert await trakt_ids(admin) == [[1]]


async def test_removal_that_is_lost_and_wanted_again_is_undone(
    deadly: tuple[Harness, DeadlyTrakt], admin: SimulatorAdmin
) -> None:
    one, trakt = deadly
    await one.want(wanted(items=movies(1, 2)))
    await one.settled()
    trakt.kill_at("remove_items", "after")
    await one.want(wanted(version=2, items=movies(1)))
    await died(trakt)
    await one.want(wanted(version=3, items=movies(1, 2)))
    await one.settled()
    assert await trakt_ids(admin) == [[1, 2]]


async def test_list_of_the_same_name_that_is_not_of_our_making_is_not_adopted(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(1, items=movies(1), list_type="smart"))
    await running.settled(1)
    await admin.fault("status", method="POST", path=LISTS, status=502, after=False)
    await running.want(wanted(2, items=movies(2), list_type="smart"))
    await running.settled(2)
    assert sorted(await trakt_ids(admin), key=str) == [[1], [2]]


async def test_deletion_during_a_creation_without_an_answer_leaves_nothing(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("close", method="POST", path=LISTS, after=True)
    await admin.fault("status", method="GET", path=LISTS, status=503, times=4)
    await running.want(wanted(items=movies(1)))
    await eventually(lambda: admin.requests(method="POST"))
    await running.want(unwanted())
    await running.settled()
    assert await admin.lists_of("ada") == []
    assert len(await running.events(TraktListDeleted)) == 1
