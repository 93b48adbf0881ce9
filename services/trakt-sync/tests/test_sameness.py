"""Sameness is Trakt's: a title under another id stays where it is, and one odd title keeps no others away."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from chassis.testing import eventually
from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.shipped import shipped_titles
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, movies, synced_by_hand, wanted
from watchbuddy_contracts import Item, ItemIds, TraktListSynced, TraktSyncFailed

HEAT_IMDB = Item(media_type="movie", ids=ItemIds(imdb="tt0113277"))
HEAT_TMDB = Item(media_type="movie", ids=ItemIds(tmdb=949))
ITEMS = "/users/*/lists/*/items"


def films(count: int) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return films by their imdb ids, and the same by their tmdb ids."""
    rows = [row for row in shipped_titles() if row.kind is Kind.MOVIE and row.imdb and row.tmdb][:count]
    by_imdb = tuple(Item(media_type="movie", ids=ItemIds(imdb=row.imdb)) for row in rows)
    return by_imdb, tuple(Item(media_type="movie", ids=ItemIds(tmdb=row.tmdb)) for row in rows)


async def shown(admin: SimulatorAdmin) -> list[list[object]]:
    return [[item.ids["trakt"] for item in one.items] for one in await admin.lists_of("ada")]


@asynccontextmanager
async def never_missing(admin: SimulatorAdmin, titles: Iterable[object]) -> AsyncIterator[None]:
    """Watch the list on Trakt: none of the titles leaves it meanwhile."""
    wanted_ids = set(titles)
    missing: list[set[object]] = []

    async def watch() -> None:
        while True:
            (ids,) = await shown(admin)
            missing.append(wanted_ids - set(ids))
            await asyncio.sleep(0.01)  # how often it looks, until it is cancelled

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
    assert missing
    assert not set().union(*missing)


@pytest.mark.parametrize("window", [timedelta(0), timedelta(minutes=5)], ids=["fresh reads", "reads may be old"])
async def test_films_that_are_named_by_other_ids_stay(
    dsn: str, simulator_url: str, admin: SimulatorAdmin, window: timedelta
) -> None:
    by_imdb, by_tmdb = films(30)
    async with harness(dsn, simulator_url, trakt_stale_window=window) as running:
        await running.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with running.worker():
            await running.want(wanted(items=by_imdb))
            await running.settled()
            (before,) = await shown(admin)
            async with never_missing(admin, before):
                await running.want(wanted(version=2, items=by_tmdb))
                await running.settled()
            assert await shown(admin) == [before]
            *_, synced = await running.events(TraktListSynced)
            assert (synced.added, synced.removed, synced.unchanged) == (0, 0, 30)
            assert await admin.requests(path="/users/me/lists/*/items/remove") == []


async def test_a_film_that_is_wanted_twice_stays_while_one_of_its_ids_does(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=(HEAT_IMDB, HEAT_TMDB)))
    await running.settled()
    (before,) = await shown(admin)
    async with never_missing(admin, before):
        await running.want(wanted(version=2, items=(HEAT_IMDB,)))
        await running.settled()
    assert (await shown(admin), len(before)) == ([before], 1)
    await running.want(wanted(version=3))
    await running.settled()
    assert await shown(admin) == [[]]


@pytest.mark.parametrize("status", [400, 500])
async def test_one_title_that_trakt_cannot_bear_keeps_no_other_away(
    running: Harness, admin: SimulatorAdmin, status: int
) -> None:
    await admin.fault("status", method="POST", path=ITEMS, status=status, ids={"trakt": 13}, times=None)
    await running.want(wanted(items=movies(*range(1, 31))))
    await running.settled(within_s=60)
    assert await shown(admin) == [[number for number in range(1, 31) if number != 13]]
    *_, synced = await running.events(TraktListSynced)
    assert synced.rejected == movies(13)
    told = [event.reason for event in await running.events(TraktSyncFailed)]
    assert told == ([] if status == 400 else ["network"])  # a 500 is first taken for one that passes


async def test_a_row_that_trakt_does_not_take_off_is_told_and_not_tried_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    fault = await admin.fault("unremovable", path="/users/*/lists/*/items/remove", ids={"trakt": 2}, times=None)
    await running.want(wanted(version=2, items=movies(1)))
    await running.settled()
    *_, synced = await running.events(TraktListSynced)
    assert (synced.removed, synced.not_removed) == (1, movies(2))
    removals = len(await admin.requests(path="/users/me/lists/*/items/remove"))
    await running.want(wanted(version=3, items=movies(1, 4)))
    await running.settled()
    assert await shown(admin) == [[1, 2, 4]]
    assert len(await admin.requests(path="/users/me/lists/*/items/remove")) == removals
    await admin.remove_fault(fault)
    await running.want(synced_by_hand(3))  # its owner asks for it again
    await eventually(partial(shown, admin), until=lambda lists: lists == [[1, 4]])
