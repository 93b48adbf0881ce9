"""The ranking: what speaks for a title, and that the same titles always stand in the same order."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.catalogue.domain.candidate import Candidate
from lists_api.catalogue.domain.filters import Discovery, Filters
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.scoring.franchise import beginnings_of, stem_of
from lists_api.scoring.rank import rank
from lists_api.taste.domain.taste import Taste
from watchbuddy_contracts import Title

TODAY = date(2026, 11, 26)
ALL = Filters()
COMEDY = Filters(genres=("comedy",))


def film(number: int, *, quality: int = 600, fame: int = 400, is_watched: bool = False, **given: Any) -> Candidate:  # noqa: ANN401 - what a title has
    thumb, ids = given.pop("thumb", 0), Title(given.pop("media_type", "movie"), tmdb=number)
    values: dict[str, Any] = {"name": f"Film{number}x", "rating": 750, "votes": 100} | given
    return Candidate(CatalogueTitle(number, ids, **values), quality, fame, is_watched, thumb)


def order(*candidates: Candidate, filters: Filters = ALL, taste: Taste | None = None, limit: int = 50) -> list[int]:
    ranked = rank(candidates, filters, taste or Taste(), today=TODAY, limit=limit)
    return [one.title.title_id for one in ranked]


def test_the_better_title_goes_first_and_the_list_ends_at_its_limit() -> None:
    films = [film(number, quality=100 * number) for number in range(1, 6)]
    assert order(*films) == [5, 4, 3, 2, 1]
    assert order(*films, limit=2) == [5, 4]
    assert order(limit=2) == []


@pytest.mark.parametrize(
    ("discovery", "expected"),
    [("mainstream", [1, 2]), ("popular", [1, 2]), ("balanced", [1, 2]), ("obscure", [2, 1]), ("very_obscure", [2, 1])],
)
def test_a_discovery_mode_prefers_what_many_know_or_what_few_know(discovery: Discovery, expected: list[int]) -> None:
    known, unknown = film(1, fame=900), film(2, fame=50)
    assert order(known, unknown, filters=Filters(discovery=discovery)) == expected


def test_a_title_that_is_all_of_the_wanted_genre_goes_before_one_that_is_a_little_of_it() -> None:
    pure, mixed = film(2, genres=("comedy",)), film(1, genres=("comedy", "drama", "war"))
    assert order(pure, mixed, filters=COMEDY) == [2, 1]
    assert order(pure, mixed) == [1, 2]


def test_of_several_wanted_genres_a_title_with_more_of_them_goes_first() -> None:
    filters = Filters(genres=("comedy", "romance"))
    assert order(film(1, genres=("comedy",)), film(2, genres=("comedy", "romance")), filters=filters) == [2, 1]


def test_the_newer_of_two_equal_titles_goes_first_unless_the_years_are_given() -> None:
    old, new = film(1, year=1994), film(2, year=2026)
    assert order(old, new) == [2, 1]
    assert order(old, new, filters=Filters(year_to=2025)) == [1, 2]


def test_a_thumb_up_lifts_a_title_and_a_thumb_down_puts_it_behind_everything() -> None:
    films = [film(number, quality=500 + 10 * number) for number in range(1, 10)]
    assert order(*films, film(10, quality=400, thumb=1))[0] == 10
    disliked = film(11, quality=1000, fame=1000, thumb=-1)
    assert order(*films, disliked)[-1] == 11
    assert 11 not in order(*films, disliked, limit=9)


def test_titles_like_those_that_the_user_liked_go_up_and_those_like_disliked_ones_down() -> None:
    crime, romance = film(1, genres=("crime", "drama")), film(2, genres=("comedy", "romance"))
    liked = Taste(liked=(frozenset({"comedy", "romance", "music"}),))
    assert order(crime, romance) == [1, 2]
    assert order(crime, romance, taste=liked) == [2, 1]
    assert order(romance, crime, taste=Taste(disliked=liked.liked)) == [1, 2]


def test_history_and_language_of_the_user_break_near_ties() -> None:
    taste = Taste(watched_genres={"comedy": 30, "war": 1}, watched_titles=40)
    assert order(film(1, genres=("war",)), film(2, genres=("comedy",)), taste=taste) == [2, 1]
    assert order(film(1, language="en"), film(2, language="ko"), taste=Taste(languages={"ko": 20})) == [2, 1]


def test_a_watched_title_goes_behind_an_unseen_one_of_nearly_the_same_score() -> None:
    assert order(film(1, is_watched=True), film(2, quality=550)) == [2, 1]


def test_parts_of_one_franchise_do_not_stand_together_where_others_are_nearly_as_good() -> None:
    parts = [film(number, quality=700, name=f"Heist {number}") for number in (1, 2, 3)]
    others = [film(number, quality=660, name=name) for number, name in ((4, "Noon"), (5, "Dusk"))]
    assert order(*parts, *others) == [1, 4, 5, 2, 3]


def test_many_years_are_shown_where_titles_are_nearly_equal() -> None:
    nineties = [film(number, quality=700, year=1994) for number in range(1, 6)]
    other = film(6, quality=690, year=1971)
    assert order(*nineties, other, filters=Filters(year_to=2000)).index(6) < 5


def test_neither_media_type_crowds_out_the_other() -> None:
    films = [film(number, quality=900 - number) for number in range(1, 21)]
    shows = [film(number, quality=920 - number, media_type="show", votes=10**6) for number in range(21, 41)]
    first = order(*films, *shows, limit=20)
    assert 8 <= sum(number <= 20 for number in first) <= 12


@pytest.mark.parametrize(
    ("explanation", "candidate", "filters", "taste"),
    [
        ("7.5 from 100 votes", film(1), ALL, Taste()),
        ("7.9 from 12,000 votes", film(1, rating=785, votes=12_000), ALL, Taste()),
        ("", film(1, rating=None), ALL, Taste()),
        (
            "8.1 from 12,000 votes; matches Comedy, Romance; you liked 3 like it",
            film(1, rating=810, votes=12_000, genres=("comedy", "romance")),
            Filters(genres=("comedy", "romance")),
            Taste(liked=(frozenset({"comedy", "romance"}),) * 3),
        ),
        ("7.5 from 100 votes; you liked it", film(1, thumb=1), ALL, Taste()),
        ("7.5 from 100 votes; you disliked it", film(1, thumb=-1), ALL, Taste()),
        (
            "7.5 from 100 votes; you disliked one like it",
            film(1, genres=("war",)),
            ALL,
            Taste(disliked=(frozenset({"war"}),)),
        ),
        ("7.5 from 100 votes; few know it", film(1, fame=50), Filters(discovery="obscure"), Taste()),
        ("7.5 from 100 votes; widely known", film(1, fame=900), ALL, Taste()),
        ("7.5 from 100 votes; new this year", film(1, year=2026), ALL, Taste()),
        ("7.5 from 100 votes; you have watched it", film(1, is_watched=True), ALL, Taste()),
        (
            "7.5 from 100 votes; you often watch Science Fiction",
            film(1, genres=("science-fiction",)),
            ALL,
            Taste(watched_genres={"science-fiction": 5}, watched_titles=20),
        ),
    ],
    ids=lambda value: value or "nothing" if isinstance(value, str) else "",
)
def test_an_explanation_names_what_counted(
    explanation: str, candidate: Candidate, filters: Filters, taste: Taste
) -> None:
    (scored,) = rank([candidate], filters, taste, today=TODAY, limit=1)
    assert scored.explanation == explanation


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Toy Story", "toy story"),
        ("Toy Story 2", "toy story"),
        ("The Godfather: Part II", "godfather"),
        ("Harry Potter and the Chamber of Secrets", "harry potter"),
        ("Indiana Jones and the Last Crusade", "indiana jones"),
        ("Rocky IV", "rocky"),
        ("Back to the Future Part III", "back to the future"),
        ("Batman & Robin", "batman and robin"),
        ("Star Trek: First Contact", "star trek"),
        ("1984", "1984"),
        ("The I", "i"),
        (": 3", "3"),
    ],
)
def test_titles_of_a_franchise_have_one_stem(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_a_stem_is_part_of_the_franchise_that_its_telling_first_words_name() -> None:
    assert beginnings_of("batman and robin") == ["batman", "batman and", "batman and robin"]
    assert beginnings_of("love actually") == ["love actually"]


CANDIDATES = st.lists(
    st.builds(
        film,
        st.integers(1, 26),
        quality=st.integers(0, 1000),
        fame=st.integers(0, 1000),
        is_watched=st.booleans(),
        thumb=st.sampled_from([-1, 0, 1]),
        media_type=st.sampled_from(["movie", "show"]),
        year=st.none() | st.integers(2015, 2026),
        genres=st.sampled_from([(), ("comedy",), ("comedy", "drama"), ("drama", "romance")]),
        name=st.sampled_from(["Heist", "Heist 2", "Heist: Night", "Noon", "Dusk"]),
    ),
    unique_by=lambda one: one.title.title_id,
)
TASTES = st.sampled_from(
    [Taste(), Taste(liked=(frozenset({"comedy"}),), watched_genres={"drama": 9}, watched_titles=12)]
)
FILTERS = st.sampled_from([ALL, COMEDY, Filters(discovery="mainstream"), Filters(discovery="very_obscure")])


@given(st.data(), CANDIDATES, FILTERS, TASTES, st.integers(0, 30))
def test_the_ranking_does_not_depend_on_the_order_of_its_input(
    data: st.DataObject, candidates: list[Candidate], filters: Filters, taste: Taste, limit: int
) -> None:
    shuffled = data.draw(st.permutations(candidates))
    ranked = rank(candidates, filters, taste, today=TODAY, limit=limit)
    assert rank(shuffled, filters, taste, today=TODAY, limit=limit) == ranked
    # a total order: every candidate has one place, and scores fall along it
    assert len(ranked) == min(limit, len(candidates))
    assert len({one.title.title_id for one in ranked}) == len(ranked)
    assert sorted((one.score for one in ranked), reverse=True) == [one.score for one in ranked]


@given(CANDIDATES, FILTERS, TASTES)
def test_a_longer_list_begins_with_the_shorter_one(candidates: list[Candidate], filters: Filters, taste: Taste) -> None:
    whole = rank(candidates, filters, taste, today=TODAY, limit=30)
    assert rank(candidates, filters, taste, today=TODAY, limit=5) == whole[:5]
