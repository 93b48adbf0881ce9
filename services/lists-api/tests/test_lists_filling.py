"""Lists that fill themselves: their filters, their titles, and that each is made once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from lists_api.testing import Api, movies, running_api
from watchbuddy_contracts import ListCreated, ListUpdated

NINETIES = {"genres": ["comedy"], "year_from": 1990, "year_to": 1999, "watched": "not_watched"}


async def smart(api: Api, **body: object) -> dict[str, Any]:
    response = await api.call("POST", "/api/lists", json={"list_type": "smart", "filters": NINETIES} | body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def patched(api: Api, list_id: int, **patch: object) -> dict[str, Any]:
    response = await api.call("PATCH", f"/api/lists/{list_id}", json=patch)
    assert response.status_code == 200, response.text
    edited: dict[str, Any] = response.json()
    return edited


async def test_a_smart_list_is_named_after_its_filters_and_waits_for_its_first_run(api: Api) -> None:
    made = await smart(api)
    assert made["title"] == "Unseen Comedy Movies & Shows (1990s)"
    assert (made["has_own_title"], made["status"], made["item_count"]) == (False, "queued", 0)
    assert made["next_sync_at"] == "2026-01-01T00:00:00Z"
    assert (made["item_limit"], made["sort"], made["sync_interval_hours"], made["full_sync_days"]) == (
        50,
        "rank",
        24,
        7,
    )
    (stored,) = await api.outbox(made["id"])
    assert isinstance(stored.event, ListCreated)
    assert (stored.event.title, stored.event.list_type) == (made["title"], "smart")
    assert (await api.call("GET", f"/api/lists/{made['id']}")).json() == made


async def test_other_filters_rename_the_list_and_run_it_at_once(api: Api) -> None:
    made = await smart(api, item_limit=10)
    edited = await patched(api, made["id"], filters={"media_types": ["movie"], "watched": None})
    assert edited["title"] == "Comedy Movies (1990s)"
    assert edited["filters"]["year_from"] == 1990
    assert edited["item_limit"] == 10
    event = (await api.outbox(made["id"]))[-1].event
    assert isinstance(event, ListUpdated)
    assert (event.title, event.version) == ("Comedy Movies (1990s)", 2)


async def test_the_owners_title_stays_whatever_the_filters_are_until_it_is_given_back(api: Api) -> None:
    made = await smart(api, title="Laughs")
    assert (await patched(api, made["id"], filters={"genres": ["horror"]}))["title"] == "Laughs"
    given_back = await patched(api, made["id"], title=None)
    assert (given_back["title"], given_back["has_own_title"]) == ("Unseen Horror Movies & Shows (1990s)", False)
    renamed = await patched(api, made["id"], title="Screams")
    assert (renamed["title"], renamed["has_own_title"]) == ("Screams", True)


async def test_a_custom_list_has_its_owners_title_and_cannot_give_it_back(api: Api) -> None:
    made = await smart(api, list_type="custom", title="Mine")
    assert (made["title"], made["has_own_title"]) == ("Mine", True)
    refused = await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": None})
    assert (refused.status_code, refused.json()["slug"]) == (422, "patch-refused")


async def test_an_edit_that_selects_the_same_titles_runs_nothing(api: Api) -> None:
    made = await smart(api)
    await api.pool.execute("UPDATE list SET next_sync_at = '2030-01-01Z', status = 'complete'")
    same = await patched(api, made["id"], privacy="friends", filters={"genres": ["Comedy"]})
    assert (same["next_sync_at"], same["status"], same["version"]) == ("2030-01-01T00:00:00Z", "complete", 2)


async def test_a_paused_list_is_due_never_and_again_when_it_goes_on(api: Api) -> None:
    made = await smart(api)
    assert (await patched(api, made["id"], is_paused=True))["next_sync_at"] is None
    assert (await patched(api, made["id"], is_paused=False))["next_sync_at"] == "2026-01-02T00:00:00Z"


@pytest.mark.parametrize(
    "same",
    [
        {**NINETIES, "genres": ["COMEDY", "comedy"]},
        {**NINETIES, "genre_mode": "all"},
        {**NINETIES, "media_types": ["show", "movie"]},
    ],
    ids=["another spelling", "all of one genre", "both media types"],
)
async def test_a_second_list_of_the_same_filters_is_refused_with_the_name_of_the_first(
    api: Api, same: dict[str, object]
) -> None:
    first = await smart(api)
    refused = await api.call("POST", "/api/lists", json={"list_type": "smart", "filters": same})
    assert (refused.status_code, refused.json()["slug"]) == (409, "duplicate-list")
    assert refused.json()["detail"] == (
        "A list with this configuration already exists: 'Unseen Comedy Movies & Shows (1990s)'"
    )
    assert (refused.json()["list_id"], refused.json()["list_title"]) == (first["id"], first["title"])
    assert refused.json()["title"] == "Duplicate list"


async def test_the_same_filters_are_no_duplicate_for_another_user_type_or_wish_or_after_a_deletion(api: Api) -> None:
    first = await smart(api)
    await smart(api, list_type="custom", title="Mine")
    await smart(api, allow_duplicate=True)
    other = await api.call("POST", "/api/lists", user="bob", json={"list_type": "smart", "filters": NINETIES})
    assert other.status_code == 201
    await api.call("DELETE", f"/api/lists/{first['id']}")
    await smart(api)


async def test_an_edit_into_another_lists_filters_is_refused_unless_it_is_wanted(api: Api) -> None:
    first = await smart(api)
    second = await smart(api, filters={"genres": ["horror"]})
    path = f"/api/lists/{second['id']}"
    refused = await api.call("PATCH", path, json={"filters": {**NINETIES}})
    assert (refused.status_code, refused.json()["list_id"]) == (409, first["id"])
    assert (await api.call("GET", path)).json()["version"] == 1
    wanted = await api.call("PATCH", path, json={"filters": {**NINETIES}, "allow_duplicate": True})
    assert wanted.status_code == 200


async def test_of_20_equal_lists_made_at_once_one_is_made(api: Api) -> None:
    body = {"list_type": "smart", "filters": NINETIES}
    answers = await asyncio.gather(*(api.call("POST", "/api/lists", json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19


@pytest.mark.parametrize(
    ("patch", "detail"),
    [
        ({"year_to": 1980}, "year_from must not be above year_to"),
        ({"last_years": 3}, "last_years does not go together with year_from or year_to"),
    ],
    ids=["years", "both kinds"],
)
async def test_filters_that_contradict_what_the_list_has_are_refused(
    api: Api, patch: dict[str, object], detail: str
) -> None:
    made = await smart(api)
    refused = await api.call("PATCH", f"/api/lists/{made['id']}", json={"filters": patch})
    assert (refused.status_code, refused.json()["slug"], refused.json()["detail"]) == (422, "patch-refused", detail)


async def test_pins_and_titles_that_are_kept_out_are_edited_by_hand(api: Api) -> None:
    made = await smart(api, list_type="custom", title="Mine", items=movies(1, 2))
    path = f"/api/lists/{made['id']}"
    assert (await api.call("DELETE", f"{path}/items", json={"items": movies(2, 7)})).json()["removed"] == 1
    kept_out = (await api.call("GET", f"{path}/exclusions")).json()
    assert ([item["ids"]["tmdb"] for item in kept_out["items"]], kept_out["total"]) == ([2, 7], 2)
    let_in = await api.call("DELETE", f"{path}/exclusions", json={"items": movies(7, 8)})
    assert let_in.json() == {"removed": 1, "skipped": 1, "version": 3}
    assert (await api.call("GET", f"{path}/exclusions", user="eve")).status_code == 404
    assert (await api.call("GET", f"{path}/exclusions")).json()["total"] == 1


async def test_a_title_is_unpinned_and_stays_on_the_list(api: Api) -> None:
    made = await smart(api, list_type="custom", title="Mine", items=movies(1, 2))
    path = f"/api/lists/{made['id']}"
    unpinned = await api.call("DELETE", f"{path}/pins", json={"items": movies(1, 7)}, headers={"If-Match": '"1"'})
    assert unpinned.json() == {"removed": 1, "skipped": 1, "version": 2}
    items = (await api.call("GET", f"{path}/items")).json()["items"]
    assert [(item["ids"]["tmdb"], item["is_pinned"]) for item in items] == [(2, True), (1, False)]
    late = await api.call("DELETE", f"{path}/pins", json={"items": movies(2)}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    assert (await api.call("DELETE", f"{path}/pins", user="eve", json={"items": movies(2)})).status_code == 404
    assert (await api.call("DELETE", f"{path}/pins", json={"items": []})).status_code == 422
    by_itself = f"/api/lists/{(await smart(api))['id']}/pins"
    assert (await api.call("DELETE", by_itself, json={"items": movies(2)})).status_code == 409


async def test_an_item_is_moved_to_a_rank(api: Api) -> None:
    made = await api.create(items=movies(1, 2, 3, 4))
    path = f"/api/lists/{made['id']}/items"
    moved = await api.call("POST", f"{path}/move", json={"item": movies(4)[0], "rank": 2})
    assert moved.json() == {"moved": 1, "skipped": 0, "version": 2}
    assert [item["ids"]["tmdb"] for item in (await api.call("GET", path)).json()["items"]] == [1, 4, 2, 3]
    assert (await api.call("POST", f"{path}/move", json={"item": movies(9)[0], "rank": 1})).json()["skipped"] == 1
    assert (await api.call("POST", f"{path}/move", json={"item": movies(1)[0], "rank": 1})).json()["version"] == 2


async def test_a_title_that_moves_keeps_the_day_on_which_it_came(api: Api) -> None:
    made = await api.create(items=movies(1, 2))
    before = api.clock()
    api.clock.advance(timedelta(days=1))
    await api.call("PUT", f"/api/lists/{made['id']}/items", json={"items": movies(2, 1, 3)})
    rows = await api.pool.fetch("SELECT tmdb, added_at FROM list_item ORDER BY position")
    assert [(row["tmdb"], row["added_at"]) for row in rows] == [(2, before), (1, before), (3, api.clock())]


async def test_a_free_account_makes_no_more_lists_than_its_quota_even_at_once(dsn: str) -> None:
    async with running_api(dsn, quota_free_lists=5) as api:
        await api.delete_everything()
        calls = [api.call("POST", "/api/lists", json={"title": "A", "list_type": "manual"}) for _ in range(20)]
        answers = await asyncio.gather(*calls)
        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [403] * 15
        refused = next(answer.json() for answer in answers if answer.status_code == 403)
        assert refused["detail"] == (
            "Quota exceeded: Free accounts can create up to 5 lists. Upgrade to VIP for unlimited lists."
        )
        assert (refused["slug"], refused["limit"]) == ("quota-exceeded", 5)
        made = next(answer.json() for answer in answers if answer.status_code == 201)
        await api.call("DELETE", f"/api/lists/{made['id']}")
        await api.create()


async def test_a_list_has_no_more_items_than_the_quota(dsn: str) -> None:
    async with running_api(dsn, quota_free_items=3) as api:
        await api.delete_everything()
        assert (await api.call("POST", "/api/lists", json=manual(movies(1, 2, 3, 4)))).status_code == 403
        made = await api.create(items=movies(1, 2, 3))
        path = f"/api/lists/{made['id']}/items"
        refused = await api.call("POST", path, json={"items": movies(4)})
        assert refused.json()["detail"] == "Quota exceeded: Free accounts can have up to 3 items per list."
        assert (await api.call("GET", path)).json()["total"] == 3
        assert (await api.call("DELETE", path, json={"items": movies(1)})).status_code == 200


async def test_a_list_is_not_to_fill_itself_beyond_the_quota(dsn: str) -> None:
    async with running_api(dsn, quota_free_items=30) as api:
        await api.delete_everything()
        assert (await smart(api))["item_limit"] == 30  # the usual one is 50
        much = {"list_type": "smart", "filters": {"genres": ["horror"]}, "item_limit": 31}
        assert (await api.call("POST", "/api/lists", json=much)).json()["slug"] == "quota-exceeded"
        made = (await api.call("POST", "/api/lists", json=much | {"item_limit": 20})).json()
        path = f"/api/lists/{made['id']}"
        refused = await api.call("PATCH", path, json={"item_limit": 31})
        assert refused.json()["detail"] == "Quota exceeded: Free accounts can have up to 30 items per list."
        assert (await api.call("PATCH", path, json={"item_limit": 30})).json()["version"] == 2


async def test_a_list_larger_than_a_later_quota_may_shrink(dsn: str, api: Api) -> None:
    made = await smart(api, item_limit=40)
    async with running_api(dsn, quota_free_items=30) as small:
        path = f"/api/lists/{made['id']}"
        assert (await small.call("PATCH", path, json={"item_limit": 35})).status_code == 200
        assert (await small.call("PATCH", path, json={"item_limit": 36})).status_code == 403


def manual(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": "Heists", "list_type": "manual", "items": items}
