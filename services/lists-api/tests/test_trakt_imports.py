"""A list on Trakt becomes a list here, once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from chassis.postgres.database import Pool
from lists_api.imports.trakt import republish_imports
from lists_api.lists.republish import republish
from lists_api.lists.retention import sweep
from lists_api.testing import AT, Api, delivered, movies, tmdb_ids
from lists_api.testing_trakt_imports import ADDRESS, PATH, found, lists, read, start, unread
from watchbuddy_contracts import (
    ForeignEntries,
    ListCreated,
    TraktImportRequested,
    TraktListCreated,
)


async def test_an_import_is_asked_of_trakt_sync_in_the_transaction_that_stores_it(api: Api) -> None:
    import_id = await start(api)
    (stored,) = await api.outbox()
    assert stored.event == TraktImportRequested(
        user_id="ada", import_id=import_id, trakt_list="best-heists", owner="grace"
    )
    assert api.waker.wakes == 1
    assert await read(api, import_id) == {
        "import_id": str(import_id),
        "trakt_list": "best-heists",
        "owner": "grace",
        "list_type": "manual",
        "state": "pending",
        "reason": None,
        "detail": None,
        "retry_at": None,
        "list_id": None,
        "left_out": None,
        "requested_at": api.clock().isoformat().replace("+00:00", "Z"),
        "finished_at": None,
    }


async def test_the_list_that_is_made_is_as_on_trakt_says_where_it_came_from_and_goes_its_own_way(api: Api) -> None:
    import_id = await start(api)
    await api.receive(found(import_id, description="Plans", foreign=ForeignEntries(seasons=1, people=2), item_count=6))
    (made,) = await lists(api)
    assert (made["title"], made["description"], made["list_type"]) == ("Best heists", "Plans", "manual")
    assert (made["privacy"], made["version"], made["item_count"]) == ("private", 1, 3)
    assert made["source"] == {"kind": "trakt", "url": ADDRESS}
    assert (made["trakt_list_id"], made["mirror_state"]["state"]) == (None, "pending")  # a mirror of its own
    created = (await api.outbox(made["id"]))[0].event
    assert isinstance(created, ListCreated)
    assert tmdb_ids(created) == [3, 1, 2]
    assert created.source is not None
    assert (created.source.kind, created.source.url) == ("trakt", ADDRESS)
    answer = await read(api, import_id)
    assert (answer["state"], answer["list_id"]) == ("succeeded", made["id"])
    assert answer["left_out"] == {"seasons": 1, "episodes": 0, "people": 2, "other": 0}
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Mine"})
    assert (await lists(api))[0]["source"] == made["source"]
    assert getattr((await api.outbox(made["id"]))[-1].event, "source", None) is None


async def test_a_list_that_was_made_here_has_no_source(api: Api) -> None:
    assert (await api.create())["source"] is None


async def test_a_custom_list_has_the_titles_pinned_and_is_paused(api: Api) -> None:
    import_id = await start(api, list_type="custom")
    await api.receive(found(import_id))
    (made,) = await lists(api)
    assert (made["list_type"], made["item_count"], made["is_paused"]) == ("custom", 3, True)
    assert made["next_sync_at"] is None
    assert await api.pool.fetchval("SELECT bool_and(is_pinned) FROM list_item") is True
    second = await start(api, "other", list_type="custom")
    await api.receive(found(second, trakt_list_id=502))
    assert len(await lists(api)) == 2  # the same filters, none, are no duplicate


async def test_an_answer_that_is_delivered_ten_times_makes_one_list(api: Api) -> None:
    import_id = await start(api)
    same = delivered(found(import_id), at=AT, event_id=uuid4())
    for _ in range(5):
        await api.trakt_events.record([same])
    for _ in range(5):
        await api.receive(found(import_id))  # as under other ids
    assert len(await lists(api)) == 1


async def test_answers_in_the_wrong_order_leave_the_first_end(api: Api) -> None:
    import_id = await start(api)
    await api.receive(found(import_id), unread(import_id, "network", retry_at=AT), unread(import_id, "not_found"))
    answer = await read(api, import_id)
    assert (answer["state"], answer["reason"]) == ("succeeded", None)
    other = await start(api, "other")
    await api.receive(unread(other, "private"), found(other))
    assert ((await read(api, other))["state"], len(await lists(api))) == ("failed", 1)


async def test_answers_to_imports_that_are_unknown_or_another_users_make_nothing(api: Api) -> None:
    import_id = await start(api)
    await api.receive(found(uuid4()), found(import_id, user_id="eve"), unread(import_id, "private", user_id="eve"))
    assert (await read(api, import_id))["state"] == "pending"
    assert (await lists(api), await lists(api, "eve")) == ([], [])


async def test_nobody_reads_another_users_import(api: Api) -> None:
    import_id = await start(api)
    for path in (f"{PATH}/{import_id}", f"{PATH}/{uuid4()}"):
        response = await api.call("GET", path, user="eve")
        assert (response.status_code, response.json()["slug"]) == (404, "not-found")


async def test_an_import_that_goes_on_or_whose_list_is_there_is_given_again(api: Api) -> None:
    first = await start(api)
    for same in (ADDRESS, "http://www.trakt.tv/users/Grace/lists/best-heists?sort=rank", f"{ADDRESS}/"):
        assert await start(api, same, list_type="custom") == first
    await api.receive(found(first))
    assert await start(api) == first
    assert len([one for one in await api.outbox() if isinstance(one.event, TraktImportRequested)]) == 1
    assert await start(api, user="bob") != first


async def test_parallel_requests_are_one_import(api: Api) -> None:
    answers = await asyncio.gather(*(api.call("POST", PATH, json={"trakt_list": ADDRESS}) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["import_id"] for answer in answers}) == 1


async def test_one_list_by_its_slug_and_by_its_number_is_one_list_here(api: Api) -> None:
    by_slug, by_number = await start(api), await start(api, "501")
    await api.receive(found(by_slug), found(by_number))
    (made,) = await lists(api)
    assert [(await read(api, one))["list_id"] for one in (by_slug, by_number)] == [made["id"]] * 2


async def test_a_list_that_was_deleted_can_be_imported_again_and_so_can_one_that_failed(api: Api) -> None:
    first = await start(api)
    await api.receive(found(first))
    (made,) = await lists(api)
    await api.call("DELETE", f"/api/lists/{made['id']}")
    assert (await read(api, first))["list_id"] is None
    second = await start(api)
    await api.receive(unread(second, "private"))
    third = await start(api)
    assert len({first, second, third}) == 3
    await api.receive(found(third))
    assert len(await lists(api)) == 1


@pytest.mark.parametrize("reason", ["not_found", "private", "auth", "not_connected", "too_large", "own_mirror"])
async def test_an_import_that_failed_says_why(api: Api, reason: str) -> None:
    import_id = await start(api)
    await api.receive(unread(import_id, reason, detail="Trakt's own words"))
    answer = await read(api, import_id)
    assert (answer["state"], answer["reason"], answer["detail"]) == ("failed", reason, "Trakt's own words")
    assert answer["finished_at"] is not None
    assert await lists(api) == []


async def test_an_import_that_waits_for_trakt_goes_on(api: Api) -> None:
    import_id = await start(api)
    await api.receive(unread(import_id, "network", retry_at=AT))
    answer = await read(api, import_id)
    assert (answer["state"], answer["reason"], answer["retry_at"]) == ("pending", "network", "2026-01-02T00:00:00Z")
    assert await start(api) == import_id
    await api.receive(found(import_id))
    answer = await read(api, import_id)
    assert (answer["state"], answer["reason"], answer["retry_at"]) == ("succeeded", None, None)


async def test_an_import_without_any_answer_is_not_waited_for_for_ever(api: Api) -> None:
    first = await start(api)
    api.clock.advance(timedelta(days=3))
    assert await start(api) != first


async def test_a_mirror_of_ones_own_list_is_refused(api: Api) -> None:
    made = await api.create()
    mirrored = TraktListCreated(
        list_id=made["id"], user_id="ada", version=1, title="Heists", trakt_list_id=501, slug="heists", adopted=False
    )
    await api.receive(mirrored)
    response = await api.call("POST", PATH, json={"trakt_list": "https://trakt.tv/lists/501"})
    assert (response.status_code, response.json()["slug"]) == (409, "trakt-list-is-mirror")
    assert response.json()["list_id"] == made["id"]
    by_slug = await start(api, "heists")
    await api.receive(found(by_slug))
    assert (await read(api, by_slug))["reason"] == "own_mirror"
    assert len(await lists(api)) == 1
    await start(api, "501", user="bob")


async def test_a_failure_half_way_makes_nothing_and_the_redelivery_makes_the_list(api: Api) -> None:
    import_id = await start(api)
    event = delivered(found(import_id), at=AT, event_id=uuid4())
    await broken(api.pool, "ADD CONSTRAINT broken CHECK (state <> 'succeeded')")
    with pytest.raises(Exception, match="broken"):
        await api.trakt_events.record([event])
    assert await api.pool.fetchval("SELECT count(*) FROM list") == 0
    await broken(api.pool, "DROP CONSTRAINT broken")
    await api.trakt_events.record([event])
    assert len(await lists(api)) == 1


async def broken(pool: Pool, change: str) -> None:
    await pool.execute(f"ALTER TABLE trakt_import {change}")


async def test_republishing_sends_the_same_event_with_its_source(api: Api) -> None:
    import_id = await start(api)
    await api.receive(found(import_id))
    (made,) = await lists(api)
    (first,) = await api.outbox(made["id"])
    await api.relay_everything()
    await republish(api.pool, wake=api.waker.wake, now=api.clock)
    (again,) = await api.outbox(made["id"])
    assert (again.event_id, again.event) == (first.event_id, first.event)


async def test_an_import_without_an_answer_is_asked_for_again_under_its_own_id(api: Api) -> None:
    waiting, done = await start(api), await start(api, "other", user="bob")
    await api.receive(unread(done, "private", user_id="bob"))
    (first, _) = await api.outbox()
    await api.relay_everything()
    assert await republish_imports(api.pool, wake=api.waker.wake, now=api.clock()) == 1
    (again,) = await api.outbox()
    assert (again.event_id, again.event) == (first.event_id, first.event) == (waiting, again.event)
    api.clock.advance(timedelta(days=3))
    assert await republish_imports(api.pool, wake=api.waker.wake, now=api.clock()) == 0


async def test_old_imports_go_except_those_whose_list_is_there(api: Api) -> None:
    kept, failed = await start(api), await start(api, "other")
    await api.receive(found(kept), unread(failed, "private"))
    assert (await sweep(api.pool, api.settings, now=api.clock()))["trakt_imports"] == 0
    api.clock.advance(timedelta(days=31))
    assert (await sweep(api.pool, api.settings, now=api.clock()))["trakt_imports"] == 1
    assert (await read(api, kept))["state"] == "succeeded"


async def test_the_items_of_an_imported_list_are_edited_as_any(api: Api) -> None:
    import_id = await start(api)
    await api.receive(found(import_id))
    (made,) = await lists(api)
    response = await api.call("POST", f"/api/lists/{made['id']}/items", json={"items": movies(9)})
    assert (response.status_code, (await lists(api))[0]["item_count"]) == (200, 4)
