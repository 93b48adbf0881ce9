"""A list whose target is the watchlist: our titles come and go there, what its user put there stays."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
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
from trakt_sync.mirroring.views import item_views
from trakt_sync.reconciler import apply
from trakt_sync.store import views
from trakt_sync.testing import Harness, movies, shows, synced_by_hand, unwanted, wanted
from trakt_sync.testing.fakes import FakeTrakt
from trakt_sync.trakt.tokens import Tokens
from trakt_sync.use_cases import leave
from watchbuddy_contracts import (
    ListCreated,
    ListUpdated,
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


def to_watch(*numbers: int, version: int = 1, **settings: Any) -> ListCreated | ListUpdated:  # noqa: ANN401 - as `wanted`
    return wanted(version=version, title="To watch", items=movies(*numbers), **{"target": "watchlist", **settings})


def ids(*numbers: int) -> dict[str, Any]:
    return {"movies": [{"ids": {"trakt": number}} for number in numbers]}


@asynccontextmanager
async def by_hand(running: Harness, admin: SimulatorAdmin) -> AsyncIterator[httpx.AsyncClient]:
    """A client of Trakt for what ada does there, an hour after our last write."""
    running.move_clock(timedelta(hours=1))
    pair = await admin.account("ada")
    async with httpx.AsyncClient(headers=pair.headers(), base_url=str(running.settings.trakt_api_url)) as http:
        yield http


async def put_there(admin: SimulatorAdmin, *numbers: int, user: str = "ada") -> None:
    """Have titles on the watchlist before we come."""
    items = [{"type": "movie", "ids": {"trakt": number}} for number in numbers]
    await admin.seed({"username": user, "watchlist": {"items": items}})


async def there(admin: SimulatorAdmin, user: str = "ada") -> list[object]:
    watchlist = await admin.watchlist_of(user)
    assert watchlist is not None
    return [item.ids["trakt"] for item in watchlist.items]


async def sent(admin: SimulatorAdmin, since: int = 0) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in await admin.requests(since_id=since)]


async def newest(admin: SimulatorAdmin) -> int:
    return max((one.id for one in await admin.requests()), default=0)


async def states(running: Harness) -> dict[int | None, str]:
    view = await views.mirror(running.pool, "ada", 1, running.clock(), Policy())
    assert view is not None
    return {one.title.trakt: one.state for one in item_views(view.job)}


async def test_a_first_mirror_reads_the_watchlist_and_adds_to_it(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(to_watch(3, 1, 2))
    await running.settled()
    assert await there(admin) == [3, 1, 2]
    assert await admin.lists_of("ada") == []
    assert await sent(admin) == [("GET", f"{WATCHLIST}/all/rank/asc"), ("POST", WATCHLIST)]
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.added, synced.removed, synced.unchanged, synced.title) == (3, 0, 0, "To watch")
    assert await running.events(TraktListCreated, TraktListSynced, TraktSyncFailed) == []


async def test_changes_cost_their_writes_and_a_name_costs_nothing(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    before = await newest(admin)
    await running.want(to_watch(1, 3, 4, version=2))
    await running.settled()
    assert await there(admin) == [1, 3, 4]
    assert await sent(admin, before) == [("POST", WATCHLIST), ("POST", f"{WATCHLIST}/remove")]
    renamed = wanted(version=3, title="Later", privacy="private", items=movies(1, 3, 4), target="watchlist")
    await running.want(renamed)
    await running.settled()
    assert len(await sent(admin, before)) == 2


async def test_order_is_sent_where_it_is_asked_for_and_only_there(running: Harness, admin: SimulatorAdmin) -> None:
    await put_there(admin, 9, 2)
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    assert await there(admin) == [9, 2, 1, 3]  # its user's order is not ours to change
    await running.want(to_watch(1, 2, 3, version=2, order=True))
    await running.settled()
    assert await there(admin) == [1, 2, 3, 9]
    await running.want(to_watch(3, 2, 1, version=3, order=True))
    await running.settled()
    assert await there(admin) == [3, 2, 1, 9]


async def test_movies_shows_and_a_season_of_its_user_live_there_together(
    running: Harness, admin: SimulatorAdmin
) -> None:
    async with by_hand(running, admin) as http:
        season = {"shows": [{"ids": {"trakt": 5}, "seasons": [{"number": 1}]}]}
        assert (await http.post(WATCHLIST, json=season)).status_code == 201
    await running.want(wanted(items=[*shows(1), *movies(2)], target="watchlist"))
    await running.settled()
    await running.want(wanted(version=2, items=movies(2, 3), target="watchlist"))
    await running.settled()
    watchlist = await admin.watchlist_of("ada")
    assert watchlist is not None
    assert [item.type for item in watchlist.items] == ["season", "movie", "movie"]
    before = await newest(admin)
    running.move_clock(timedelta(hours=1))
    await running.audited()
    assert await sent(admin, before) == [("GET", "/sync/last_activities")]


@pytest.mark.parametrize("mode", ["mirror", "keep_extra", "add_only"])
async def test_titles_that_its_user_put_there_stay_whatever_the_mode(
    running: Harness, admin: SimulatorAdmin, mode: str
) -> None:
    await put_there(admin, 7, 8)
    await running.want(to_watch(1, 7, mode=mode))
    await running.settled()
    async with by_hand(running, admin) as http:
        await http.post(WATCHLIST, json=ids(9))
    await running.audited()
    await running.want(to_watch(2, version=2, mode=mode))
    await running.settled()
    kept = [1] if mode == "add_only" else []
    assert sorted(await there(admin)) == sorted([7, 8, 9, 2, *kept])  # type: ignore[type-var]
    assert await running.events(TraktDriftFound) == []


async def test_what_is_over_the_watchlists_limit_is_told_and_its_users_titles_keep_their_places(
    running: Harness, admin: SimulatorAdmin
) -> None:
    limits = {"lists": 5, "items_per_list": 1, "total_items": 1, "watchlist": 5}
    await admin.change_account("ada", vip=False, limits=limits)
    await put_there(admin, 7, 8, 6)
    await running.want(to_watch(1, 2, 3, 4, 6))
    await running.settled()
    assert await there(admin) == [7, 8, 6, 1, 2]
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.added, [item.ids.trakt for item in synced.left_out]) == (2, [3, 4])
    before = await newest(admin)
    await running.want(to_watch(4, 1, 2, 3, 6, version=2))
    await running.settled()
    assert await there(admin) == [7, 8, 6, 1, 4]
    assert len(await sent(admin, before)) <= 4
    await admin.change_account("ada", limits={**limits, "watchlist": 250})
    running.move_clock(timedelta(days=1, minutes=1))
    await running.sent(TraktWatchlistSynced, count=3)
    assert await there(admin) == [7, 8, 6, 1, 4, 2, 3]


async def test_a_watchlist_that_is_full_is_told_and_not_tried_again_and_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    limits = {"lists": 5, "items_per_list": 250, "total_items": 1000, "watchlist": 3}
    await admin.change_account("ada", vip=False, limits=limits)
    await put_there(admin, 7, 8, 9)
    await running.want(to_watch(1, 2))
    await running.settled()
    (synced,) = await running.events(TraktWatchlistSynced)
    assert (synced.added, len(synced.left_out)) == (0, 2)
    assert len(await admin.requests(method="POST")) <= 2


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
    before = await newest(admin)
    running.move_clock(timedelta(hours=1))
    await running.audited()
    assert await sent(admin, before) == []


async def test_what_was_taken_off_by_hand_is_put_back_and_told(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    async with by_hand(running, admin) as http:
        await http.post(f"{WATCHLIST}/remove", json=ids(2))
    await running.audited()
    assert await there(admin) == [1, 3, 2]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.kind, drift.action, drift.added) == ("items_edited", "repaired", 1)


async def test_what_was_taken_off_by_hand_is_taken_off_here_where_the_owner_wants_that(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(to_watch(1, 2, 3, when_removed="take_over"))
    await running.settled()
    async with by_hand(running, admin) as http:
        await http.post(f"{WATCHLIST}/remove", json=ids(2))
        await http.post("/sync/history", json=ids(3))
    await running.audited()
    assert await there(admin) == [1]
    (drift,) = await running.events(TraktDriftFound)
    assert (drift.action, drift.removed_items) == ("kept", movies(2, 3))


async def test_what_was_watched_stays_off_until_it_is_put_on_the_list_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await put_there(admin, 3)
    await running.want(to_watch(1, 2, 3))
    await running.settled()
    async with by_hand(running, admin) as http:
        for number in (2, 3):
            play = {"ids": {"trakt": number}, "watched_at": "2020-01-01T00:00:00.000Z"}
            await http.post("/sync/history", json={"movies": [play]})
    await running.audited()
    assert await there(admin) == [1]
    assert await states(running) == {1: "mirrored", 2: "watched", 3: "watched"}
    assert await running.events(TraktDriftFound) == []
    await running.want(synced_by_hand(1))
    await running.want(to_watch(1, 2, 3, 4, version=2))
    await running.settled()
    assert await there(admin) == [1, 4]
    await running.want(to_watch(1, version=3))
    await running.settled()
    await running.want(to_watch(1, 2, version=4))
    await running.settled()
    assert await there(admin) == [1, 2]


async def test_an_unchanged_watchlist_costs_one_more_request_and_lists_nothing_more(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(to_watch(1), wanted(2, items=movies(2)))
    await running.settled(1, 2)
    before = await newest(admin)
    for _ in range(2):
        running.move_clock(timedelta(hours=1))
        await running.audited()
    assert await sent(admin, before) == [("GET", "/users/me/lists"), ("GET", "/sync/last_activities")] * 2


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
