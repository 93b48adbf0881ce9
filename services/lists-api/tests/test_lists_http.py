"""Lists and their items over HTTP: made, read, edited, deleted, each change with its event."""

from datetime import timedelta
from typing import Any

import pytest

from lists_api.testing import Api, movies, tmdb_ids
from watchbuddy_contracts import (
    ListCreated,
    ListDeleted,
    ListRunChanged,
    ListSynced,
    ListSyncStarted,
    ListUpdated,
    TraktListCreated,
)

MIRROR = {
    "display_numbers": True,
    "allow_comments": False,
    "order": False,
    "mode": "mirror",
    "when_deleted": "recreate",
    "when_changed": "restore",
    "when_removed": "restore",
    "target": "list",
}


async def test_a_list_is_made_with_its_event_and_the_relay_is_woken(api: Api) -> None:
    response = await api.call(
        "POST",
        "/api/lists",
        json={
            "title": "  Heists ",
            "list_type": "manual",
            "description": "Mine",
            "privacy": "friends",
            "mirror": {"order": True},
            "items": [*movies(603), {"media_type": "show", "ids": {"trakt": 1, "imdb": "tt0903747"}}],
        },
    )
    assert response.status_code == 201
    made = response.json()
    assert response.headers["location"] == f"/api/lists/{made['id']}"
    assert response.headers["etag"] == '"1"'
    assert made == {
        "id": made["id"],
        "title": "Heists",
        "list_type": "manual",
        "description": "Mine",
        "privacy": "friends",
        "mirror": MIRROR | {"order": True},
        "version": 1,
        "status": "complete",
        "item_count": 2,
        "trakt_list_id": None,
        "mirror_state": {
            "state": "pending",
            "version": None,
            "reason": "not_connected",
            "retry_at": None,
            "at": None,
            "not_found": 0,
            "left_out": 0,
            "rejected": 0,
            "not_removed": 0,
        },
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "last_sync_at": None,
        "next_sync_at": None,
        "has_own_title": True,
        "filters": None,
        "item_limit": None,
        "sort": None,
        "exclude_watched": None,
        "sync_interval_hours": None,
        "full_sync_days": None,
        "is_paused": None,
        "source": None,
    }
    (stored,) = await api.outbox()
    assert isinstance(stored.event, ListCreated)
    assert (stored.event.list_id, stored.event.user_id, stored.event.version) == (made["id"], "ada", 1)
    assert stored.headers["ce_source"] == "/lists-api"
    assert [item.model_dump(exclude_none=True) for item in stored.event.items] == [
        {"media_type": "movie", "ids": {"tmdb": 603}},
        {"media_type": "show", "ids": {"trakt": 1, "imdb": "tt0903747"}},
    ]
    assert api.waker.wakes == 1


FILTERS = {"genres": ["comedy"], "year_from": 1990, "min_rating": 6.5}


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Heists", "list_type": "manual", "items": movies(1, 2), "mirror": {"order": True}},
        {"list_type": "smart", "filters": FILTERS, "item_limit": 7, "sort": "year", "is_paused": True},
        {"title": "Mine", "list_type": "custom", "filters": {}, "privacy": "public", "description": "All of it"},
    ],
    ids=lambda body: body["list_type"],
)
async def test_a_list_is_the_same_in_every_response(api: Api, body: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "a key"}
    made = await api.call("POST", "/api/lists", json=body, headers=key)
    path = made.headers["location"]
    repeated = await api.call("POST", "/api/lists", json=body, headers=key)
    read = await api.call("GET", path)
    assert made.content == repeated.content == read.content
    assert made.headers["etag"] == repeated.headers["etag"] == read.headers["etag"] == '"1"'
    assert (await api.call("GET", "/api/lists")).json()["lists"] == [made.json()]

    head = {"list_id": made.json()["id"], "user_id": "ada", "version": 1, "title": made.json()["title"]}
    await api.receive(TraktListCreated(**head, trakt_list_id=501, slug="heists", adopted=False))
    edited = await api.call("PATCH", path, json={"privacy": "link"})
    read = await api.call("GET", path)
    assert edited.content == read.content
    assert edited.headers["etag"] == read.headers["etag"] == '"2-2"'
    assert read.json()["trakt_list_id"] == 501
    assert (await api.call("GET", "/api/lists")).json()["lists"] == [read.json()]


async def test_an_index_has_the_users_own_lists_newest_first_page_by_page(api: Api) -> None:
    ids = [(await api.create(title=f"List {number}"))["id"] for number in range(5)]
    await api.create(user="eve")
    first = (await api.call("GET", "/api/lists?limit=2")).json()
    assert ([one["id"] for one in first["lists"]], first["page"], first["limit"], first["total"]) == (
        ids[:2:-1],
        1,
        2,
        5,
    )
    last = (await api.call("GET", "/api/lists?limit=2&page=3")).json()
    assert [one["id"] for one in last["lists"]] == ids[:1]
    beyond = (await api.call("GET", "/api/lists?page=9")).json()
    assert (beyond["lists"], beyond["total"]) == ([], 5)
    nobodys = (await api.call("GET", "/api/lists", user="new")).json()
    assert (nobodys["lists"], nobodys["total"]) == ([], 0)


async def test_an_edit_is_partial_and_makes_one_event(api: Api) -> None:
    made = await api.create(description="Mine", items=movies(1))
    api.clock.advance(timedelta(minutes=1))
    response = await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers", "description": None})
    assert response.status_code == 200
    assert response.headers["etag"] == '"2"'
    assert response.json() == made | {
        "title": "Capers",
        "description": None,
        "version": 2,
        "updated_at": "2026-01-01T00:01:00Z",
    }
    _, edited = await api.outbox()
    assert isinstance(edited.event, ListUpdated)
    assert (edited.event.version, edited.event.title, tmdb_ids(edited.event)) == (2, "Capers", [1])


async def test_an_edit_of_a_mirror_setting_keeps_the_others(api: Api) -> None:
    made = await api.create(mirror={"display_numbers": False})
    response = await api.call("PATCH", f"/api/lists/{made['id']}", json={"mirror": {"allow_comments": True}})
    assert response.json()["mirror"] == MIRROR | {"display_numbers": False, "allow_comments": True}


async def test_an_edit_that_changes_nothing_leaves_version_and_outbox_alone(api: Api) -> None:
    made = await api.create(items=movies(1))
    path = f"/api/lists/{made['id']}"
    api.clock.advance(timedelta(minutes=1))
    assert (await api.call("PATCH", path, json={"title": "Heists"})).json() == made
    assert (await api.call("PATCH", path, json={})).json() == made
    assert (await api.call("PUT", f"{path}/items", json={"items": movies(1)})).json()["version"] == 1
    assert len(await api.outbox()) == 1
    assert api.waker.wakes == 1


async def test_a_deleted_list_is_gone_from_every_read_and_has_one_event(api: Api) -> None:
    made = await api.create(items=movies(1))
    path = f"/api/lists/{made['id']}"
    run = (await api.call("POST", f"{path}/sync")).json()["status_url"]
    await api.work_off()
    assert (await api.call("DELETE", path)).status_code == 204
    for method, address, body in (
        ("GET", path, None),
        ("GET", f"{path}/items", None),
        ("GET", run, None),
        ("PATCH", path, {"title": "Back"}),
        ("POST", f"{path}/items", {"items": movies(2)}),
        ("POST", f"{path}/sync", None),
        ("DELETE", path, None),
    ):
        assert (await api.call(method, address, json=body)).status_code == 404, (method, address)
    assert (await api.call("GET", "/api/lists")).json()["total"] == 0
    events = [stored.event for stored in await api.outbox() if not isinstance(stored.event, ListRunChanged)]
    assert [type(event) for event in events] == [ListCreated, ListSyncStarted, ListSynced, ListDeleted]
    assert events[-1].version == 3


async def test_items_are_added_removed_and_replaced_each_with_the_whole_state_in_its_event(api: Api) -> None:
    made = await api.create(items=movies(1, 2))
    path = f"/api/lists/{made['id']}/items"
    added = await api.call("POST", path, json={"items": movies(2, 3, 4)})
    assert (added.status_code, added.json()) == (200, {"added": 2, "skipped": 1, "version": 2})
    assert added.headers["etag"] == '"2"'
    removed = await api.call("DELETE", path, json={"items": movies(1, 9)})
    assert (removed.status_code, removed.json()) == (200, {"removed": 1, "skipped": 1, "version": 3})
    replaced = await api.call("PUT", path, json={"items": movies(4, 5, 2)})
    assert (replaced.status_code, replaced.json()) == (200, {"added": 1, "removed": 1, "skipped": 0, "version": 4})
    assert [tmdb_ids(stored.event) for stored in await api.outbox()] == [[1, 2], [1, 2, 3, 4], [2, 3, 4], [4, 5, 2]]
    page = (await api.call("GET", path)).json()
    assert [(item["rank"], item["ids"]["tmdb"]) for item in page.pop("items")] == [(1, 4), (2, 5), (3, 2)]
    assert page == {"page": 1, "limit": 25, "total": 3}
    assert (await api.call("GET", f"/api/lists/{made['id']}")).json()["item_count"] == 3


async def test_items_come_in_pages_with_their_ranks(api: Api) -> None:
    made = await api.create(items=movies(*range(1, 8)))
    page = (await api.call("GET", f"/api/lists/{made['id']}/items?page=2&limit=3")).json()
    assert [(item["rank"], item["ids"]["tmdb"]) for item in page["items"]] == [(4, 4), (5, 5), (6, 6)]
    assert page["total"] == 7
    beyond = (await api.call("GET", f"/api/lists/{made['id']}/items?page=9")).json()
    assert (beyond["items"], beyond["total"]) == ([], 7)


async def test_a_list_can_be_emptied(api: Api) -> None:
    made = await api.create(items=movies(1, 2))
    response = await api.call("PUT", f"/api/lists/{made['id']}/items", json={"items": []})
    assert response.json() == {"added": 0, "removed": 2, "skipped": 0, "version": 2}
    assert tmdb_ids((await api.outbox())[-1].event) == []


@pytest.mark.parametrize(
    ("query", "trigger"), [("", "manual"), ("?force_full=true", "manual"), ("?watched_only=true", "watched_only")]
)
async def test_a_sync_of_a_manual_list_that_trakt_lacks_is_a_run_that_pushes_it(
    api: Api, query: str, trigger: str
) -> None:
    made = await api.create(items=movies(1, 2))
    response = await api.call("POST", f"/api/lists/{made['id']}/sync{query}")
    assert response.status_code == 202
    run_id, status_url = response.json()["run_id"], response.json()["status_url"]
    assert response.headers["location"] == status_url == f"/api/lists/{made['id']}/runs/{run_id}"
    await api.work_off()
    assert (await api.call("GET", status_url)).json() == {
        "run_id": run_id,
        "list_id": made["id"],
        "state": "succeeded",
        "trigger": trigger,
        "step": None,
        "percent": 100,
        "is_full": None,
        "version": 2,
        "updated": 0,
        "removed": 0,
        "total": 2,
        "created_at": "2026-01-01T00:00:00Z",
        "started_at": "2026-01-01T00:00:00Z",
        "finished_at": "2026-01-01T00:00:00Z",
        "error": None,
    }
    read = (await api.call("GET", f"/api/lists/{made['id']}")).json()
    assert (read["version"], read["last_sync_at"]) == (2, "2026-01-01T00:00:00Z")
    events = [stored.event for stored in await api.outbox()]
    started, synced = [event for event in events if isinstance(event, ListSyncStarted | ListSynced)]
    assert isinstance(started, ListSyncStarted)
    assert isinstance(synced, ListSynced)
    assert (str(started.run_id), str(synced.run_id), synced.trigger) == (run_id, run_id, trigger)
    assert (synced.version, tmdb_ids(synced), synced.total) == (2, [1, 2], 2)
