"""Titles: those that are shipped, other catalogue files, and look-up by id."""

import gzip
import json
from pathlib import Path

import pytest

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.shipped import catalogue_from
from trakt_simulator.catalogue.titles import CatalogueFileError, read_titles
from trakt_simulator.identifiers import free_slug
from trakt_simulator.testing.in_process import InProcessTrakt, shipped_titles


def test_every_shipped_title_has_an_id_a_slug_and_is_found_by_each_of_its_ids() -> None:
    titles = shipped_titles()
    catalogue = Catalogue(titles)
    assert len(catalogue) == 4_098 + 5
    assert [t.trakt for t in titles if t.kind is Kind.MOVIE] == list(range(1, 1_722))
    assert [t.trakt for t in titles if t.kind is Kind.SHOW] == list(range(1, 2_378))
    assert len({(t.kind, t.slug) for t in titles}) == 4_098 + 5
    for title in titles:
        key = catalogue.find(title.kind, {"trakt": title.trakt})
        assert key is not None
        assert catalogue.find(title.kind, {"slug": title.slug}) == key


async def test_a_number_that_is_a_movie_and_a_show_gives_both_unless_a_type_is_asked(unlimited: InProcessTrakt) -> None:
    stranger = unlimited.client_without_token()
    rows = (await stranger.get("/search/trakt/5")).json()
    assert [row["type"] for row in rows] == ["movie", "show", "person"]
    assert {row["score"] for row in rows} == {None}
    response = await stranger.get("/search/trakt/5", params={"type": "show"})
    assert [row["show"]["ids"]["trakt"] for row in response.json()] == [5]
    assert response.headers["x-pagination-item-count"] == "1"


async def test_the_array_decides_what_a_tmdb_number_of_a_movie_and_a_show_means(unlimited: InProcessTrakt) -> None:
    rows = (await unlimited.client_without_token().get("/search/tmdb/1398")).json()
    assert [row[row["type"]]["title"] for row in rows] == ["Stalker", "The Sopranos"]
    client = await unlimited.client()
    await client.post("/users/me/lists", json={"name": "a"})
    added = (await client.post("/users/me/lists/a/items", json={"shows": [{"ids": {"tmdb": 1398}}]})).json()["added"]
    assert (added["movies"], added["shows"]) == (0, 1)


async def test_people_and_specials_are_listed_too(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post("/users/me/lists", json={"name": "a"})
    body = {
        "people": [{"ids": {"tmdb": 17419}}],
        "shows": [{"ids": {"tvdb": 81189}, "seasons": [{"number": 0, "episodes": [{"number": 1}]}, {"number": 0}]}],
    }
    response = (await client.post("/users/me/lists/a/items", json=body)).json()
    assert {name: count for name, count in response["added"].items() if count} == {
        "seasons": 1,
        "episodes": 1,
        "people": 1,
    }
    rows = (await client.get("/users/me/lists/a/items")).json()
    assert [row[row["type"]].get("name") or row["show"]["title"] for row in rows] == [
        "Breaking Bad", "Breaking Bad", "Bryan Cranston",
    ]  # fmt: skip


async def test_seasons_and_episodes_that_a_show_has_not_are_told(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post("/users/me/lists", json={"name": "a"})
    seasons = [
        {"number": 1},
        {"number": 99},
        {"number": 2, "episodes": [{"number": 1}, {"number": 77}]},
    ]
    show = {"ids": {"trakt": 2}, "seasons": seasons}
    response = (await client.post("/users/me/lists/a/items", json={"shows": [show]})).json()
    assert (response["added"]["seasons"], response["added"]["episodes"]) == (1, 1)
    missing = [{"number": 99}, {"number": 2, "episodes": [{"number": 77}]}]
    assert response["not_found"]["shows"] == [{"ids": {"trakt": 2}, "seasons": missing}]


async def test_invented_titles_never_take_each_others_number_and_a_reset_forgets_them() -> None:
    trakt = InProcessTrakt(rate_limits=False, unknown_ids_exist=True)
    client = await trakt.client()
    await client.post("/users/me/lists", json={"name": "a"})
    # A client kept the first id from before a reset. The second title would get the same id.
    for ids in ({"trakt": 900_000_002}, {"tmdb": 77_777_777}, {"tmdb": 77_777_778}):
        response = await client.post("/users/me/lists/a/items", json={"movies": [{"ids": ids}]})
        assert response.json()["added"]["movies"] == 1
    rows = (await client.get("/users/me/lists/a/items")).json()
    assert len({row["movie"]["ids"]["trakt"] for row in rows}) == 3
    assert (await trakt.admin.post("/reset")).status_code == 204
    assert len(trakt.sim.catalogue) == len(shipped_titles())
    assert (await trakt.client_without_token().get("/search/tmdb/77777777")).json() == []


async def test_what_trakt_lists_in_place_of_an_id_is_no_title(unlimited: InProcessTrakt) -> None:
    for path in ("/movies/trending", "/shows/popular"):
        assert (await unlimited.client_without_token().get(path)).status_code == 405


async def test_titles_are_searched_by_each_kind_of_id(unlimited: InProcessTrakt) -> None:
    stranger = unlimited.client_without_token()
    for path in ("imdb/tt0114709", "tmdb/862", "trakt/1?type=movie"):
        assert (await stranger.get(f"/search/{path}")).json()[0]["movie"]["title"] == "Toy Story"
    for path in ("imdb/tt9999999", "tmdb/999999999", "tvdb/1"):
        response = await stranger.get(f"/search/{path}")
        assert (response.status_code, response.json()) == (200, [])
    assert (await stranger.get("/search/isbn/1")).status_code == 404


@pytest.mark.parametrize("path", ["/movies/1", "/movies/toy-story-1995", "/movies/tt0114709", "/movies/1/"])
async def test_a_movie_is_read_by_number_slug_or_imdb_id(unlimited: InProcessTrakt, path: str) -> None:
    stranger = unlimited.client_without_token()
    assert (await stranger.get(path)).json() == {
        "title": "Toy Story",
        "year": 1995,
        "ids": {"trakt": 1, "slug": "toy-story-1995", "imdb": "tt0114709", "tmdb": 862},
    }
    full = (await stranger.get(path, params={"extended": "full"})).json()
    assert (full["runtime"], full["votes"], full["language"]) == (81, 5415, "en")


async def test_a_show_is_no_movie(unlimited: InProcessTrakt) -> None:
    stranger = unlimited.client_without_token()
    assert (await stranger.get("/shows/breaking-bad")).json()["title"] == "Breaking Bad"
    assert (await stranger.get("/movies/breaking-bad")).status_code == 404


def test_json_lines_with_tmdbs_names_are_read_as_csv_is(tmp_path: Path) -> None:
    rows = [
        {
            "media_type": "movie",
            "name": "One",
            "release_date": "1999-12-31",
            "id": 7,
            "imdb_id": "tt1",
            "genres": ["A", "B"],
        },
        {"media_type": "tv", "title": "One", "first_air_date": "2001-01-01", "trakt_id": 700},
        {"media_type": "show", "title": "One", "year": 2002, "tvdb_id": 9},
    ]
    path = tmp_path / "titles.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    catalogue = Catalogue(read_titles(path))
    movie = catalogue.find(Kind.MOVIE, {"tmdb": 7})
    assert movie is not None
    assert catalogue.media_object(movie)["ids"] == {"trakt": 1, "slug": "one-1999", "imdb": "tt1", "tmdb": 7}
    first, second = catalogue.find(Kind.SHOW, {"slug": "one"}), catalogue.find(Kind.SHOW, {"slug": "one-2002"})
    assert first == catalogue.find(Kind.SHOW, {"trakt": 700})
    assert second == catalogue.find(Kind.SHOW, {"tvdb": 9})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"media_type,title\nbook,One\n"),
        ("a.csv", b"media_type,title\nmovie,\n"),
        ("a.csv", b"title\nOne\n"),
        ("a.csv", b"media_type,title,year\nmovie,One,soon\n"),
        ("a.csv", b"media_type,title\nmovie,\xff\xfe\n"),
        ("a.jsonl", b"{"),
        ("a.jsonl", b"5\n"),
        ("a.csv.gz", b"no gzip"),
        ("a.jsonl", b""),
        ("a.csv", b"media_type,title\n"),
        ("a.csv", b"media_type,title,trakt_id\nmovie,One,99999999999999999999\n"),
        ("a.csv", b"media_type,title,trakt_id\nmovie,One,-5\n"),
        ("a.csv", b"media_type,title,runtime\nmovie,One,inf\n"),
        ("a.csv", b"media_type,title\nmovie," + b"\x00\xff" * 10_000),
        ("missing.csv", None),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogueFileError, match=name) as raised:
        list(read_titles(path))
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    "rows", [("movie,One,7", "movie,Two,7"), ("movie,One,2", "movie,Two,")], ids=["both numbered", "one numbered by us"]
)
def test_a_number_that_comes_twice_is_refused_with_its_place(tmp_path: Path, rows: tuple[str, str]) -> None:
    path = tmp_path / "titles.csv"
    path.write_text("\n".join(["media_type,title,trakt_id", *rows, ""]))
    with pytest.raises(CatalogueFileError, match=r"titles.csv: title 2, 'Two'"):
        catalogue_from(path)


def test_a_spreadsheets_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_bytes(b"\xef\xbb\xbfmedia_type,title\r\nMovie,One\r\nTV ,Two\r\n")
    assert [(title.kind, title.name) for title in read_titles(path)] == [(Kind.MOVIE, "One"), (Kind.SHOW, "Two")]


def test_the_slugs_of_many_titles_of_one_name_are_found_without_counting_from_the_start() -> None:
    taken: set[str] = set()
    asked: list[str] = []
    suffixes: dict[str, int] = {}

    def is_taken(slug: str) -> bool:
        asked.append(slug)
        return slug in taken

    for _ in range(500):
        taken.add(free_slug("untitled", is_taken, otherwise="1", suffixes=suffixes))
    assert taken == {"untitled", *(f"untitled-{number}" for number in range(2, 501))}
    assert len(asked) < 2 * 500
