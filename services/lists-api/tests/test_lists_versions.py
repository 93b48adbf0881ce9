"""What changed a list, and the way back."""

import asyncio
from typing import Any

from lists_api.testing import Api, movies, tmdb_ids


async def versions(api: Api, list_id: int) -> list[dict[str, Any]]:
    response = await api.call("GET", f"/api/lists/{list_id}/versions")
    assert response.status_code == 200, response.text
    known: list[dict[str, Any]] = response.json()["versions"]
    return known


async def pins_of(api: Api, list_id: int) -> list[tuple[int, bool]]:
    page = (await api.call("GET", f"/api/lists/{list_id}/items?limit=100")).json()
    return [(item["ids"]["tmdb"], item["is_pinned"]) for item in page["items"]]


async def items_of(api: Api, list_id: int) -> list[int]:
    return [tmdb for tmdb, _ in await pins_of(api, list_id)]


async def test_each_version_says_what_changed_and_why(api: Api) -> None:
    made = await api.create(items=movies(1, 2, 3))
    path = f"/api/lists/{made['id']}"
    await api.call("PUT", f"{path}/items", json={"items": movies(3, 1, 9)})
    await api.call("PATCH", path, json={"title": "Capers", "privacy": "friends"})
    await api.call("POST", f"{path}/versions/1/restore")
    restored, renamed, edited, first = await versions(api, made["id"])
    assert [one["cause"] for one in (restored, renamed, edited, first)] == ["restored", "edited", "edited", "created"]
    assert (edited["added_count"], edited["removed_count"]) == (1, 1)
    assert ([one["ids"]["tmdb"] for one in edited["added"]], edited["item_count"]) == ([9], 3)
    assert (renamed["changed"], renamed["title"]) == (["title", "privacy"], "Capers")
    assert restored["version"] == 4


async def test_a_restored_version_has_its_items_in_their_order_and_is_a_new_version_for_trakt(api: Api) -> None:
    made = await api.create(items=movies(1, 2, 3))
    path = f"/api/lists/{made['id']}"
    await api.call("DELETE", f"{path}/items", json={"items": movies(2)})
    await api.call("POST", f"{path}/items", json={"items": movies(8)})
    await api.call("PUT", f"{path}/items", json={"items": []})
    for version, expected in ((1, [1, 2, 3]), (2, [1, 3]), (3, [1, 3, 8]), (4, []), (5, [1, 2, 3])):
        answer = await api.call("POST", f"{path}/versions/{version}/restore")
        assert answer.status_code == 200
        assert await items_of(api, made["id"]) == expected
        event = (await api.outbox(made["id"]))[-1].event
        assert tmdb_ids(event) == expected


async def test_restoring_what_the_list_is_changes_nothing(api: Api) -> None:
    made = await api.create(items=movies(1))
    answer = await api.call("POST", f"/api/lists/{made['id']}/versions/1/restore")
    assert (answer.json()["version"], len(await api.outbox())) == (1, 1)


async def test_the_last_twenty_versions_are_kept(api: Api) -> None:
    made = await api.create()
    for number in range(1, 31):
        await api.call("POST", f"/api/lists/{made['id']}/items", json={"items": movies(number)})
    known = await versions(api, made["id"])
    assert [one["version"] for one in known] == list(range(31, 11, -1))
    path = f"/api/lists/{made['id']}/versions"
    assert (await api.call("POST", f"{path}/11/restore")).status_code == 404
    assert (await api.call("POST", f"{path}/99/restore")).status_code == 404
    assert (await api.call("POST", f"{path}/12/restore")).status_code == 200
    assert await items_of(api, made["id"]) == list(range(1, 12))


async def test_pins_come_back_with_the_version_that_had_them(api: Api) -> None:
    body = {"list_type": "custom", "title": "Mine", "filters": {}, "items": movies(1, 2)}
    made = (await api.call("POST", "/api/lists", json=body)).json()
    await api.call("DELETE", f"/api/lists/{made['id']}/items", json={"items": movies(1)})
    await api.call("POST", f"/api/lists/{made['id']}/versions/1/restore")
    assert await pins_of(api, made["id"]) == [(1, True), (2, True)]


async def test_what_is_unpinned_is_a_version_in_which_no_title_came_or_left_and_is_pinned_again_by_going_back(
    api: Api,
) -> None:
    body = {"list_type": "custom", "title": "Mine", "filters": {}, "items": movies(1, 2, 3)}
    made = (await api.call("POST", "/api/lists", json=body)).json()
    path = f"/api/lists/{made['id']}"
    await api.call("DELETE", f"{path}/pins", json={"items": movies(1)})
    [unpinned, _] = await versions(api, made["id"])
    assert (unpinned["cause"], unpinned["added_count"], unpinned["removed_count"]) == ("edited", 0, 0)
    assert (unpinned["added"], unpinned["removed"], unpinned["changed"]) == ([], [], [])
    assert (unpinned["version"], unpinned["item_count"]) == (2, 3)
    assert (await api.call("POST", f"{path}/versions/1/restore")).json()["version"] == 3
    assert await pins_of(api, made["id"]) == [(1, True), (2, True), (3, True)]
    assert (await api.call("POST", f"{path}/versions/2/restore")).json()["version"] == 4
    assert await pins_of(api, made["id"]) == [(2, True), (3, True), (1, False)]
    await api.call("DELETE", f"{path}/pins", json={"items": movies(3)})  # its place stays the same
    assert await pins_of(api, made["id"]) == [(2, True), (3, False), (1, False)]
    await api.call("POST", f"{path}/versions/4/restore")
    assert await pins_of(api, made["id"]) == [(2, True), (3, True), (1, False)]


async def test_a_restore_keeps_to_if_match_and_to_its_user(api: Api) -> None:
    made = await api.create(items=movies(1))
    path = f"/api/lists/{made['id']}"
    await api.call("PUT", f"{path}/items", json={"items": movies(2)})
    stale = await api.call("POST", f"{path}/versions/1/restore", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    for method, end in (("GET", "versions"), ("POST", "versions/1/restore")):
        assert (await api.call(method, f"{path}/{end}", user="eve")).status_code == 404
    assert await items_of(api, made["id"]) == [2]


async def test_of_50_parallel_edits_of_one_version_one_wins(api: Api) -> None:
    made = await api.create(items=movies(1))
    path = f"/api/lists/{made['id']}/items"
    for version in (1, 2):
        calls = [
            api.call("POST", path, json={"items": movies(100 * version + n)}, headers={"If-Match": f'"{version}"'})
            for n in range(50)
        ]
        answers = await asyncio.gather(*calls)
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
    assert [stored.event.version for stored in await api.outbox(made["id"])] == [1, 2, 3]
