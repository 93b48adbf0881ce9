"""Thumbs and history, and what they do to a ranking."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.lists.domain.suggestions import FEW, FOR_EVERYBODY, LEAST, MOST, suggest, worth_showing
from lists_api.store.taste import read_taste
from lists_api.taste.domain.taste import Taste
from lists_api.testing import Api, import_shipped_titles, running_api
from watchbuddy_contracts import Title

HEAT = Title("movie", tmdb=949, imdb="tt0113277")
LEBOWSKI = Title("movie", tmdb=115, imdb="tt0118715")
SHOWN: dict[str, Any] = {"filters": {"genres": ["comedy"], "media_types": ["movie"]}, "item_limit": 10}


@pytest.fixture(scope="module")
def dsn(make_database: Callable[..., str]) -> str:
    """The shipped titles."""
    dsn = make_database("chassis", "lists_api")
    asyncio.run(import_shipped_titles(dsn))
    return dsn


@pytest.fixture
async def api(dsn: str) -> AsyncIterator[Api]:
    async with running_api(dsn) as running:
        await running.delete_everything()
        yield running


async def shown(api: Api, **body: Any) -> list[str]:  # noqa: ANN401 - JSON
    answer = await api.call("POST", "/api/lists/preview", json=SHOWN | body)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def watch(api: Api, *titles: Title) -> None:
    await api.pool.executemany(
        "INSERT INTO watched (user_id, media_type, trakt, tmdb, imdb, plays) VALUES ('ada', $1, $2, $3, $4, 1)", titles
    )


async def thumbs(api: Api) -> list[tuple[str, str]]:
    ratings = (await api.call("GET", "/api/ratings")).json()["ratings"]
    return [(one["title"], one["thumb"]) for one in ratings]


@pytest.mark.parametrize("reference", ["tt0113277", "tmdb:949"])
async def test_a_thumb_is_stored_under_every_id_that_the_catalogue_has(api: Api, reference: str) -> None:
    answer = await api.call("PUT", f"/api/ratings/movie/{reference}", json={"thumb": "up"})
    assert answer.status_code == 200
    assert answer.json() == {
        "media_type": "movie",
        "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"},
        "thumb": "up",
        "rated_at": "2026-01-01T00:00:00Z",
        "title": "Heat",
        "year": 1995,
    }
    row = await api.pool.fetchrow("SELECT trakt, tmdb, imdb, thumb FROM rating")
    assert row is not None
    assert tuple(row) == (None, 949, "tt0113277", 1)


async def test_the_newest_thumb_on_a_title_counts_whichever_id_names_it(api: Api) -> None:
    await api.call("PUT", "/api/ratings/movie/tt0113277", json={"thumb": "up"})
    await api.call("PUT", "/api/ratings/movie/tmdb:949", json={"thumb": "down"})
    assert await thumbs(api) == [("Heat", "down")]
    assert (await api.call("DELETE", "/api/ratings/movie/tt0113277")).status_code == 204
    assert await thumbs(api) == []
    assert (await api.call("DELETE", "/api/ratings/movie/tt0113277")).status_code == 204


async def test_movie_5_and_show_5_have_thumbs_of_their_own(api: Api) -> None:
    await api.call("PUT", "/api/ratings/movie/trakt:5", json={"thumb": "up"})
    await api.call("PUT", "/api/ratings/show/trakt:5", json={"thumb": "down"})
    rows = await api.pool.fetch("SELECT media_type, thumb FROM rating ORDER BY media_type")
    assert [tuple(row) for row in rows] == [("movie", 1), ("show", -1)]


async def test_a_title_that_the_catalogue_does_not_know_can_be_rated(api: Api) -> None:
    answer = (await api.call("PUT", "/api/ratings/show/trakt:481", json={"thumb": "up"})).json()
    assert answer["ids"] == {"trakt": 481, "tmdb": None, "imdb": None}
    assert (answer["title"], answer["year"]) == (None, None)


async def test_thumbs_are_read_in_pages_newest_first_and_only_by_their_user(api: Api) -> None:
    for number in range(1, 6):
        api.clock.advance(timedelta(minutes=1))
        await api.call("PUT", f"/api/ratings/movie/trakt:{number}", json={"thumb": "up"})
    answer = (await api.call("GET", "/api/ratings", params={"page": 2, "limit": 2})).json()
    assert [one["ids"]["trakt"] for one in answer["ratings"]] == [3, 2]
    assert (answer["page"], answer["limit"], answer["total"]) == (2, 2, 5)
    assert (await api.call("GET", "/api/ratings", user="grace")).json()["total"] == 0
    assert (await api.call("GET", "/api/ratings", params={"page": 9})).json()["ratings"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("movie/949", {"thumb": "up"}),
        ("movie/imdb:tt0113277", {"thumb": "up"}),
        ("movie/tmdb:0", {"thumb": "up"}),
        ("movie/tmdb:99999999999", {"thumb": "up"}),
        ("movie/tt1", {"thumb": "up"}),
        ("film/tmdb:949", {"thumb": "up"}),
        ("movie/tmdb:949", {"thumb": "sideways"}),
        ("movie/tmdb:949", {"thumb": 1}),
        ("movie/tmdb:949", {}),
        ("movie/tmdb:949", {"thumb": "up", "user_id": "grace"}),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(f"{k}={v}" for k, v in value.items()) or "nothing",
)
async def test_what_names_no_title_or_is_no_thumb_is_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    assert (await api.call("PUT", f"/api/ratings/{path}", json=body)).status_code == 422
    assert await thumbs(api) == []


async def test_thumbs_move_titles_up_and_down_and_taking_them_back_puts_them_back(api: Api) -> None:
    before = await shown(api)
    assert "The Big Lebowski" in before
    await api.call("PUT", "/api/ratings/movie/tt0118715", json={"thumb": "up"})
    assert (await shown(api)).index("The Big Lebowski") < before.index("The Big Lebowski")
    await api.call("PUT", "/api/ratings/movie/tt0118715", json={"thumb": "down"})
    assert "The Big Lebowski" not in await shown(api)
    await api.call("DELETE", "/api/ratings/movie/tt0118715")
    assert await shown(api) == before


async def test_a_preview_tells_what_would_be_on_the_list_and_saves_nothing(api: Api) -> None:
    answer = (await api.call("POST", "/api/lists/preview", json=SHOWN)).json()
    assert answer["title"] == "Comedy Movies"
    assert answer["filters"]["genres"] == ["comedy"]
    assert (answer["matching"], answer["has_more"]) == (637, False)
    assert [item["rank"] for item in answer["items"]] == list(range(1, 11))
    assert all("comedy" in item["genres"] and item["explanation"] for item in answer["items"])
    assert (await api.call("GET", "/api/lists")).json()["total"] == 0
    assert await api.outbox() == []
    everything = (await api.call("POST", "/api/lists/preview", json={"filters": {}})).json()
    assert (everything["matching"], everything["has_more"], len(everything["items"])) == (1001, True, 20)


@pytest.mark.parametrize("body", [{}, {"filters": {"mood": "happy"}}, {"filters": {}, "item_limit": 101}], ids=str)
async def test_a_preview_refuses_what_a_list_would_refuse(api: Api, body: dict[str, Any]) -> None:
    assert (await api.call("POST", "/api/lists/preview", json=body)).status_code == 422


async def test_history_takes_watched_titles_off_a_list_that_wants_unseen_ones(api: Api) -> None:
    await watch(api, Title("movie", imdb="tt0118715"))
    unseen = await shown(api, filters=SHOWN["filters"] | {"watched": "not_watched"})
    assert "The Big Lebowski" in await shown(api, item_limit=50)
    assert "The Big Lebowski" not in unseen
    assert await shown(api, filters={"watched": "only_watched"}) == ["The Big Lebowski"]


async def test_a_user_without_a_history_has_suggestions_each_of_them_a_list(api: Api) -> None:
    found = (await api.call("GET", "/api/suggestions")).json()["suggestions"]
    assert 5 <= len(found) <= 12
    assert len({one["title"] for one in found}) == len(found)
    for one in found:
        preview = await api.call("POST", "/api/lists/preview", json={"filters": one["filters"]})
        assert preview.status_code == 200, one
        assert preview.json()["filters"] == one["filters"], "each filter is honoured"
        assert preview.json()["title"] == one["title"]
        assert preview.json()["matching"] >= 10
        body = {"list_type": "smart", "filters": one["filters"], "item_limit": one["item_limit"]}
        assert (await api.call("POST", "/api/lists", json=body)).status_code in (201, 403)  # 403: the quota


async def test_thumbs_and_history_bring_suggestions_of_ones_own(api: Api) -> None:
    await api.call("PUT", "/api/ratings/movie/tt0113277", json={"thumb": "up"})
    await api.call("PUT", "/api/ratings/movie/tt0110912", json={"thumb": "up"})
    found = (await api.call("GET", "/api/suggestions")).json()["suggestions"]
    assert found[0]["reason"] == "You like Crime"
    assert found[0]["filters"]["watched"] == "not_watched"
    assert found[0]["title"] == "Unseen Crime Movies & Shows"
    others = (await api.call("GET", "/api/suggestions", user="grace")).json()["suggestions"]
    assert "You like Crime" not in [one["reason"] for one in others]


async def test_the_taste_of_a_user_sums_up_what_the_catalogue_knows(api: Api) -> None:
    await api.call("PUT", "/api/ratings/movie/tt0113277", json={"thumb": "up"})
    await api.call("PUT", "/api/ratings/movie/trakt:999999", json={"thumb": "up"})
    await watch(api, HEAT, LEBOWSKI, Title("show", trakt=1))
    async with api.pool.acquire() as connection:
        assert await read_taste(connection, "nobody") == Taste()
        taste = await read_taste(connection, "ada")
    assert taste.liked == (frozenset({"action", "crime", "drama", "thriller"}),)
    assert taste.watched_titles == 2
    assert taste.watched_genres["crime"] == 2
    assert taste.languages == {"en": 3}


@given(
    st.builds(
        Taste,
        liked=st.lists(st.frozensets(st.sampled_from(["comedy", "crime", "war"]), min_size=1)).map(tuple),
        disliked=st.lists(st.frozensets(st.sampled_from(["comedy", "crime", "war"]), min_size=1)).map(tuple),
        watched_genres=st.dictionaries(st.sampled_from(["comedy", "crime", "war"]), st.integers(1, 99)),
        languages=st.dictionaries(st.sampled_from(["en", "ko", "da"]), st.integers(1, 99)),
    ),
    st.data(),
)
def test_suggestions_differ_from_each_other_and_full_lists_go_first(taste: Taste, data: st.DataObject) -> None:
    found = suggest(taste)
    assert len({one.filters for one in found}) == len(found)
    assert found[-len(FOR_EVERYBODY) :] == list(FOR_EVERYBODY)
    counts = data.draw(st.lists(st.integers(0, 20), min_size=len(found), max_size=len(found)))
    shown = worth_showing(found, counts)
    assert LEAST <= len(shown) <= MOST
    short = sum(counts[found.index(one)] < FEW for one in shown)
    assert short == max(0, LEAST - sum(count >= FEW for count in counts))
