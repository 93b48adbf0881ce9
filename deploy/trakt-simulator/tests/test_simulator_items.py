"""Items of lists."""

import httpx
import pytest

from trakt_simulator.testing.in_process import InProcessTrakt

ITEMS = "/users/me/lists/queue/items"


async def queue(trakt: InProcessTrakt, *movies: int, **profile: object) -> httpx.AsyncClient:
    client = await trakt.client(**profile)
    await client.post("/users/me/lists", json={"name": "Queue"})
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": number}} for number in movies]})
    return client


async def movie_ids(client: httpx.AsyncClient, path: str = ITEMS, **query: str | int | bool) -> list[int]:
    return [row["movie"]["ids"]["trakt"] for row in (await client.get(path, params=query)).json()]


async def test_an_add_tells_added_existing_and_not_found(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    unknown = {"ids": {"tmdb": 999_999_999}, "extra": "as sent"}
    body = {
        "movies": [{"ids": {"trakt": 1}}, {"ids": {"imdb": "tt0113497"}}, {"ids": {"tmdb": 8844}}, unknown],
        "shows": [{"ids": {"slug": "breaking-bad"}}],
    }
    response = await client.post(ITEMS, json=body)
    assert response.status_code == 201
    result = response.json()
    assert result["added"] == {"movies": 1, "shows": 1, "seasons": 0, "episodes": 0, "people": 0}
    assert result["existing"] == {"movies": 2, "shows": 0, "seasons": 0, "episodes": 0, "people": 0}
    assert result["not_found"] == {"movies": [unknown], "shows": [], "seasons": [], "episodes": [], "people": []}
    shown = (await client.get("/users/me/lists/queue")).json()
    assert result["list"] == {"updated_at": shown["updated_at"], "item_count": 3}
    assert shown["item_count"] == 3


async def test_a_row_is_as_documented(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    (row,) = (await client.get(ITEMS)).json()
    assert row.pop("id") >= 10**9
    assert row == {
        "rank": 1,
        "listed_at": "2026-11-21T00:00:00.000Z",
        "notes": None,
        "type": "movie",
        "movie": {
            "title": "Toy Story",
            "year": 1995,
            "ids": {"trakt": 1, "slug": "toy-story-1995", "imdb": "tt0114709", "tmdb": 862},
        },
    }


async def test_one_number_is_a_movie_and_a_show(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 5)
    await client.post(ITEMS, json={"shows": [{"ids": {"trakt": 5}}]})
    rows = (await client.get(ITEMS)).json()
    assert [(row["type"], row[row["type"]]["ids"]["trakt"]) for row in rows] == [("movie", 5), ("show", 5)]


async def test_new_items_go_to_the_end_and_ranks_close_up_after_a_removal(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 3, 1)
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 2}}, {"ids": {"trakt": 1}}]})
    assert await movie_ids(client) == [3, 1, 2]
    response = await client.post(f"{ITEMS}/remove", json={"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 9}}]})
    assert response.status_code == 200
    assert response.json()["deleted"]["movies"] == 1
    assert response.json()["not_found"]["movies"] == []
    assert [row["rank"] for row in (await client.get(ITEMS)).json()] == [1, 2]
    assert await movie_ids(client) == [3, 2]


async def test_an_add_of_known_items_only_is_201_and_moves_no_stamp(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    before = (await client.get("/users/me/lists/queue")).json()["updated_at"]
    unlimited.pass_time(5)
    response = await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 1}}]})
    assert (response.status_code, response.json()["list"]["updated_at"]) == (201, before)
    await unlimited.admin.patch("/options", json={"existing_moves_updated_at": True})
    response = await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 1}}]})
    assert response.json()["list"]["updated_at"] > before


async def test_two_changes_within_a_millisecond_have_two_stamps(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited)
    stamps = []
    for number in (1, 2):
        response = await client.post(ITEMS, json={"movies": [{"ids": {"trakt": number}}]})
        stamps.append(response.json()["list"]["updated_at"])
    assert stamps[0] < stamps[1]


async def test_seasons_and_episodes_are_listed_in_place_of_their_show(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited)
    shows = [{"ids": {"trakt": 2}, "seasons": [{"number": 1, "episodes": [{"number": 3}]}, {"number": 2}]}]
    response = await client.post(ITEMS, json={"shows": shows})
    assert response.json()["added"] == {"movies": 0, "shows": 0, "seasons": 1, "episodes": 1, "people": 0}
    episode, season = (await client.get(ITEMS)).json()
    assert (episode["type"], episode["episode"]["season"], episode["episode"]["number"]) == ("episode", 1, 3)
    assert (season["type"], season["season"]["number"]) == ("season", 2)
    assert season["show"]["title"] == episode["show"]["title"] == "Breaking Bad"
    body = {"episodes": [{"ids": {"trakt": episode["episode"]["ids"]["trakt"]}}]}
    assert (await client.post(f"{ITEMS}/remove", json=body)).json()["deleted"]["episodes"] == 1


async def test_a_title_is_found_by_name_and_year_and_without_an_ids_envelope(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited)
    body = {"movies": [{"title": "Toy Story", "year": 1995}, {"tmdb": 8844}]}
    assert (await client.post(ITEMS, json=body)).json()["added"]["movies"] == 2
    assert await movie_ids(client) == [1, 2]


async def test_unknown_ids_exist_when_the_option_says_so_and_stay_the_same_title(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited)
    await unlimited.admin.patch("/options", json={"unknown_ids_exist": True})
    body = {"movies": [{"ids": {"tmdb": 77_000_001}}, {"ids": {"trakt": 88_000}}], "shows": [{"ids": {"imdb": "tt9"}}]}
    assert (await client.post(ITEMS, json=body)).json()["added"] == {
        "movies": 2, "shows": 1, "seasons": 0, "episodes": 0, "people": 0,
    }  # fmt: skip
    assert (await client.post(ITEMS, json=body)).json()["existing"]["movies"] == 2
    rows = (await client.get(ITEMS)).json()
    assert rows[0]["movie"]["ids"]["tmdb"] == 77_000_001
    assert rows[1]["movie"]["ids"]["trakt"] == 88_000
    assert rows[2]["show"]["ids"]["imdb"] == "tt9"
    await unlimited.admin.post("/reset")
    assert unlimited.sim.catalogue.invented() == []


async def test_pages_hold_100_by_default_and_250_at_most(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, *range(1, 601), vip=True)
    assert len((await client.get(ITEMS)).json()) == 100
    response = await client.get(ITEMS, params={"limit": 1000, "page": 3})
    assert len(response.json()) == 100
    assert response.headers["x-pagination-limit"] == "250"
    assert response.headers["x-pagination-page-count"] == "3"
    assert response.headers["x-pagination-item-count"] == "600"
    assert response.json()[0]["rank"] == 501
    assert (await client.get(ITEMS, params={"page": 9})).json() == []
    assert len((await client.get(ITEMS, params={"limit": "all"})).json()) == 250
    await unlimited.admin.patch("/options", json={"limit_all": True})
    assert len((await client.get(ITEMS, params={"limit": "all"})).json()) == 600


async def test_head_answers_as_get_without_the_body(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    head, get = await client.head(ITEMS), await client.get(ITEMS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert head.headers["x-pagination-item-count"] == "3"


@pytest.mark.parametrize(
    "path", ["/", "/movies", "/movie,show", "/all", "/movie/rank/asc", "?type=movie", "?type=movies"]
)
async def test_items_are_filtered_by_type_in_all_spellings(unlimited: InProcessTrakt, path: str) -> None:
    client = await queue(unlimited, 7, 6)
    assert await movie_ids(client, ITEMS + path) == [7, 6]
    assert (await client.get(f"{ITEMS}/shows")).json() == []


async def test_a_wanted_order_is_applied_and_told_while_ranks_stay(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    response = await client.get(f"{ITEMS}/movies/title/desc")
    assert [row["rank"] for row in response.json()] == [1, 2, 3]
    assert [row["movie"]["title"] for row in response.json()] == ["Toy Story", "Jumanji", "Grumpier Old Men"]
    assert (response.headers["x-applied-sort-by"], response.headers["x-applied-sort-how"]) == ("title", "desc")
    assert response.headers["x-sort-by"] == "rank"
    assert await movie_ids(client, f"{ITEMS}/movies/rank/desc") == [3, 2, 1]
    assert await movie_ids(client, sort_by="rank", sort_how="desc") == [3, 2, 1]


async def test_the_lists_own_order_is_the_default(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    await client.put("/users/me/lists/queue", json={"sort_by": "title", "sort_how": "asc"})
    assert await movie_ids(client) == [3, 2, 1]


async def test_the_short_form_of_an_order_is_not_honoured(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    response = await client.get(f"{ITEMS}/rank/desc")
    assert [row["rank"] for row in response.json()] == [1, 2, 3]
    assert "x-applied-sort-by" not in response.headers


async def test_orders_by_rating_are_for_vips_and_fall_back_to_rank(unlimited: InProcessTrakt) -> None:
    free = await queue(unlimited, 5, 1, 2)
    assert await movie_ids(free, f"{ITEMS}/movies/votes/desc") == [2, 1, 5]
    await unlimited.admin.patch("/accounts/demo", json={"vip": True})
    assert await movie_ids(free, f"{ITEMS}/movies/votes/desc") == [1, 2, 5]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("added/desc", [1, 2, 4]),
        ("released/asc", [4, 2, 1]),
        ("my_rating/desc", [2, 1, 4]),
        ("watched/desc", [1, 2, 4]),
        ("runtime/asc", [1, 2, 4]),
    ],
)
async def test_items_are_ordered_by(unlimited: InProcessTrakt, order: str, expected: list[int]) -> None:
    client = await queue(unlimited)
    for number in (4, 2, 1):
        unlimited.pass_time(60)
        await client.post(ITEMS, json={"movies": [{"ids": {"trakt": number}}]})
    await client.post("/sync/ratings", json={"movies": [{"ids": {"trakt": 2}, "rating": 9}]})
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": 1}}]})
    assert await movie_ids(client, f"{ITEMS}/movies/{order}") == expected


async def test_a_random_order_is_the_same_on_every_page(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, *range(1, 31))
    pages = [await movie_ids(client, f"{ITEMS}/movies/random/asc", page=page, limit=10) for page in (1, 2, 3)]
    shown = [number for page in pages for number in page]
    assert sorted(shown) == list(range(1, 31))
    assert shown != list(range(1, 31))


async def test_watched_items_can_be_left_out(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2)
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": 1}}]})
    assert await movie_ids(client, ignore_watched="true") == [2]


@pytest.mark.parametrize("path", [f"{ITEMS}/reorder", "/users/me/lists/queue/reorder"])
async def test_items_are_reordered_by_item_id_and_strange_ids_skipped(unlimited: InProcessTrakt, path: str) -> None:
    client = await queue(unlimited, 1, 2, 3)
    rows = (await client.get(ITEMS)).json()
    before = (await client.get("/users/me/lists/queue")).json()["updated_at"]
    wanted = [rows[2]["id"], rows[0]["id"], 12, rows[1]["id"]]
    response = (await client.post(path, json={"rank": wanted})).json()
    assert (response["updated"], response["skipped_ids"]) == (3, [12])
    assert response["list"]["updated_at"] > before
    assert await movie_ids(client) == [3, 1, 2]
    assert [row["id"] for row in (await client.get(ITEMS)).json()] == [wanted[0], wanted[1], wanted[3]]


async def test_items_not_named_in_a_reorder_follow_behind(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    rows = (await client.get(ITEMS)).json()
    response = await client.post(f"{ITEMS}/reorder", json={"rank": [rows[2]["id"]]})
    assert response.json()["updated"] == 1
    assert await movie_ids(client) == [3, 1, 2]


async def test_notes_and_rank_of_an_item_are_for_vips(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    item = (await client.get(ITEMS)).json()[2]["id"]
    refused = await client.put(f"{ITEMS}/{item}", json={"notes": "x"})
    assert (refused.status_code, refused.headers["x-upgrade-url"]) == (426, "https://trakt.tv/vip")
    await unlimited.admin.patch("/accounts/demo", json={"vip": True})
    assert (await client.put(f"{ITEMS}/{item}", json={"notes": "see it", "rank": 1})).status_code == 204
    rows = (await client.get(ITEMS)).json()
    assert (rows[0]["id"], rows[0]["notes"]) == (item, "see it")
    assert (await client.put(f"{ITEMS}/{item}", json={"notes": None})).status_code == 204
    assert (await client.get(ITEMS)).json()[0]["notes"] is None
    assert (await client.put(f"{ITEMS}/12", json={"notes": "x"})).status_code == 404


async def test_notes_of_free_accounts_are_left_out_or_refused(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited)
    body = {"movies": [{"ids": {"trakt": 1}, "notes": "mine"}]}
    assert (await client.post(ITEMS, json=body)).status_code == 201
    assert (await client.get(ITEMS)).json()[0]["notes"] is None
    await unlimited.admin.patch("/options", json={"free_notes": "refused"})
    assert (await client.post(ITEMS, json=body)).status_code == 426


async def test_notes_of_vips_are_kept_and_go_with_their_item(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, vip=True)
    body = {"movies": [{"ids": {"trakt": 1}, "notes": "n" * 600}, {"ids": {"trakt": 2}}]}
    await client.post(ITEMS, json=body)
    assert [row["notes"] for row in (await client.get(ITEMS)).json()] == ["n" * 500, None]
    await client.post(f"{ITEMS}/remove", json=body)
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 1}}]})
    assert [row["notes"] for row in (await client.get(ITEMS)).json()] == [None]


async def test_extended_rows_hold_the_full_title(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    (row,) = (await client.get(ITEMS, params={"extended": "full"})).json()
    assert (row["movie"]["runtime"], row["movie"]["genres"]) == (81, ["animation", "comedy", "family"])


async def test_answers_carry_a_weak_etag_and_304_only_as_an_option(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    response = await client.get(ITEMS)
    etag = response.headers["etag"]
    assert etag.startswith('W/"')
    assert response.headers["cache-control"] == "max-age=0, private, must-revalidate"
    assert (await client.get(ITEMS, headers={"If-None-Match": etag})).status_code == 200
    await unlimited.admin.patch("/options", json={"conditional_get": True})
    assert (await client.get(ITEMS, headers={"If-None-Match": etag})).status_code == 304
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 2}}]})
    assert (await client.get(ITEMS, headers={"If-None-Match": etag})).status_code == 200
