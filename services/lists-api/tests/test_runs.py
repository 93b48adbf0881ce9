from datetime import timedelta
from typing import Any

import pytest

from lists_api.testing import movies, tmdb_ids
from lists_api.testing_runs import World
from watchbuddy_contracts import ListRunChanged, ListSynced, ListSyncUnchanged, TraktListSynced

DAY = timedelta(days=1)


async def test_a_new_list_is_filled_by_the_scheduler_at_once(world: World) -> None:
    list_id = await world.make()
    assert (await world.show(list_id))["status"] == "queued"
    await world.work_off()
    made = await world.show(list_id)
    assert (made["status"], made["version"], made["item_count"]) == ("complete", 2, 3)
    assert await world.items(list_id) == [1, 2, 3]
    (run,) = await world.runs(list_id)
    assert (run["state"], run["trigger"], run["is_full"], run["version"]) == ("succeeded", "auto", True, 2)
    assert (run["updated"], run["removed"], run["total"]) == (3, 0, 3)
    assert await world.events(list_id) == ["ListCreated", "ListSyncStarted", "ListSynced", "ListRunChanged"]
    synced = (await world.api.outbox(list_id))[2].event
    assert isinstance(synced, ListSynced)
    assert (tmdb_ids(synced), synced.version, synced.updated, synced.trigger) == ([1, 2, 3], 2, 3, "auto")


async def test_items_have_scores_and_explanations(world: World) -> None:
    list_id = await world.make_filled()
    rows = await world.api.pool.fetch(
        "SELECT tmdb, score, explanation FROM list_item WHERE list_id = $1 ORDER BY position", list_id
    )
    assert [tuple(row) for row in rows] == [(1, 999, "place 1"), (2, 998, "place 2"), (3, 997, "place 3")]


async def test_a_run_that_changes_nothing_tells_the_reasons_of_today(world: World) -> None:
    list_id = await world.make_filled()
    before, events = await world.show(list_id), await world.events(list_id)
    world.catalogue.reasons = {2: "you liked one like it"}
    world.api.clock.advance(DAY)
    await world.work_off()
    items = (await world.read(f"/api/lists/{list_id}/items"))["items"]
    assert [item["explanation"] for item in items] == ["place 1", "you liked one like it", "place 3"]
    assert (await world.show(list_id))["version"] == before["version"]
    assert await world.events(list_id) == events


async def test_a_sync_is_answered_with_a_run_that_waits_and_says_how_far_it_is(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id, "?force_full=true")
    run = await world.read(url)
    assert (run["state"], run["step"], run["percent"], run["total"]) == ("queued", None, 0, None)
    assert (await world.show(list_id))["status"] == "queued"
    await world.work_off()
    run = await world.read(url)
    assert (run["state"], run["percent"], run["is_full"], run["trigger"]) == ("succeeded", 100, True, "manual")
    told = [one.event for one in await world.api.outbox(list_id) if isinstance(one.event, ListRunChanged)][1:]
    assert [(event.state, event.step, event.percent) for event in told] == [
        ("queued", None, 0),
        ("running", "candidates", 10),
        ("running", "scoring", 50),
        ("running", "saving", 80),
        ("succeeded", None, 100),
    ]


async def test_d31_progress_is_in_the_row_while_a_run_goes_on(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id, "?force_full=true")
    seen: list[Any] = []

    async def look() -> None:
        run, made = await world.read(url), await world.show(list_id)
        seen.append((run["state"], run["step"], run["percent"], made["status"]))

    world.catalogue.while_it_looks = look
    await world.work_off()
    assert seen == [("running", "candidates", 10, "syncing")]


@pytest.mark.parametrize(
    ("query", "later", "is_full"),
    [
        ("?force_full=true", timedelta(0), True),
        ("", timedelta(0), None),
        ("", DAY, False),
        ("", 8 * DAY, True),
    ],
    ids=["forced", "not due", "due", "last full run too old"],
)
async def test_l8_a_run_is_full_incremental_or_a_skip(
    world: World, query: str, later: timedelta, is_full: bool | None
) -> None:
    list_id = await world.make_filled()
    world.api.clock.advance(later)
    assert (await world.run_now(list_id, query))["is_full"] is is_full


async def test_d16_a_skip_changes_no_state_and_postpones_nothing(world: World) -> None:
    list_id = await world.make_filled()
    await world.api.receive(in_sync(list_id))
    before, events = await world.show(list_id), await world.events(list_id)
    for _ in range(3):
        world.api.clock.advance(timedelta(hours=6))
        run = await world.run_now(list_id)
        assert (run["state"], run["is_full"], run["version"], run["updated"]) == ("succeeded", None, None, 0)
    assert await world.show(list_id) == before
    assert set((await world.events(list_id))[len(events) :]) == {"ListSyncUnchanged", "ListRunChanged"}
    world.api.clock.advance(timedelta(hours=6))
    await world.work_off()
    assert (await world.show(list_id))["last_sync_at"] != before["last_sync_at"]


@pytest.mark.parametrize(
    ("query", "reason"), [("", "not_due"), ("?force_full=true", "same"), ("?watched_only=true", "same")]
)
async def test_who_asked_for_a_run_is_told_that_it_changed_nothing(world: World, query: str, reason: str) -> None:
    list_id = await world.make_filled()
    await world.api.receive(in_sync(list_id))
    await world.run_now(list_id, query)
    told = [one.event for one in await world.api.outbox(list_id) if isinstance(one.event, ListSyncUnchanged)]
    assert [(event.reason, event.version) for event in told] == [(reason, 2)]


async def test_a_full_run_ranks_anew_and_an_incremental_one_keeps_what_still_fits(world: World) -> None:
    list_id = await world.make_filled()
    world.catalogue.best = [9, 8, 3, 1, 7]  # 2 fits no longer; 9 and 8 are better than 1
    world.api.clock.advance(DAY)
    run = await world.run_now(list_id)
    assert (run["is_full"], run["updated"], run["removed"], run["total"]) == (False, 1, 1, 3)
    assert await world.items(list_id) == [9, 3, 1]
    run = await world.run_now(list_id, "?force_full=true")
    assert (run["is_full"], run["updated"], run["removed"]) == (True, 1, 1)
    assert await world.items(list_id) == [9, 8, 3]


async def test_a_run_that_changes_nothing_writes_a_run_and_nothing_else(world: World) -> None:
    list_id = await world.make_filled()
    await world.api.receive(in_sync(list_id))
    before, events = await world.show(list_id), await world.events(list_id)
    world.api.clock.advance(DAY)
    await world.work_off()
    after = await world.show(list_id)
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])
    assert after["last_sync_at"] != before["last_sync_at"]
    assert await world.events(list_id) == events
    run = (await world.runs(list_id))[0]
    assert (run["state"], run["trigger"], run["version"], run["updated"]) == ("succeeded", "auto", None, 0)


async def test_l27_a_list_without_a_trakt_list_is_sent_when_its_owner_asks(world: World) -> None:
    list_id = await world.make_filled()
    run = await world.run_now(list_id)
    assert (run["is_full"], run["version"], run["updated"]) == (None, 3, 0)
    assert (await world.events(list_id))[-2:] == ["ListSynced", "ListRunChanged"]
    await world.api.receive(in_sync(list_id, version=3))
    assert (await world.run_now(list_id))["version"] is None
    assert (await world.show(list_id))["version"] == 3


async def test_a_manual_list_that_is_on_trakt_is_not_sent_again(world: World) -> None:
    made = await world.api.create(items=movies(1, 2))
    await world.api.receive(in_sync(made["id"], version=1))
    assert (await world.run_now(made["id"]))["version"] is None
    assert (await world.show(made["id"]))["version"] == 1


async def test_pins_stand_first_and_exclusions_stay_out(world: World) -> None:
    list_id = await world.make_filled(list_type="custom", items=movies(77))
    assert await world.items(list_id) == [77, 1, 2]
    await world.api.call("DELETE", f"/api/lists/{list_id}/items", json={"items": movies(1)})
    await world.work_off()
    assert await world.items(list_id) == [77, 2, 3]
    await world.run_now(list_id, "?force_full=true")
    assert await world.items(list_id) == [77, 2, 3]


async def test_l22_a_watched_title_leaves_the_list_at_the_next_run_pinned_or_not(world: World) -> None:
    list_id = await world.make_filled(list_type="custom", items=movies(77), exclude_watched=True)
    world.catalogue.seen = [77, 2]
    world.api.clock.advance(DAY)
    await world.work_off()
    assert await world.items(list_id) == [1, 3, 4]


async def test_a_watched_only_run_reads_no_candidates_and_leaves_the_schedule_alone(world: World) -> None:
    list_id = await world.make_filled(exclude_watched=True)
    before, looked = await world.show(list_id), len(world.catalogue.wishes)
    world.catalogue.seen = [2]
    run = await world.run_now(list_id, "?watched_only=true")
    assert (run["trigger"], run["is_full"], run["updated"], run["removed"]) == ("watched_only", None, 0, 1)
    assert await world.items(list_id) == [1, 3]
    after = await world.show(list_id)
    assert (after["next_sync_at"], after["last_sync_at"]) == (before["next_sync_at"], before["last_sync_at"])
    assert len(world.catalogue.wishes) == looked


async def test_l24_without_candidates_the_items_stay_and_the_user_hears_it_once(world: World) -> None:
    list_id = await world.make_filled()
    world.catalogue.best = []
    for _ in range(3):
        world.api.clock.advance(DAY)
        await world.work_off()
    made = await world.show(list_id)
    assert (made["status"], made["item_count"], made["version"]) == ("no_candidates", 3, 2)
    assert await world.items(list_id) == [1, 2, 3]
    assert (await world.events(list_id)).count("ListSyncFailed") == 1
    assert [run["state"] for run in await world.runs(list_id)] == ["no_candidates"] * 3 + ["succeeded"]
    world.catalogue.best = [1, 2, 3]
    world.api.clock.advance(DAY)
    await world.work_off()
    assert (await world.show(list_id))["status"] == "complete"


async def test_d17_the_lists_own_titles_are_candidates_too(world: World) -> None:
    list_id = await world.make_filled()
    for _ in range(3):
        world.api.clock.advance(8 * DAY)
        await world.work_off()
    assert await world.items(list_id) == [1, 2, 3]
    assert (await world.show(list_id))["version"] == 2


async def test_a_title_that_names_years_follows_them(world: World) -> None:
    list_id = await world.make_filled(title=None, filters={"last_years": 3})
    assert (await world.show(list_id))["title"] == "Movies & Shows (2024-2026)"
    world.api.clock.advance(365 * DAY)
    await world.work_off()
    made = await world.show(list_id)
    assert (made["title"], made["version"]) == ("Movies & Shows (2025-2027)", 3)


async def test_an_edit_while_a_run_looks_is_not_overwritten(world: World) -> None:
    list_id = await world.make_filled()
    url = await world.sync(list_id, "?force_full=true")

    async def edit() -> None:
        await world.api.call("PATCH", f"/api/lists/{list_id}", json={"item_limit": 2})

    world.catalogue.while_it_looks = edit
    await world.work_off()
    assert await world.items(list_id) == [1, 2]
    assert (await world.read(url))["total"] == 2


async def test_a_rename_while_a_run_looks_costs_no_second_look(world: World) -> None:
    list_id = await world.make()

    async def edit() -> None:
        await world.api.call("PATCH", f"/api/lists/{list_id}", json={"title": "Mine"})

    world.catalogue.while_it_looks = edit
    await world.work_off()
    made = await world.show(list_id)
    assert (made["title"], made["item_count"], len(world.catalogue.wishes)) == ("Mine", 3, 1)


async def test_a_list_that_is_deleted_while_a_run_looks_stays_deleted(world: World) -> None:
    list_id = await world.make()

    async def delete() -> None:
        await world.api.call("DELETE", f"/api/lists/{list_id}")

    world.catalogue.while_it_looks = delete
    await world.work_off()
    assert (await world.api.call("GET", f"/api/lists/{list_id}")).status_code == 404
    assert (await world.events(list_id))[-1] == "ListDeleted"
    states = await world.api.pool.fetch("SELECT state FROM sync_run WHERE list_id = $1", list_id)
    assert [row["state"] for row in states] == ["cancelled"]


async def test_a_reader_that_has_the_list_gets_it_anew_when_its_status_changes(world: World) -> None:
    list_id = await world.make()
    tags = []
    for act in (None, world.work_off, lambda: world.sync(list_id), world.work_off):
        if act is not None:
            await act()
        tags.append((await world.api.call("GET", f"/api/lists/{list_id}")).headers["etag"])
    assert len(set(tags)) == len(tags)


def in_sync(list_id: int, version: int = 2) -> TraktListSynced:
    return TraktListSynced(
        list_id=list_id,
        user_id="ada",
        version=version,
        title="Best",
        trakt_list_id=500 + list_id,
        added=0,
        removed=0,
        unchanged=0,
    )
