import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.catalogue.domain.search import Search
from lists_api.catalogue.importing import import_files
from lists_api.catalogue.rejects import Rejects
from lists_api.testing import Api, running_api
from watchbuddy_contracts import TraktAccountConnected

HEADER = (
    "media_type,title,original_title,year,imdb_id,tmdb_id,genres,original_language,vote_average,vote_count,countries"
)
TITLES = """
movie,Amélie,Le Fabuleux Destin d'Amélie Poulain,2001,tt0211915,194,Comedy|Romance,fr,7.9,11800,FR|DE
movie,Heat,,1995,tt0113277,949,Crime|Drama,en,7.9,7000,US
movie,Heathers,,1989,tt0097493,2640,Comedy,en,7.4,1500,US
movie,The Heat,,2013,tt2404463,136400,Comedy,en,6.6,9000,US
show,Heat of the Sun,,1998,tt0140740,,Crime,en,7.1,200,
movie,Heat,,1972,tt0068688,42740,Drama,en,6.0,40,US
show,The Wire,,2002,tt0306414,1438,Crime|Drama,en,8.5,2000,US
movie,Ocean's Eleven,,2001,tt0240772,161,Crime,en,7.4,11000,US
movie,"What's ""100%"" \\ real_name",,2020,tt0000100,100,Drama,en,5.0,5,US
"""


class Silent:
    def reading(self, file: object, rows: int) -> None: ...
    def step(self, text: str) -> None: ...


@pytest.fixture
async def filled(api: Api, tmp_path: Path) -> AsyncIterator[Api]:
    path = tmp_path / "titles.csv"
    path.write_text(HEADER + TITLES)
    await import_files(
        api.settings.database_url.get_secret_value(), [path], progress=Silent(), rejects=Rejects(tmp_path / "rejects")
    )
    yield api
    await api.pool.execute("TRUNCATE catalogue_title, catalogue_known, catalogue_option")


async def found(api: Api, q: str, **parameters: Any) -> list[str]:  # noqa: ANN401 - query parameters
    response = await api.call("GET", "/api/catalogue/search", params={"q": q, **parameters})
    assert response.status_code == 200, response.text
    return [f"{title['title']} {title['year']}" for title in response.json()["titles"]]


FOUND = {
    "amelie pou": ["Amélie 2001"],
    "AMÉLIE": ["Amélie 2001"],
    "poulain fab": ["Amélie 2001"],
    "oceans el": ["Ocean's Eleven 2001"],
    "ocean's eleven": ["Ocean's Eleven 2001"],
    "wire": ["The Wire 2002"],
    "the w": ["The Wire 2002"],
    "100% real": ['What\'s "100%" \\ real_name 2020'],
    "heat of the s": ["Heat of the Sun 1998"],
    "heat xylophone": [],
    "'": [],
    "& | ! :* ( ) <-> \\": [],
    "%": [],
    "_": [],
}


@pytest.mark.parametrize(("q", "titles"), FOUND.items(), ids=[f"search {number}" for number in range(len(FOUND))])
async def test_titles_are_found_by_the_beginnings_of_their_words(filled: Api, q: str, titles: list[str]) -> None:
    assert await found(filled, q) == titles


async def test_those_of_just_this_name_come_first_and_then_the_best_known(filled: Api) -> None:
    titles = ["Heat 1995", "Heat 1972", "Heat of the Sun 1998", "The Heat 2013", "Heathers 1989"]
    assert await found(filled, "heat") == titles
    assert await found(filled, "heat", limit=2) == titles[:2]
    assert await found(filled, "heat", media_type="show") == ["Heat of the Sun 1998"]
    best_known = ["Heat of the Sun 1998", "The Heat 2013", "Heat 1995", "Heathers 1989", "Heat 1972"]
    assert await found(filled, "hea") == best_known  # by the place within its media type


async def test_titles_beyond_the_best_known_are_found(filled: Api) -> None:
    await filled.pool.execute("DELETE FROM catalogue_known WHERE known_rank > 1")
    assert await found(filled, "heat o") == ["Heat of the Sun 1998"]
    assert await found(filled, "wir") == ["The Wire 2002"]


async def test_titles_for_adults_and_those_that_left_are_not_found(filled: Api) -> None:
    await filled.pool.execute("UPDATE catalogue_title SET is_adult = true WHERE imdb = 'tt0113277'")
    await filled.pool.execute("UPDATE catalogue_title SET is_active = false WHERE imdb = 'tt0068688'")
    await filled.pool.execute("DELETE FROM catalogue_known")
    assert "Heat 1995" not in await found(filled, "heat")
    assert "Heat 1972" not in await found(filled, "heat")


async def test_a_title_has_all_that_a_client_shows(filled: Api) -> None:
    response = await filled.call("GET", "/api/catalogue/search", params={"q": "amelie"})
    assert response.json()["titles"] == [
        {
            "media_type": "movie",
            "ids": {"trakt": None, "tmdb": 194, "imdb": "tt0211915"},
            "title": "Amélie",
            "original_title": "Le Fabuleux Destin d'Amélie Poulain",
            "year": 2001,
            "genres": ["comedy", "romance"],
            "language": "fr",
            "runtime": None,
            "rating": 7.9,
            "votes": 11800,
            "poster_path": None,
        }
    ]


BAD: dict[str, dict[str, Any]] = {
    "no text": {},
    "empty text": {"q": ""},
    "long text": {"q": "x" * 201},
    "no limit": {"q": "a", "limit": 0},
    "media type": {"q": "a", "media_type": "game"},
    "unknown parameter": {"q": "a", "p": 1},
}


@pytest.mark.parametrize("parameters", BAD.values(), ids=BAD)
async def test_a_bad_search_is_told(api: Api, parameters: dict[str, Any]) -> None:
    response = await api.call("GET", "/api/catalogue/search", params=parameters)
    assert response.status_code == 422
    assert response.json()["slug"] == "invalid-request"


@pytest.mark.parametrize("path", ["/api/catalogue/options", "/api/catalogue/search?q=heat"])
async def test_the_catalogue_needs_a_token(api: Api, path: str) -> None:
    assert (await api.http.get(path)).status_code == 401


async def test_options_have_labels_and_numbers(filled: Api) -> None:
    options = (await filled.call("GET", "/api/catalogue/options")).json()
    assert options["total"] == {"movies": 7, "shows": 2}
    genres = {genre["slug"]: genre for genre in options["genres"]}
    assert genres["crime"] == {"slug": "crime", "label": "Crime", "movies": 2, "shows": 2}
    assert genres["science-fiction"]["movies"] == 0
    assert options["languages"] == [{"code": "en", "movies": 6, "shows": 2}, {"code": "fr", "movies": 1, "shows": 0}]
    assert options["countries"][0] == {"code": "US", "movies": 6, "shows": 1}
    assert [year["year"] for year in options["years"]] == [2020, 2013, 2002, 2001, 1998, 1995, 1989, 1972]


async def test_an_empty_catalogue_has_genres_without_titles_and_finds_nothing(api: Api) -> None:
    await api.pool.execute("TRUNCATE catalogue_title, catalogue_known, catalogue_option")
    options = (await api.call("GET", "/api/catalogue/options")).json()
    assert options["total"] == {"movies": 0, "shows": 0}
    assert len(options["genres"]) > 40
    assert (options["languages"], options["years"]) == ([], [])
    assert await found(api, "heat") == []


@given(st.text(max_size=200))
def test_any_text_is_a_search_or_none(text: str) -> None:
    search = Search.of(text)
    assert search is None or (search.words and search.folded)


async def test_searches_have_a_quota_a_minute_also_in_parallel(dsn: str) -> None:
    async with running_api(dsn, quota_free_searches_per_minute=5, quota_vip_searches_per_minute=9) as api:
        await api.delete_everything()
        await api.pool.execute("DELETE FROM use_count")

        async def statuses(times: int, user: str) -> list[int]:
            calls = [api.call("GET", "/api/catalogue/search", params={"q": "x"}, user=user) for _ in range(times)]
            return sorted(response.status_code for response in await asyncio.gather(*calls))

        assert await statuses(20, "ada") == [200] * 5 + [429] * 15
        assert await statuses(5, "bob") == [200] * 5
        refused = await api.call("GET", "/api/catalogue/search", params={"q": "x"})
        assert refused.json()["slug"] == "too-many-searches"
        assert refused.json()["limit"] == 5
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        # what is dearer than a search counts as one
        assert (await api.call("POST", "/api/lists/preview", json={"filters": {}})).status_code == 429
        assert (await api.call("GET", "/api/suggestions")).status_code == 429
        await api.receive(TraktAccountConnected(user_id="ada", vip=True))
        assert await statuses(1, "ada") == [429]
        api.clock.advance(timedelta(minutes=1))
        assert await statuses(10, "ada") == [200] * 9 + [429]


async def test_titles_are_named_by_any_of_their_ids_in_the_order_of_the_request(filled: Api) -> None:
    items = [
        {"media_type": "show", "ids": {"imdb": "tt0306414"}},
        {"media_type": "movie", "ids": {"tmdb": 949}},
        {"media_type": "movie", "ids": {"imdb": "tt9999999", "tmdb": None}},
        {"media_type": "show", "ids": {"tmdb": 949}},
    ]
    response = await filled.call("POST", "/api/catalogue/names", json={"items": items})
    assert response.status_code == 200, response.text
    named = [(one["title"], one["year"]) for one in response.json()["titles"]]
    assert named == [("The Wire", 2002), ("Heat", 1995), (None, None), (None, None)]
    assert response.json()["titles"][1]["ids"] == {"trakt": None, "tmdb": 949, "imdb": None}


@pytest.mark.parametrize("count", [0, 101])
async def test_names_are_asked_for_one_to_a_hundred_titles(filled: Api, count: int) -> None:
    items = [{"media_type": "movie", "ids": {"tmdb": 949}}] * count
    response = await filled.call("POST", "/api/catalogue/names", json={"items": items})
    assert (response.status_code, response.json()["slug"]) == (422, "invalid-request")
