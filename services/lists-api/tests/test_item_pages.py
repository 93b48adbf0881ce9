"""A list's items as their owner reads them: in an order of theirs, with what is known of each."""

from typing import Any

import pytest

from lists_api.testing import Api, movies

CATALOGUE = """
INSERT INTO catalogue_title (media_type, tmdb, imdb, name, year, rating, folded, poster_path)
VALUES ('movie', 1, 'tt0000001', 'Heat', 1995, 770, 'heat', '/heat.jpg'),
       ('movie', 2, 'tt0000002', 'alien', 1979, 850, 'alien', NULL),
       ('movie', 3, 'tt0000003', 'Big', 1988, NULL, 'big', NULL),
       ('show', 1, 'tt0000004', 'Another', 2001, 500, 'another', NULL)"""
SEEN = """
INSERT INTO watched (user_id, media_type, trakt, tmdb, imdb, last_watched_at, plays)
VALUES ('ada', 'movie', NULL, NULL, 'tt0000002', '2025-05-05Z', 1), ('eve', 'movie', NULL, 1, NULL, NULL, 1),
       ('ada', 'show', NULL, 1, NULL, NULL, 2)"""


@pytest.fixture
async def list_id(api: Api) -> int:
    await api.pool.execute("DELETE FROM catalogue_title; DELETE FROM watched")
    await api.pool.execute(CATALOGUE)
    await api.pool.execute(SEEN)
    by_imdb = {"media_type": "movie", "ids": {"imdb": "tt0000002"}}
    made = await api.create(items=[*movies(1), by_imdb, *movies(3, 9)])
    number: int = made["id"]
    await api.pool.execute(
        "UPDATE list_item SET score = 10 * position, added_at = added_at - position * interval '1 day'"
        " WHERE list_id = $1 AND tmdb IS DISTINCT FROM 9",
        number,
    )
    return number


async def page_of(api: Api, list_id: int, query: str = "") -> dict[str, Any]:
    response = await api.call("GET", f"/api/lists/{list_id}/items{query}")
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


async def test_an_item_has_what_the_catalogue_and_the_owners_history_know_by_any_id(api: Api, list_id: int) -> None:
    heat, alien, _, unknown = (await page_of(api, list_id))["items"]
    assert heat | {"added_at": None} == {
        "rank": 1,
        "media_type": "movie",
        "ids": {"trakt": None, "tmdb": 1, "imdb": None},
        "title": "Heat",
        "year": 1995,
        "rating": 7.7,
        "poster_path": "/heat.jpg",
        "is_pinned": False,
        "score": 0,
        "explanation": None,
        "added_at": None,
        "is_watched": False,
        "watched_at": None,
    }
    assert (alien["title"], alien["is_watched"], alien["watched_at"]) == ("alien", True, "2025-05-05T00:00:00Z")
    assert (unknown["title"], unknown["year"], unknown["rating"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "ranks"),
    [
        ("", [1, 2, 3, 4]),
        ("?order=desc", [4, 3, 2, 1]),
        ("?sort=title", [2, 3, 1, 4]),
        ("?sort=title&order=desc", [1, 3, 2, 4]),
        ("?sort=year", [2, 3, 1, 4]),
        ("?sort=rating&order=desc", [2, 1, 3, 4]),
        ("?sort=rating", [1, 2, 3, 4]),
        ("?sort=score&order=desc", [3, 2, 1, 4]),
        ("?sort=added_at", [3, 2, 1, 4]),
        ("?include_watched=false", [1, 3, 4]),
        ("?sort=year&limit=2&page=2", [1, 4]),
        ("?include_watched=false&limit=1&page=2", [3]),
        ("?page=3", []),
    ],
    ids=str,
)
async def test_items_are_read_in_the_order_that_is_asked_for(
    api: Api, list_id: int, query: str, ranks: list[int]
) -> None:
    page = await page_of(api, list_id, query)
    assert [item["rank"] for item in page["items"]] == ranks
    assert page["total"] == (3 if "include_watched=false" in query else 4)


@pytest.mark.parametrize("query", ["?sort=mood", "?order=up", "?limit=101", "?limit=0"], ids=str)
async def test_an_order_that_there_is_not_is_refused(api: Api, list_id: int, query: str) -> None:
    assert (await api.call("GET", f"/api/lists/{list_id}/items{query}")).status_code == 422


async def test_what_others_have_watched_is_their_own(api: Api, list_id: int) -> None:
    assert [item["is_watched"] for item in (await page_of(api, list_id))["items"]] == [False, True, False, False]
    assert (await api.call("GET", f"/api/lists/{list_id}/items", user="eve")).status_code == 404
