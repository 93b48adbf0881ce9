"""The main job: a list appears on Trakt, changes, and goes."""

from trakt_simulator.testing import ListState, SimulatorAdmin
from trakt_sync.testing import Harness, movies, shows, unwanted, wanted
from watchbuddy_contracts import TraktListCreated, TraktListDeleted, TraktListSynced


def places(shown: ListState) -> list[tuple[str, object]]:
    return [(item.type, item.ids["trakt"]) for item in shown.items]


async def writes(admin: SimulatorAdmin) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in await admin.requests() if request.method != "GET"]


async def test_created_list_appears_on_trakt_with_its_settings_and_items_in_order(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.want(wanted(items=[*movies(3, 1, 2), *shows(2)]))
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert (shown.name, shown.description) == ("Heists", "Custom list managed by WatchBuddy (ID: 1)")
    assert (shown.privacy, shown.display_numbers, shown.allow_comments) == ("private", True, False)
    assert places(shown) == [("movie", 3), ("movie", 1), ("movie", 2), ("show", 2)]
    (created,) = await running.events(TraktListCreated)
    (synced,) = await running.events(TraktListSynced)
    assert (created.trakt_list_id, created.adopted) == (shown.ids["trakt"], False)
    assert (synced.version, synced.added, synced.removed, synced.unchanged) == (1, 4, 0, 0)


async def test_a_thousand_items_take_five_calls(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(*range(1, 1001))))
    await running.settled()
    assert (await admin.counts()).total == 5
    (shown,) = await admin.lists_of("ada")
    assert places(shown) == [("movie", number) for number in range(1, 1001)]


async def test_ten_more_and_ten_less_take_two_calls(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(*range(1, 101))))
    await running.settled()
    await admin.clear_requests()
    await running.want(wanted(version=2, items=movies(*range(11, 111))))
    await running.settled()
    assert [path.rsplit("/", 1)[1] for _, path in await writes(admin)] == ["items", "remove"]
    assert len(await admin.requests()) == 2
    synced = (await running.events(TraktListSynced))[-1]
    assert (synced.version, synced.added, synced.removed, synced.unchanged) == (2, 10, 10, 90)


async def test_same_state_again_costs_no_call_and_is_told(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    await admin.clear_requests()
    await running.want(wanted(version=2, items=movies(2, 1)))
    await running.settled()
    assert await admin.requests() == []
    synced = (await running.events(TraktListSynced))[-1]
    assert (synced.version, synced.added, synced.removed, synced.unchanged) == (2, 0, 0, 2)


async def test_rename_is_one_put(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await admin.clear_requests()
    await running.want(wanted(version=2, title="Great heists", items=movies(1)))
    await running.settled()
    (request,) = await admin.requests()
    assert (request.method, request.body) == ("PUT", {"name": "Great heists"})
    assert (await running.events(TraktListSynced))[-1].renamed


async def test_deleted_list_is_gone_from_trakt(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    await running.want(unwanted(version=2))
    await running.settled()
    assert await admin.lists_of("ada") == []
    (deleted,) = await running.events(TraktListDeleted)
    assert (deleted.trakt_list_id, deleted.version) == (shown.ids["trakt"], 2)


async def test_movie_5_and_show_5_are_both_on_the_list(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=[*movies(5), *shows(5)]))
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert places(shown) == [("movie", 5), ("show", 5)]


async def test_an_empty_list_empties_the_trakt_list(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 2)))
    await running.settled()
    await running.want(wanted(version=2))
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert shown.items == ()


async def test_two_lists_with_one_title_are_two_trakt_lists(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(1, items=movies(1), list_type="smart"), wanted(2, items=movies(2), list_type="smart"))
    await running.settled(1, 2)
    shown = await admin.lists_of("ada")
    assert sorted(places(one) for one in shown) == [[("movie", 1)], [("movie", 2)]]
    ids = {(await running.job(list_id)).trakt_list_id for list_id in (1, 2)}
    assert ids == {one.ids["trakt"] for one in shown}


async def test_order_is_sent_when_the_list_asks_for_it(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 2, 3), is_ordered=True))
    await running.settled()
    await running.want(wanted(version=2, items=movies(4, 3, 2, 1), is_ordered=True))
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert places(shown) == [("movie", 4), ("movie", 3), ("movie", 2), ("movie", 1)]
