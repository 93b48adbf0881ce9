"""Which title of the catalogue a row means: by its name and year, by its ids, or none."""

from typing import Any

import pytest

from lists_api.testing import Api
from lists_api.testing_imports import BAND, HEAT, HOLD_UP, LEON, SOPRANOS, STALKER, items_of, send, taken

pytestmark = pytest.mark.usefixtures("small_catalogue")
ROWS = [
    ("Heat", "1995", [HEAT]),
    ("HEAT", "1995", [HEAT]),
    ("Heat", "1994", [HEAT]),
    ("Heat", "1996", [HEAT]),
    ("Léon", "1994", [LEON]),
    ("Leon", "1994", [LEON]),
    ("leon: the professional", "1995", [LEON]),
    ("Atraco", "2013", [HOLD_UP]),
    ("TWINS", "2001", [("movie", {"trakt": None, "tmdb": 902, "imdb": None})]),
]


@pytest.mark.parametrize(("name", "year", "items"), ROWS, ids=[f"{name} {year}" for name, year, _ in ROWS])
async def test_a_name_and_a_year_find_the_title_exactly_then_folded_then_a_year_beside(
    api: Api, name: str, year: str, items: list[tuple[str, dict[str, Any]]]
) -> None:
    one = await taken(api, "x.csv", f'title,year\n"{name}",{year}\n'.encode())
    assert await items_of(api, one["list_id"]) == items


@pytest.mark.parametrize(
    ("name", "year", "choices"),
    [("twins", "2001", 2), ("Crash", "2005", 2), ("Heat", "", 2), ("Pulp Fiction", "", 1)],
    ids=["same year", "years on both sides", "no year", "no year and one title"],
)
async def test_among_several_titles_nothing_is_guessed(api: Api, name: str, year: str, choices: int) -> None:
    answer = await send(api, "x.csv", f"title,year\n{name},{year}\n".encode())
    assert answer.status_code == 200
    (one,) = answer.json()["lists"]
    assert (one["taken"], one["list_id"], one["ambiguous"]["total"]) == (0, None, 1)
    assert len(one["ambiguous"]["rows"][0]["choices"]) == choices
    assert await api.outbox() == []


@pytest.mark.parametrize(("name", "year"), [("Heat", "1990"), ("Nothing", "1995"), ("%", "1995"), ("Hea", "1995")])
async def test_a_name_that_the_catalogue_does_not_have_is_not_recognised(api: Api, name: str, year: str) -> None:
    (one,) = (await send(api, "x.csv", f"title,year\n{name},{year}\n".encode())).json()["lists"]
    assert one["not_recognised"]["rows"] == [{"row": 2, "text": f"{name} ({year})", "reason": "not_in_catalogue"}]


async def test_a_number_that_is_a_movies_and_a_shows_is_told_apart_by_the_name_or_not_at_all(api: Api) -> None:
    one = await taken(api, "x.csv", b"tmdb_id,title\n1398,The Sopranos\n1398,Stalker\n")
    assert await items_of(api, one["list_id"]) == [SOPRANOS, STALKER]
    (none,) = (await send(api, "x.csv", b"tmdb\n1398\n")).json()["lists"]
    assert [choice["title"] for choice in none["ambiguous"]["rows"][0]["choices"]] == ["Stalker", "The Sopranos"]


async def test_an_imdb_id_tells_what_a_title_is_whatever_the_file_says(api: Api) -> None:
    one = await taken(api, "x.csv", b"imdb_id,type,tmdb_id\ntt0185906,movie,1\n")
    assert await items_of(api, one["list_id"]) == [BAND]


async def test_ids_that_contradict_the_catalogue_are_taken_as_they_are(api: Api) -> None:
    one = await taken(api, "x.csv", b"imdb_id,type,tmdb_id\ntt0113277,movie,1\n")
    assert await items_of(api, one["list_id"]) == [("movie", {"trakt": None, "tmdb": 1, "imdb": "tt0113277"})]


async def test_an_id_that_cannot_exist_is_not_recognised(api: Api) -> None:
    one = await taken(api, "x.csv", b"imdb_id,tmdb_id,type\ntt1234567890,,movie\n,4294967296,movie\ntt0113277,,movie\n")
    assert await items_of(api, one["list_id"]) == [HEAT]
    assert [row["row"] for row in one["not_recognised"]["rows"]] == [2, 3]


async def test_a_show_is_found_by_the_tvdb_id_alone(api: Api) -> None:
    one = await taken(api, "x.json", b'[{"tvdbId": 75299}, {"tvdbId": 1}]')
    assert await items_of(api, one["list_id"]) == [SOPRANOS]
    assert one["not_recognised"]["rows"][0]["reason"] == "not_in_catalogue"


async def test_rows_that_only_the_catalogue_shows_to_be_one_title_count_once(api: Api) -> None:
    one = await taken(api, "x.csv", b"imdb_id,title,year\ntt0113277,,\n,Heat,1995\n")
    assert one["taken"] == 1
    assert one["left_out"]["rows"] == [{"row": 3, "text": "Heat (1995)", "reason": "duplicate"}]
