"""Titles: the shipped ones, files of others, and look-up by id."""

import gzip
import json
from pathlib import Path

import pytest

from trakt_simulator.catalogue import Catalogue
from trakt_simulator.in_process import InProcessTrakt, shipped_titles
from trakt_simulator.media import Kind
from trakt_simulator.titles import CatalogueFileError, read_titles


def test_every_shipped_title_has_an_id_a_slug_and_is_found_by_each_of_its_ids() -> None:
    titles = shipped_titles()
    catalogue = Catalogue(titles)
    assert len(catalogue) == 4_098
    assert [t.trakt for t in titles if t.kind is Kind.MOVIE] == list(range(1, 1_722))
    assert [t.trakt for t in titles if t.kind is Kind.SHOW] == list(range(1, 2_378))
    assert len({(t.kind, t.slug) for t in titles}) == 4_098
    for title in titles:
        key = catalogue.find(title.kind, {"trakt": title.trakt})
        assert key is not None
        assert catalogue.find(title.kind, {"slug": title.slug}) == key


async def test_a_number_that_is_a_movie_and_a_show_gives_both_unless_a_type_is_asked(calm: InProcessTrakt) -> None:
    stranger = calm.stranger()
    rows = (await stranger.get("/search/trakt/5")).json()
    assert [row["type"] for row in rows] == ["movie", "show"]
    assert {row["score"] for row in rows} == {None}
    answer = await stranger.get("/search/trakt/5", params={"type": "show"})
    assert [row["show"]["ids"]["trakt"] for row in answer.json()] == [5]
    assert answer.headers["x-pagination-item-count"] == "1"


async def test_titles_are_searched_by_each_kind_of_id(calm: InProcessTrakt) -> None:
    stranger = calm.stranger()
    for path in ("imdb/tt0114709", "tmdb/862", "trakt/1?type=movie"):
        assert (await stranger.get(f"/search/{path}")).json()[0]["movie"]["title"] == "Toy Story"
    for path in ("imdb/tt9999999", "tmdb/999999999", "tvdb/1"):
        answer = await stranger.get(f"/search/{path}")
        assert (answer.status_code, answer.json()) == (200, [])
    assert (await stranger.get("/search/isbn/1")).status_code == 404


@pytest.mark.parametrize("path", ["/movies/1", "/movies/toy-story-1995", "/movies/tt0114709", "/movies/1/"])
async def test_a_movie_is_read_by_number_slug_or_imdb_id(calm: InProcessTrakt, path: str) -> None:
    stranger = calm.stranger()
    assert (await stranger.get(path)).json() == {
        "title": "Toy Story",
        "year": 1995,
        "ids": {"trakt": 1, "slug": "toy-story-1995", "imdb": "tt0114709", "tmdb": 862},
    }
    full = (await stranger.get(path, params={"extended": "full"})).json()
    assert (full["runtime"], full["votes"], full["language"]) == (81, 5415, "en")


async def test_a_show_is_no_movie(calm: InProcessTrakt) -> None:
    stranger = calm.stranger()
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
    assert catalogue.media(movie)["ids"] == {"trakt": 1, "slug": "one-1999", "imdb": "tt1", "tmdb": 7}
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
        ("missing.csv", None),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogueFileError, match=name):
        list(read_titles(path))
