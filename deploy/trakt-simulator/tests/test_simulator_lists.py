"""Personal lists."""

from typing import Any

import httpx
import pytest

from trakt_simulator.testing.in_process import InProcessTrakt

DOCUMENTED_FIELDS = {
    "name", "description", "privacy", "share_link", "type", "display_numbers", "allow_comments", "sort_by", "sort_how",
    "created_at", "updated_at", "item_count", "comment_count", "likes", "ids",
}  # fmt: skip


async def make(client: httpx.AsyncClient, name: str = "Friday night", /, **fields: object) -> dict[str, Any]:
    response = await client.post("/users/me/lists", json={"name": name, **fields})
    assert response.status_code == 201
    made: dict[str, Any] = response.json()
    return made


async def test_a_new_list_has_trakts_defaults_and_no_user(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    made = await make(client)
    assert set(made) == DOCUMENTED_FIELDS
    assert made["privacy"] == "private"
    assert (made["display_numbers"], made["allow_comments"]) == (False, True)
    assert (made["sort_by"], made["sort_how"], made["type"]) == ("rank", "asc", "personal")
    assert made["ids"]["slug"] == "friday-night"
    assert made["share_link"] == f"https://trakt.tv/lists/{made['ids']['trakt']}"
    assert made["created_at"] == made["updated_at"]


async def test_the_contracts_user_in_a_new_list_is_an_option(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.admin.patch("/options", json={"user_in_created_list": True})
    assert (await make(client))["user"]["username"] == "demo"


async def test_all_fields_can_be_set_at_creation(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    wanted = {
        "description": "Made by hand",
        "privacy": "public",
        "display_numbers": True,
        "allow_comments": False,
        "sort_by": "added",
        "sort_how": "desc",
    }
    made = await make(client, **wanted)
    assert {name: made[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("[TEST]netflix x", "test-netflix-x"),
        ("Curatarr - Jason - Movies", "curatarr-jason-movies"),
        ("Amélie & Söhne", "amelie-sohne"),
        ("2024", "2024"),
    ],
)
async def test_a_slug_is_made_of_the_name(unlimited: InProcessTrakt, name: str, slug: str) -> None:
    client = await unlimited.client()
    assert (await make(client, name))["ids"]["slug"] == slug
    assert (await client.get(f"/users/me/lists/{slug}")).json()["name"] == name


async def test_two_lists_of_one_name_have_different_slugs(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    first, second = await make(client), await make(client)
    assert (first["ids"]["slug"], second["ids"]["slug"]) == ("friday-night", "friday-night-2")
    assert first["ids"]["trakt"] != second["ids"]["trakt"]


async def test_a_name_without_letters_still_has_a_slug(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    made = await make(client, "🎬🍿")
    assert made["ids"]["slug"] == str(made["ids"]["trakt"])
    assert made["name"] == "🎬🍿"


async def test_a_renamed_list_keeps_its_slug_and_moves_its_stamp(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    made = await make(client)
    unlimited.pass_time(2)
    response = await client.put("/users/me/lists/friday-night", json={"name": "Saturday"})
    assert response.status_code == 200
    changed = response.json()
    assert (changed["name"], changed["ids"]) == ("Saturday", made["ids"])
    assert changed["updated_at"] > made["updated_at"]
    assert (await client.get("/users/me/lists/friday-night")).json() == changed


async def test_a_put_that_changes_nothing_leaves_the_stamp(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    made = await make(client, description="same")
    unlimited.pass_time(2)
    response = await client.put("/users/me/lists/friday-night", json={"name": "Friday night", "description": "same"})
    assert response.json()["updated_at"] == made["updated_at"]


async def test_a_description_can_be_cleared(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await make(client, description="old")
    response = await client.put("/users/me/lists/friday-night", json={"description": None})
    assert response.json()["description"] is None


async def test_a_deleted_list_is_gone_with_its_items(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    number = (await make(client))["ids"]["trakt"]
    await client.post("/users/me/lists/friday-night/items", json={"movies": [{"ids": {"trakt": 1}}]})
    response = await client.delete("/users/me/lists/friday-night/")
    assert (response.status_code, response.content) == (204, b"")
    for path in ("friday-night", number, "friday-night/items"):
        assert (await client.get(f"/users/me/lists/{path}")).status_code == 404
    assert (await client.delete(f"/users/me/lists/{number}")).status_code == 404
    assert (await client.get("/users/me/lists")).json() == []


async def test_lists_are_paged_and_bear_their_user(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(vip=True)
    for number in range(7):
        await make(client, f"List {number}")
    response = await client.get("/users/me/lists", params={"page": 2, "limit": 3})
    assert [shown["name"] for shown in response.json()] == ["List 3", "List 4", "List 5"]
    assert response.json()[0]["user"]["ids"] == {"slug": "demo", "trakt": 1}
    pagination = {name: value for name, value in response.headers.items() if name.startswith("x-pagination")}
    assert pagination == {
        "x-pagination-page": "2",
        "x-pagination-limit": "3",
        "x-pagination-page-count": "3",
        "x-pagination-item-count": "7",
    }


async def test_a_list_tells_its_order_in_headers(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    made = await make(client, sort_by="title", sort_how="desc")
    headers = (await client.get("/users/me/lists/friday-night")).headers
    assert (headers["x-sort-by"], headers["x-sort-how"]) == ("title", "desc")
    assert headers["x-list-id"] == str(made["ids"]["trakt"])


async def test_lists_are_reordered_and_strange_ids_skipped(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    numbers = [(await make(client, name))["ids"]["trakt"] for name in ("a", "b", "c")]
    response = await client.post("/users/me/lists/reorder", json={"rank": [numbers[2], 12, numbers[0]]})
    assert response.json() == {"updated": 2, "skipped_ids": [12]}
    assert [shown["name"] for shown in (await client.get("/users/me/lists")).json()] == ["c", "a", "b"]


async def test_every_change_of_lists_moves_last_activities(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()

    async def stamp() -> str:
        activities = (await client.get("/sync/last_activities")).json()
        assert activities["all"] >= activities["lists"]["updated_at"]
        return str(activities["lists"]["updated_at"])

    seen = [await stamp()]
    for method, path, body in (
        ("POST", "", {"name": "a"}),
        ("PUT", "/a", {"name": "b"}),
        ("POST", "/a/items", {"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 2}}]}),
        ("POST", "/a/items/remove", {"movies": [{"ids": {"trakt": 1}}]}),
        ("DELETE", "/a", None),
    ):
        response = await client.request(method, f"/users/me/lists{path}", json=body)
        assert response.is_success
        seen.append(await stamp())
    assert len(set(seen)) == len(seen)
    assert seen == sorted(seen)


async def test_private_lists_are_hidden_from_others_each_endpoint_in_its_way(unlimited: InProcessTrakt) -> None:
    owner, other = await unlimited.client("ann"), await unlimited.client("bob")
    number = (await make(owner, "Secret"))["ids"]["trakt"]
    await make(owner, "Open", privacy="public")
    assert [shown["name"] for shown in (await other.get("/users/ann/lists")).json()] == ["Open"]
    assert (await other.get("/users/ann/lists/secret")).status_code == 404
    assert (await other.get("/users/ann/lists/secret/items")).status_code == 403
    assert (await other.get(f"/lists/{number}")).status_code == 404
    assert (await other.get("/users/ann/lists/open/items")).status_code == 200
    assert (await unlimited.client_without_token().get("/users/ann/lists/open")).json()["name"] == "Open"


@pytest.mark.parametrize(("status", "body"), [(200, b"[]"), (401, b""), (403, b"")])
async def test_how_private_items_are_refused_is_an_option(unlimited: InProcessTrakt, status: int, body: bytes) -> None:
    await make(await unlimited.client("ann"), "Secret")
    await unlimited.admin.patch("/options", json={"private_items_status": status})
    response = await (await unlimited.client("bob")).get("/users/ann/lists/secret/items")
    assert (response.status_code, response.content) == (status, body)


async def test_a_private_user_shows_lists_to_friends_only(unlimited: InProcessTrakt) -> None:
    owner = await unlimited.client("ann", private=True, friends=["bob"])
    await make(owner, "Open", privacy="public")
    await make(owner, "Ours", privacy="friends")
    shown = (await (await unlimited.client("bob")).get("/users/ann/lists")).json()
    assert [one["name"] for one in shown] == ["Open", "Ours"]
    refused = await (await unlimited.client("eve")).get("/users/ann/lists")
    assert (refused.status_code, refused.headers["x-private-user"]) == (401, "true")


async def test_public_lists_are_read_by_their_number(unlimited: InProcessTrakt) -> None:
    owner = await unlimited.client("ann")
    number = (await make(owner, "Open", privacy="public"))["ids"]["trakt"]
    await owner.post("/users/me/lists/open/items", json={"shows": [{"ids": {"trakt": 5}}]})
    stranger = unlimited.client_without_token()
    assert (await stranger.get(f"/lists/{number}")).json()["user"]["username"] == "ann"
    assert (await stranger.get(f"/lists/{number}/items/shows")).json()[0]["show"]["ids"]["trakt"] == 5
    assert (await stranger.get("/lists/open")).status_code == 404


async def test_nobody_changes_lists_of_others(unlimited: InProcessTrakt) -> None:
    await make(await unlimited.client("ann"), "Open", privacy="public")
    other = await unlimited.client("bob")
    assert (await other.post("/users/ann/lists", json={"name": "x"})).status_code == 403
    assert (await other.put("/users/ann/lists/open", json={"name": "x"})).status_code == 403
    assert (await other.delete("/users/ann/lists/open")).status_code == 403
    assert (await other.post("/users/ann/lists/open/items", json={})).status_code == 403


@pytest.mark.parametrize("body", [b"null", b"{}", b""])
async def test_likes_count_once_an_account_whatever_empty_body_is_sent(unlimited: InProcessTrakt, body: bytes) -> None:
    await make(await unlimited.client("ann"), "Open", privacy="public")
    other = await unlimited.client("bob")
    for _ in range(2):
        assert (await other.post("/users/ann/lists/open/like", content=body)).status_code == 204
    assert (await other.get("/users/ann/lists/open")).json()["likes"] == 1
    assert (await other.request("DELETE", "/users/ann/lists/open/like", content=body)).status_code == 204
    assert (await other.get("/users/ann/lists/open")).json()["likes"] == 0


async def test_paths_hold_the_slug_which_is_not_the_username(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client("an.kah")
    await make(client, "Open", privacy="public")
    assert (await client.get("/users/settings")).json()["user"]["ids"]["slug"] == "an-kah"
    assert (await unlimited.client_without_token().get("/users/an-kah/lists")).json()[0]["name"] == "Open"
    assert (await unlimited.client_without_token().get("/users/an.kah/lists")).status_code == 404


async def test_a_list_is_found_though_the_clock_went_back_after_it_was_made(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    made = await make(client, "Queue")
    unlimited.pass_time(-0.2)
    assert (await client.get(f"/users/me/lists/{made['ids']['trakt']}")).status_code == 200


async def test_stamps_stay_when_an_item_is_set_to_what_it_is(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(vip=True)
    await make(client, "Queue")
    await client.post("/users/me/lists/queue/items", json={"movies": [{"ids": {"trakt": 1}, "notes": "n"}]})
    path = f"/users/me/lists/queue/items/{(await client.get('/users/me/lists/queue/items')).json()[0]['id']}"

    async def stamps() -> tuple[str, str]:
        shown = (await client.get("/users/me/lists/queue")).json()
        return shown["updated_at"], (await client.get("/sync/last_activities")).json()["lists"]["updated_at"]

    before = await stamps()
    for body in ({"rank": 1}, {"rank": 5}, {"notes": "n"}, {"notes": "n", "rank": 1}):
        assert (await client.put(path, json=body)).status_code == 204
        assert await stamps() == before
    wrong: list[dict[str, object]] = [{}, {"rank": True}, {"rank": 1.5}, {"notes": 5}]
    for content in wrong:
        assert (await client.put(path, json=content)).status_code == 422
        assert await stamps() == before
    assert (await client.put(path, json={"notes": None})).status_code == 204
    after = await stamps()
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert (await client.put(path, json={"notes": ""})).status_code == 204
    assert await stamps() == after


async def test_collaborations_are_an_empty_page(unlimited: InProcessTrakt) -> None:
    response = await (await unlimited.client()).get("/users/me/lists/collaborations")
    assert (response.status_code, response.json()) == (200, [])


async def test_a_link_list_has_a_share_link_that_is_not_its_number(unlimited: InProcessTrakt) -> None:
    made = await make(await unlimited.client(), privacy="link")
    assert made["share_link"].startswith("https://trakt.tv/lists/share/")
    assert (await unlimited.client_without_token().get("/users/demo/lists")).json() == []
