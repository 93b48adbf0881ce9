"""How a list comes to the watchlist and leaves it again, whatever is lost on the way."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from pydantic import SecretStr

from chassis.clock import utc_now
from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.errors import TraktUnavailableError
from trakt_sync.mirroring.actions import OpenWatchlist
from trakt_sync.mirroring.desired import Desired, Details
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Progress
from trakt_sync.mirroring.references import TraktRef
from trakt_sync.mirroring.remote import RemoteItems
from trakt_sync.reconciler import apply
from trakt_sync.store import mirrors
from trakt_sync.testing import Harness, harness, movies, to_watch, unwanted, wanted
from trakt_sync.testing.fakes import DeadlyTrakt, FakeTrakt, When
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.tokens import Tokens
from trakt_sync.use_cases import leave
from watchbuddy_contracts import (
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktSyncFailed,
    TraktWatchlistSynced,
)

WATCHLIST = "/sync/watchlist"
LOST: list[dict[str, Any]] = [
    {"kind": "status", "status": 502, "after": True},
    {"kind": "status", "status": 502, "after": False},
    {"kind": "close", "after": True},
    {"kind": "truncate"},
]


async def put_there(admin: SimulatorAdmin, *numbers: int, user: str = "ada") -> None:
    """Have movies on a user's watchlist that we did not put there."""
    items = [{"type": "movie", "ids": {"trakt": number}} for number in numbers]
    await admin.seed({"username": user, "watchlist": {"items": items}})


async def there(admin: SimulatorAdmin, user: str = "ada") -> list[object]:
    watchlist = await admin.watchlist_of(user)
    return [] if watchlist is None else [item.ids["trakt"] for item in watchlist.items]


async def test_a_list_becomes_the_watchlists_and_its_trakt_list_goes(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 7)
    await running.want(to_watch(1, 2, target="list"))
    await running.settled()
    assert len(await admin.lists_of("ada")) == 1
    await running.want(to_watch(1, 2, version=2))
    await running.settled()
    assert await admin.lists_of("ada") == []
    assert await there(admin) == [7, 1, 2]
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.version, synced.added) == (2, 2)


async def test_the_watchlists_becomes_a_list_and_leaves_what_is_its_users(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await put_there(admin, 7, 2)
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    await running.want(to_watch(1, 2, 3, version=2, target="list"))
    await running.settled()
    assert await there(admin) == [7, 2]
    (made,) = await admin.lists_of("ada")
    assert (made.name, [item.ids["trakt"] for item in made.items]) == ("To watch", [1, 2, 3])
    (created,) = await running.events(TraktListCreated)
    (synced,) = await running.events(TraktListSynced)
    assert created.trakt_list_id == synced.trakt_list_id == made.ids["trakt"]
    await running.want(to_watch(1, version=3))
    await running.settled()
    assert (await there(admin), await admin.lists_of("ada")) == ([7, 2, 1], [])


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)])
async def test_a_list_takes_the_watchlist_over_from_another_one(
    running: Harness, admin: SimulatorAdmin, before: int, after: int
) -> None:
    await put_there(admin, 7)
    await running.want(wanted(before, items=movies(1, 2, 3), target="watchlist"))
    await running.settled(before)
    left = wanted(before, 2, items=movies(1, 2, 3))
    taken = wanted(after, title="Later", items=movies(2, 4), target="watchlist")
    await running.want_together(left, taken)
    await running.settled(1, 2)
    assert await there(admin) == [7, 2, 4]
    assert await running.events(TraktDriftFound) == []
    await running.want(unwanted(after))
    await running.settled(1, 2)
    assert await there(admin) == [7]


async def test_a_list_that_found_no_place_on_the_account_finds_one_on_the_watchlist(
    running: Harness, admin: SimulatorAdmin
) -> None:
    limits = {"lists": 0, "items_per_list": 250, "total_items": 1000}
    await admin.change_account("ada", vip=False, limits=limits)
    await running.want(to_watch(1, target="list"))
    await running.sent(TraktSyncFailed)
    await running.want(to_watch(1, version=2))
    await running.sent(TraktWatchlistSynced)
    assert await there(admin) == [1]


async def test_deleting_the_list_takes_off_what_we_put_there(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 7, 2)
    await running.want(to_watch(1, 2, 3, mode="add_only"))
    await running.settled()
    await running.want(unwanted(version=2, title="To watch"))
    (deleted,) = await running.sent(TraktListDeleted)
    assert (deleted.trakt_list_id, deleted.version) == (None, 2)
    await running.settled()
    assert await there(admin) == [7, 2]
    before = len(await admin.requests())
    running.move_clock(timedelta(hours=1))
    await running.audited()
    assert len(await admin.requests()) == before


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: "-".join(str(value) for value in fault.values()))
@pytest.mark.parametrize("path", [WATCHLIST, f"{WATCHLIST}/remove"])
async def test_a_lost_answer_makes_no_difference(
    running: Harness, admin: SimulatorAdmin, path: str, fault: dict[str, Any]
) -> None:
    await put_there(admin, 7)
    await running.want(to_watch(1, 2, 7))
    await running.settled()
    await admin.fault(path=path, method="POST", **fault)
    await running.want(to_watch(2, 3, version=2))
    await running.settled()
    assert await there(admin) == [7, 2, 3]
    await running.want(unwanted(version=3))
    await running.sent(TraktListDeleted)
    assert await there(admin) == [7]


async def test_a_lost_answer_to_the_first_addition_makes_our_titles_nobody_elses(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await put_there(admin, 7)
    await admin.fault("close", path=WATCHLIST, method="POST", after=True)
    await running.want(to_watch(1, 2))
    await running.settled()
    await running.want(to_watch(version=2))
    await running.settled()
    assert await there(admin) == [7]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["read_items", "add_items", "remove_items"])
async def test_whoever_is_killed_our_titles_stay_ours(
    dsn: str, simulator_url: str, admin: SimulatorAdmin, method: str, when: When
) -> None:
    await put_there(admin, 7)
    made: list[DeadlyTrakt] = []

    def wrap(real: Trakt) -> Trakt:
        made.append(DeadlyTrakt(real))
        return cast("Trakt", made[0])

    async with harness(dsn, simulator_url, trakt=wrap) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            made[0].kill_at(method, when)
            await one.want(to_watch(1, 2))
            await one.settled()
            assert await there(admin) == [7, 1, 2]
            await one.want(to_watch(2, 3, version=2))
            await one.settled()
            assert await there(admin) == [7, 2, 3]
            await one.want(unwanted(version=3))
            await one.sent(TraktListDeleted)
            assert (await there(admin), made[0].deaths_left) == ([7], 0)


async def test_nothing_is_put_on_a_watchlist_that_could_not_be_read(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 7)
    number = await admin.fault("status", status=502, path=f"{WATCHLIST}/*", method="GET", times=None)
    await running.want(to_watch(7, 20))
    await eventually(lambda: admin.requests(method="GET", path=f"{WATCHLIST}/*"), until=lambda sent: len(sent) > 2)
    await admin.remove_fault(number)
    running.move_clock(timedelta(hours=1))
    await running.settled()
    assert (await admin.requests(method="POST"))[0].body == {"movies": [{"ids": {"trakt": 20}}]}
    assert await there(admin) == [7, 20]


async def test_a_watchlist_that_was_not_read_whole_is_not_opened() -> None:
    class Short(FakeTrakt):
        async def read_items(self, token: SecretStr, list_id: TraktRef) -> RemoteItems:
            return replace(await super().read_items(token, list_id), is_complete=False)

    async def nobodys(_: Iterable[int]) -> set[int]:
        return set()

    tokens = Tokens(SecretStr("access"), SecretStr("refresh"), utc_now() + timedelta(days=7))
    job = Job(1, "ada", 1, Desired(True, Details("To watch", "")), Progress())
    with pytest.raises(TraktUnavailableError):
        await apply.read(
            Short(tokens),
            tokens.access,
            job,
            OpenWatchlist(),
            owned=nobodys,
            now=utc_now,
            policy=Policy(),
            jitter=lambda: 0.5,
        )


async def test_each_account_of_a_user_has_its_own_watchlist(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 7)
    await running.want(to_watch(1, 2))
    await running.settled()
    await put_there(admin, 1, 9, user="eve")
    await running.connect("ada", (await admin.account("eve", vip=True)).model_dump_json())
    await running.settled()
    assert (await there(admin), await there(admin, "eve")) == ([7, 1, 2], [1, 9, 2])
    await running.want(to_watch(2, version=2))
    await running.settled()
    assert (await there(admin), await there(admin, "eve")) == ([7, 1, 2], [1, 9, 2])
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await running.settled()
    assert await there(admin) == [7, 2]


async def test_a_write_that_came_late_is_looked_for_where_the_list_has_had_two_watchlists(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(to_watch(1, 2))
    await running.settled()
    await running.connect("ada", (await admin.account("eve", vip=True)).model_dump_json())
    await running.settled()
    read_after = running.clock() + timedelta(minutes=1)
    await mirrors.mark_stale(running.pool, 1, (await running.job()).trakt_list_id, read_after)
    assert await running.due_at() == read_after


async def test_who_leaves_the_account_leaves_their_own_titles_there(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 7)
    await running.want(to_watch(1, 2))
    await running.settled()
    assert await leave(running.pool, "ada", running.clock())
    running.runtime.work_waker.wake()
    (event,) = await running.sent(TraktAccountDisconnected)
    assert (event.removed_list_ids, event.lists_left) == ((1,), 0)
    assert await there(admin) == [7]
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await running.settled()
    assert await there(admin) == [7, 1, 2]
    assert await running.events(TraktDriftFound) == []


async def test_who_comes_back_half_way_has_everything_as_before(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 7)
    await running.want(to_watch(1, 2))
    await running.settled()
    number = await admin.fault("status", status=502, after=True, path=f"{WATCHLIST}/remove", times=None)
    assert await leave(running.pool, "ada", running.clock())
    running.runtime.work_waker.wake()
    await eventually(lambda: there(admin), until=lambda titles: titles == [7])
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await admin.remove_fault(number)
    await running.settled()
    await eventually(lambda: there(admin), until=lambda titles: titles == [7, 1, 2])
    assert await running.events(TraktAccountDisconnected, TraktListDeleted) == []


async def test_two_users_of_one_account_leave_each_others_titles(running: Harness, admin: SimulatorAdmin) -> None:
    await running.connect("bob", (await admin.account("ada")).model_dump_json())
    await running.want(to_watch(1, 2), wanted(2, user="bob", items=movies(2, 3), target="watchlist"))
    await running.settled(1, 2)
    assert sorted(await there(admin)) == [1, 2, 3]  # type: ignore[type-var]
    running.move_clock(timedelta(hours=1))
    await running.audited()
    await running.want(unwanted(version=2))
    await running.settled(1, 2)
    running.move_clock(timedelta(hours=1))
    await running.audited("bob")
    assert sorted(await there(admin)) == [2, 3]  # type: ignore[type-var]
