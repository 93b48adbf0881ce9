import csv
import gzip
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.catalogue.domain.genres import GENRES, genre_slugs, is_genre, slugs_of

TMDB = (
    "Action|Adventure|Animation|Comedy|Crime|Documentary|Drama|Family|Fantasy|History|Horror|Music|Mystery|Romance|"
    "Science Fiction|TV Movie|Thriller|War|Western|Action & Adventure|Kids|News|Reality|Sci-Fi & Fantasy|Soap|Talk|"
    "War & Politics"
)
TMDB_IDS = (
    "28|12|16|35|80|99|18|10751|14|36|27|10402|9648|10749|878|10770|53|10752|37|10759|10762|10763|10764|10765|10766|"
    "10767|10768"
)
IMDB = (
    "Action|Adult|Adventure|Animation|Biography|Comedy|Crime|Documentary|Drama|Family|Fantasy|Film-Noir|Game-Show|"
    "History|Horror|Music|Musical|Mystery|News|Reality-TV|Romance|Sci-Fi|Short|Sport|Talk-Show|Thriller|War|Western"
)
TRAKT = (
    "action|adventure|animation|anime|biography|children|comedy|crime|disaster|documentary|donghua|drama|eastern|"
    "family|fan-film|fantasy|film-noir|game-show|history|holiday|home-and-garden|horror|indie|music|musical|mystery|"
    "news|reality|road|romance|science-fiction|short|soap|special-interest|sporting-event|superhero|suspense|"
    "talk-show|thriller|tv-movie|war|western"
)
NO_GENRE = {"Foreign"}


def shipped_names() -> set[str]:
    path = resources.files("trakt_simulator") / "catalogue" / "titles.csv.gz"
    with path.open("rb") as file, gzip.open(file, "rt", newline="") as text:
        return {name for row in csv.DictReader(text) for name in row["genres"].split("|") if name}


def test_every_genre_of_the_shipped_titles_is_known() -> None:
    names = shipped_names()
    assert len(names) >= 140
    assert {name for name in names if not genre_slugs(name)} == NO_GENRE


@pytest.mark.parametrize("names", [TMDB, TMDB_IDS, IMDB, TRAKT], ids=["tmdb", "tmdb-ids", "imdb", "trakt"])
def test_every_genre_of_the_sources_is_known(names: str) -> None:
    assert [name for name in names.split("|") if not genre_slugs(name)] == []


@pytest.mark.parametrize("name", ["Sci-Fi", "scifi", "SCIENCE FICTION", "science-fiction", "Science_Fiction", "878"])
def test_science_fiction_is_one_genre_however_it_is_written(name: str) -> None:
    assert genre_slugs(name) == ("science-fiction",)


def test_a_name_may_stand_for_several_genres() -> None:
    assert genre_slugs("Sci-Fi & Fantasy") == genre_slugs("science fiction and fantasy") == genre_slugs("10765")
    assert genre_slugs("Sci-Fi & Fantasy") == ("fantasy", "science-fiction")
    assert slugs_of(("War & Politics", "Drama", "war", "no such genre")) == ("drama", "politics", "war")


def test_accents_make_no_difference() -> None:
    assert genre_slugs("Shōnen") == ("anime",)
    assert genre_slugs("Comédy") == ("comedy",)


def test_unknown_names_have_no_genre() -> None:
    assert genre_slugs("Jazzercise") == ()
    assert not is_genre("Jazzercise")
    assert is_genre("none")
    assert genre_slugs("none") == ()


def test_labels_and_slugs_name_themselves() -> None:
    assert list(GENRES) == sorted(GENRES)
    for slug, label in GENRES.items():
        assert genre_slugs(slug) == genre_slugs(label) == (slug,)


@given(st.text())
def test_any_text_has_sorted_slugs_of_the_vocabulary(name: str) -> None:
    slugs = genre_slugs(name)
    assert list(slugs) == sorted(set(slugs))
    assert set(slugs) <= set(GENRES)
