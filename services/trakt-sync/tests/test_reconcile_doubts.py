"""A stale ledger: edits by hand, lost responses, odd reads. Nothing is lost, nobody waits, the order comes right."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import httpx
import pytest
from pydantic import SecretStr

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.mirroring.remote import RemoteItems
from trakt_sync.testing import Harness, harness, movies, wanted
from trakt_sync.trakt.api import Trakt
from watchbuddy_contracts import Item, ItemIds, TraktDriftFound, TraktListSynced

ITEMS = "/users/*/lists/*/items"


def by_tmdb(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(media_type="movie", ids=ItemIds(tmdb=number)) for number in numbers)


async def ids_on(admin: SimulatorAdmin, kind: str = "trakt") -> list[object]:
    (shown,) = await admin.lists_of("ada")
    return [item.ids[kind] for item in shown.items]


async def add_by_hand(one: Harness, admin: SimulatorAdmin, *numbers: int) -> None:
    (shown,) = await admin.lists_of("ada")
    headers = (await admin.account("ada", vip=True)).headers()
    async with httpx.AsyncClient(base_url=str(one.settings.trakt_api_url), headers=headers) as http:
        body = {"movies": [{"ids": {"trakt": number}} for number in numbers]}
        (await http.post(f"users/me/lists/{shown.ids['trakt']}/items", json=body)).raise_for_status()


async def unconfirmed(one: Harness, count: int) -> None:
    """Wait until so many titles are unconfirmed: the response to their write was lost."""

    async def entries() -> int:
        return cast("int", await one.pool.fetchval("SELECT count(*) FROM ledger WHERE state = 'unconfirmed'"))

    await eventually(entries, until=lambda found: found == count, every=timedelta(milliseconds=2))


@pytest.fixture
async def patient(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    """A harness without a worker, whose stale ledger is not read again within a test."""
    async with harness(dsn, simulator_url, trakt_stale_window=timedelta(minutes=5)) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        yield one


@pytest.mark.parametrize("is_applied", [True, False])
async def test_removal_whose_answer_is_lost_is_told_once(
    running: Harness, admin: SimulatorAdmin, is_applied: bool
) -> None:
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    await admin.fault("status", method="POST", path=f"{ITEMS}/remove", status=502, after=is_applied, times=2)
    await running.want(wanted(version=2, items=movies(1, 4)))
    await running.settled()
    assert await ids_on(admin) == [1, 4]
    synced = (await running.events(TraktListSynced))[-1]
    assert (synced.version, synced.added, synced.removed) == (2, 1, 2)


@pytest.mark.parametrize(
    ("first", "second", "is_ordered"),
    [((1, 2, 3), (3, 2, 1), True), ((1, 2, 3), (4, 1, 2, 3), False)],
    ids=["ordered list", "first mirror"],
)
async def test_edit_after_a_lost_addition_comes_in_its_order(
    running: Harness, admin: SimulatorAdmin, first: tuple[int, ...], second: tuple[int, ...], is_ordered: bool
) -> None:
    await admin.fault("status", method="POST", path=ITEMS, status=502, after=True)
    await running.want(wanted(items=movies(*first), is_ordered=is_ordered))
    await unconfirmed(running, 3)
    await running.want(wanted(version=2, items=movies(*second), is_ordered=is_ordered))
    await running.settled()
    assert await ids_on(admin) == list(second)


async def test_title_of_a_lost_removal_that_is_wanted_again_comes_in_its_order(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 2, 3), is_ordered=True))
    await running.settled()
    await admin.fault("status", method="POST", path=f"{ITEMS}/remove", status=502)
    await running.want(wanted(version=2, items=movies(2, 3), is_ordered=True))
    await unconfirmed(running, 1)
    await running.want(wanted(version=3, items=movies(2, 3, 1), is_ordered=True))
    await running.settled()
    assert await ids_on(admin) == [2, 3, 1]


async def test_title_that_was_there_by_hand_comes_in_its_order_and_does_not_count(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 2), is_ordered=True))
    await running.settled()
    await add_by_hand(running, admin, 3)
    await running.want(wanted(version=2, items=movies(1, 2, 4, 3), is_ordered=True))
    await running.settled()
    assert await ids_on(admin) == [1, 2, 4, 3]
    assert [(event.version, event.added) for event in await running.events(TraktListSynced)] == [(1, 2), (2, 1)]


async def test_title_added_by_hand_is_removed_and_told_as_drift(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    await add_by_hand(running, admin, 77)
    await running.want(wanted(version=2, items=movies(1, 2, 3)))
    await running.settled()
    assert await ids_on(admin) == [1, 2, 3]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action, drift.list_id) == ("items_edited", "repaired", 1)
    told = [(event.version, event.added, event.removed) for event in await running.events(TraktListSynced)]
    assert told == [(1, 2, 0), (2, 1, 0), (2, 0, 1)]


async def test_edits_are_told_though_the_ledger_is_in_doubt(patient: Harness, admin: SimulatorAdmin) -> None:
    async with patient.worker():
        await patient.want(wanted(items=movies(1, 2)))
        await patient.sent(TraktListSynced)
        await add_by_hand(patient, admin, 77)
        for version in range(2, 5):
            await patient.want(wanted(version=version, items=movies(*range(1, version + 2))))
            told = await patient.sent(TraktListSynced, count=version)
            assert (told[-1].version, told[-1].added) == (version, 1)
        await patient.want(wanted(version=5, items=movies(*range(1, 6))))
        assert (await patient.sent(TraktListSynced, count=5))[-1].version == 5
    assert await ids_on(admin) == [1, 2, 77, 3, 4, 5]
    assert (await patient.job()).progress.is_stale


async def test_one_title_under_two_ids_counts_once_and_is_told_at_once(patient: Harness, admin: SimulatorAdmin) -> None:
    async with patient.worker():
        await patient.want(wanted(1, items=movies(1)))
        await patient.sent(TraktListSynced)
        ((imdb,),) = [[item.ids["imdb"] for item in shown.items] for shown in await admin.lists_of("ada")]
        twice = (*movies(1), Item(media_type="movie", ids=ItemIds.model_validate({"imdb": imdb})))
        await patient.want(wanted(2, title="Twice", items=twice))
        told = await patient.sent(TraktListSynced, count=2)
    assert (told[-1].list_id, told[-1].added) == (2, 1)


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
async def test_titles_stay_on_the_list_when_trakt_leaves_out_the_ids_they_are_wanted_by(
    running: Harness, admin: SimulatorAdmin, times: int | None
) -> None:
    await running.want(wanted(items=by_tmdb(862, 8844)))
    await running.settled()
    await add_by_hand(running, admin, 77)
    await admin.fault("null_ids", method="GET", path=f"{ITEMS}*", times=times)
    await running.want(wanted(version=2, items=by_tmdb(862, 8844, 15602)))
    if times is None:
        await eventually(running.job, until=lambda job: job.progress.reads >= 2)
    else:
        await running.settled()
    assert [number for number in await ids_on(admin, "tmdb") if number in (862, 8844, 15602)] == [862, 8844, 15602]
    told = [(event.version, event.added, event.removed) for event in await running.events(TraktListSynced)]
    hand_edit_undone = [(2, 0, 1)] if times else []
    assert told == [(1, 2, 0), (2, 1, 0), *hand_edit_undone]


async def test_ordered_list_is_told_though_trakt_leaves_out_the_ids_to_order_it_by(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=by_tmdb(862, 8844, 15602), is_ordered=True))
    await running.settled()
    await admin.fault("null_ids", method="GET", path=f"{ITEMS}*", times=None)
    await running.want(wanted(version=2, items=by_tmdb(15602, 862, 8844), is_ordered=True))
    (_, synced) = await running.sent(TraktListSynced, count=2)
    assert (synced.version, synced.added, synced.removed) == (2, 0, 0)


class Incomplete:
    """Another Trakt that never shows as many items as it counts."""

    def __init__(self, real: Trakt) -> None:
        self._real = real
        self.reads = 0

    def __getattr__(self, method: str) -> object:
        return getattr(self._real, method)

    async def read_items(self, token: SecretStr, list_id: int) -> RemoteItems:
        self.reads += 1
        return replace(await self._real.read_items(token, list_id), is_complete=False)


async def test_list_that_cannot_be_read_is_told_by_the_ledger_and_read_in_growing_waits(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    made: list[Incomplete] = []

    def incomplete(real: Trakt) -> Trakt:
        made.append(Incomplete(real))
        return cast("Trakt", made[0])

    async with harness(dsn, simulator_url, trakt=incomplete, trakt_stale_window=timedelta(milliseconds=20)) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            await one.want(wanted(items=movies(1, 2), is_ordered=True))
            await one.settled()
            await one.want(wanted(version=2, items=movies(2, 1), is_ordered=True))
            assert (await one.sent(TraktListSynced, count=2))[-1].version == 2
            progress = (await eventually(one.job, until=lambda job: job.progress.reads >= 5)).progress
    assert made[0].reads >= 5
    assert progress.trakt_list is not None
    assert progress.trakt_list.written_at is not None
    assert progress.staleness is not None
    assert progress.staleness.read_after is not None
    assert progress.staleness.read_after - progress.trakt_list.written_at > 16 * timedelta(milliseconds=20)
    assert await ids_on(admin) == [1, 2]


async def test_title_that_trakt_did_not_know_and_a_known_one_that_turn_out_to_be_one_cost_no_call(
    running: Harness, admin: SimulatorAdmin
) -> None:
    unknown = ItemIds(tmdb=999_999_999)
    await running.want(wanted(items=(Item(media_type="movie", ids=unknown), *movies(7))))
    await running.settled()
    await admin.clear_requests()
    both = Item(media_type="movie", ids=ItemIds(tmdb=999_999_999, trakt=7))
    await running.want(wanted(version=2, items=(both,)))
    await running.settled()
    assert await admin.requests() == []
    synced = (await running.events(TraktListSynced))[-1]
    assert (synced.version, synced.added, synced.removed, synced.not_found) == (2, 0, 0, ())


async def test_unknown_title_is_asked_for_again_in_time_though_the_list_was_put_in_order(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 2, 99_999_999), is_ordered=True))
    await running.settled()
    running.move_clock(timedelta(days=29))
    await running.want(wanted(version=2, items=movies(2, 1, 99_999_999), is_ordered=True))
    await running.settled()
    assert await ids_on(admin) == [2, 1]
    noted_at = await running.pool.fetchval("SELECT noted_at FROM ledger WHERE state = 'not_found'")
    assert running.clock() - noted_at > timedelta(days=28)
