"""History, watched titles and ratings."""

from itertools import pairwise

import pytest

from trakt_simulator.testing.in_process import InProcessTrakt

MOVIE = {"ids": {"trakt": 1}}
EPISODE = {"ids": {"trakt": 2}, "seasons": [{"number": 1, "episodes": [{"number": 3}]}]}


async def test_a_play_has_minute_precision_and_comes_newest_first(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    first = {**MOVIE, "watched_at": "2026-05-01T20:15:42.123Z"}
    response = await client.post("/sync/history", json={"movies": [first], "shows": [EPISODE]})
    assert response.status_code == 201
    assert response.json()["added"] == {"movies": 1, "episodes": 1}
    newest, oldest = (await client.get("/sync/history")).json()
    assert (newest["type"], newest["episode"]["number"], newest["show"]["title"]) == ("episode", 3, "Breaking Bad")
    assert (oldest["watched_at"], oldest["action"]) == ("2026-05-01T20:15:00.000Z", "watch")
    assert oldest["movie"]["title"] == "Toy Story"


async def test_plays_are_not_checked_for_duplicates(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    for _ in range(2):
        await client.post("/sync/history", json={"movies": [MOVIE]})
    plays = (await client.get("/sync/history/movies")).json()
    assert len({play["id"] for play in plays}) == 2
    assert (await client.get("/sync/watched/movies")).json()[0]["plays"] == 2


async def test_the_status_of_an_add_is_an_option_for_the_contracts_word(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.admin.patch("/options", json={"history_status": 200})
    assert (await client.post("/sync/history", json={"movies": [MOVIE]})).status_code == 200


@pytest.mark.parametrize(
    ("watched_at", "expected"),
    [
        ("released", "1995-01-01T00:00:00.000Z"),
        ("unknown", "1970-01-01T00:00:00.000Z"),
        (None, "2026-11-21T00:00:00.000Z"),
    ],
)
async def test_a_play_may_have_no_date_of_its_own(
    unlimited: InProcessTrakt, watched_at: str | None, expected: str
) -> None:
    client = await unlimited.client()
    await client.post("/sync/history", json={"movies": [{**MOVIE, "watched_at": watched_at}]})
    assert (await client.get("/sync/history")).json()[0]["watched_at"] == expected


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("", 3), ("/movies", 1), ("/episodes", 2), ("/shows", 2), ("/movies/1", 1), ("/movies/2", 0), ("/shows/2", 2),
        ("/shows/1", 0), ("/seasons/2001", 2), ("?start_at=2026-11-20", 3), ("?end_at=2026-11-20", 0),
    ],
)  # fmt: skip
async def test_history_is_filtered(unlimited: InProcessTrakt, path: str, count: int) -> None:
    client = await unlimited.client()
    episodes = [{"number": 1}, {"number": 2}]
    shows = [{"ids": {"trakt": 2}, "seasons": [{"number": 1, "episodes": episodes}]}]
    await client.post("/sync/history", json={"movies": [MOVIE], "shows": shows})
    assert len((await client.get(f"/sync/history{path}")).json()) == count


@pytest.mark.parametrize(
    ("path", "status", "count"),
    [
        ("/movies/toy-story-1995", 200, 1), ("/movies/tt0114709", 200, 1), ("/all/1", 200, 1),
        ("/movies/no-such", 404, 0), ("/movies/99999", 404, 0), ("/nonsense", 404, 0), ("/movies,nonsense", 404, 0),
        ("?start_at=rubbish", 422, 0), ("?end_at=2026-13-01", 422, 0),
    ],
)  # fmt: skip
async def test_a_filter_that_is_not_understood_gives_nothing(
    unlimited: InProcessTrakt, path: str, status: int, count: int
) -> None:
    client = await unlimited.client()
    await client.post("/sync/history", json={"movies": [MOVIE, {"ids": {"trakt": 2}}]})
    response = await client.get(f"/sync/history{path}")
    assert (response.status_code, len(response.json()) if response.content else 0) == (status, count)


@pytest.mark.parametrize("path", ["/nonsense", "/movies/x", "/movies/0", "/movies/5,x", "/movies/11"])
async def test_a_rating_filter_that_is_not_understood_gives_nothing(unlimited: InProcessTrakt, path: str) -> None:
    client = await unlimited.client()
    await client.post("/sync/ratings", json={"movies": [{**MOVIE, "rating": 9}]})
    assert (await client.get(f"/sync/ratings{path}")).status_code == 404


async def test_pages_of_watched_shows_with_progress_hold_100(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    for extended, limit in (("progress", "100"), ("full", "250")):
        response = await client.get("/sync/watched/shows", params={"extended": extended, "limit": 300})
        assert response.headers["x-pagination-limit"] == limit


async def test_a_whole_show_or_season_stands_for_its_episodes(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    added = (await client.post("/sync/history", json={"shows": [{"ids": {"trakt": 2}}]})).json()["added"]
    assert added == {"movies": 0, "episodes": 240}
    body = {"shows": [{"ids": {"trakt": 2}, "seasons": [{"number": 1}]}]}
    assert (await client.post("/sync/history/remove", json=body)).json()["deleted"]["episodes"] == 24
    specials = {"shows": [{"ids": {"trakt": 2}, "seasons": [{"number": 0}]}]}
    assert (await client.post("/sync/history", json=specials)).json()["added"]["episodes"] == 24


async def test_plays_are_removed_by_title_or_by_their_own_id(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    for _ in range(3):
        await client.post("/sync/history", json={"movies": [MOVIE]})
    plays = (await client.get("/sync/history")).json()
    response = await client.post("/sync/history/remove", json={"ids": [plays[0]["id"], 12]})
    assert (response.status_code, response.json()["deleted"]) == (200, {"movies": 1, "episodes": 0})
    assert response.json()["not_found"]["ids"] == [12]
    assert (await client.post("/sync/history/remove", json={"movies": [MOVIE]})).json()["deleted"]["movies"] == 2
    assert (await client.get("/sync/history")).json() == []


async def test_watched_shows_have_seasons_only_with_progress(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post("/sync/history", json={"shows": [EPISODE], "movies": [MOVIE]})
    (plain,) = (await client.get("/sync/watched/shows")).json()
    assert (plain["plays"], plain["reset_at"], "seasons" in plain) == (1, None, False)
    (full,) = (await client.get("/sync/watched/shows", params={"extended": "full"})).json()
    assert full["show"]["genres"]
    (row,) = (await client.get("/users/demo/watched/shows", params={"extended": "progress"})).json()
    assert row["seasons"][0]["number"] == 1
    assert row["seasons"][0]["episodes"][0]["number"] == 3
    assert (await client.get("/sync/watched/people")).status_code == 404


async def test_watched_titles_are_paged(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": number}} for number in range(1, 121)]})
    response = await client.get("/sync/watched/movies")
    assert (len(response.json()), response.headers["x-pagination-page-count"]) == (100, "2")


async def test_ratings_are_set_changed_filtered_and_removed(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    body = {
        "movies": [{**MOVIE, "rating": 9}, {"ids": {"trakt": 99_999}, "rating": 5}],
        "shows": [{**MOVIE, "rating": 3}],
    }
    response = await client.post("/sync/ratings", json=body)
    assert response.status_code == 201
    assert response.json()["added"] == {"movies": 1, "shows": 1, "seasons": 0, "episodes": 0}
    assert response.json()["not_found"]["movies"] == [{"ids": {"trakt": 99_999}, "rating": 5}]
    await client.post("/sync/ratings", json={"movies": [{**MOVIE, "rating": 10, "rated_at": "2026-01-01T00:00:00Z"}]})
    (row,) = (await client.get("/sync/ratings/movies")).json()
    assert (row["rating"], row["rated_at"], row["type"]) == (10, "2026-01-01T00:00:00.000Z", "movie")
    assert len((await client.get("/sync/ratings/all/3,10")).json()) == 2
    assert len((await unlimited.client_without_token().get("/users/demo/ratings/shows/3")).json()) == 1
    assert (await client.post("/sync/ratings/remove", json={"movies": [MOVIE]})).json()["deleted"]["movies"] == 1
    assert len((await client.get("/sync/ratings")).json()) == 1


@pytest.mark.parametrize("rating", [0, 11, "9", None, 7.5, True])
async def test_a_rating_is_a_number_from_1_to_10(unlimited: InProcessTrakt, rating: object) -> None:
    client = await unlimited.client()
    assert (await client.post("/sync/ratings", json={"movies": [{**MOVIE, "rating": rating}]})).status_code == 422
    assert (await client.get("/sync/ratings")).json() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sync/history", {"movies": [{**MOVIE, "watched_at": "yesterday"}]}),
        ("/sync/history", {"movies": [{**MOVIE, "watched_at": 5}]}),
        ("/sync/ratings", {"movies": [{**MOVIE, "rating": 5, "rated_at": "0001-01-01T00:00:00+05:00"}]}),
        ("/sync/history/remove", {"ids": ["1"]}),
        ("/sync/history/remove", {"ids": 5}),
        ("/sync/ratings", {"movies": [{**MOVIE, "rating": 5, "rated_at": "never"}]}),
    ],
)
async def test_wrong_dates_and_ids_are_not_valid(unlimited: InProcessTrakt, path: str, body: object) -> None:
    assert (await (await unlimited.client()).post(path, json=body)).status_code == 422


async def test_the_stamps_move_on_add_and_on_removal(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()

    async def stamps() -> tuple[str, str, str]:
        shown = (await client.get("/sync/last_activities")).json()
        return shown["movies"]["watched_at"], shown["movies"]["rated_at"], shown["episodes"]["watched_at"]

    seen = [await stamps()]
    for path in ("/sync/history", "/sync/history/remove", "/sync/ratings", "/sync/ratings/remove"):
        await client.post(path, json={"movies": [{**MOVIE, "rating": 5}]})
        seen.append(await stamps())
    assert [now[0] > before[0] for before, now in pairwise(seen)] == [True, True, False, False]
    assert [now[1] > before[1] for before, now in pairwise(seen)] == [False, False, True, True]
    assert len({stamp[2] for stamp in seen}) == 1
