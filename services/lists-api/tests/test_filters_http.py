"""Filters as requests give them, and their canonical form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.genres import GENRES
from lists_api.http.schemas.filters import FiltersIn, FiltersOut

WORDS = st.lists(st.sampled_from(["heist", "night", "a"]), max_size=3).map(tuple)
FILTERS = st.builds(
    Filters,
    genres=st.lists(st.sampled_from(sorted(GENRES)), max_size=3).map(tuple),
    genre_mode=st.sampled_from(["any", "all"]),
    exclude_genres=st.lists(st.sampled_from(sorted(GENRES)), max_size=3).map(tuple),
    languages=st.lists(st.sampled_from(["en", "da", "ko"]), max_size=3).map(tuple),
    countries=st.lists(st.sampled_from(["US", "DK"]), max_size=2).map(tuple),
    year_from=st.none() | st.integers(1870, 1990),
    year_to=st.none() | st.integers(1990, 2100),
    media_types=st.lists(st.sampled_from(["movie", "show"]), max_size=3).map(tuple),
    min_rating=st.none() | st.integers(0, 1000),
    min_votes=st.none() | st.integers(0, 10_000),
    runtime_from=st.none() | st.integers(1, 90),
    runtime_to=st.none() | st.integers(90, 300),
    keywords=WORDS,
    title_words=WORDS,
    discovery=st.sampled_from(["mainstream", "popular", "balanced", "obscure", "very_obscure"]),
    watched=st.sampled_from(["any", "not_watched", "only_watched"]),
    rated=st.sampled_from(["any", "not_rated", "only_liked", "not_disliked"]),
)


def canonical(**given: Any) -> Filters:  # noqa: ANN401 - any JSON
    return FiltersIn.model_validate(given).to_filters()


@pytest.mark.parametrize("name", ["Sci-Fi", "scifi", "Science Fiction", "science-fiction", "SCIENCE FICTION"])
def test_every_spelling_of_a_genre_selects_the_same(name: str) -> None:
    assert canonical(genres=[name]) == Filters(genres=("science-fiction",))
    assert canonical(exclude_genres=[name]) == Filters(exclude_genres=("science-fiction",))


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ({}, {}),
        ({"genres": ["drama", "comedy"]}, {"genres": ["Comedy", "Drama", "comedy"]}),
        ({"genres": ["comedy"], "genre_mode": "all"}, {"genres": ["comedy"]}),
        ({"media_types": ["show", "movie"]}, {"media_types": []}),
        ({"languages": ["EN"], "countries": ["dk"]}, {"languages": ["en"], "countries": ["DK"]}),
        ({"keywords": ["Heist"]}, {"keywords": ["heist"]}),
        ({"title_words": ["Amélie Poulain"]}, {"title_words": ["poulain", "AMELIE"]}),
        ({"min_rating": 8}, {"min_rating": 8.0}),
        ({"min_votes": 0}, {}),
        ({"discovery": "balanced", "watched": "any", "rated": "any"}, {}),
    ],
    ids=lambda given: ",".join(given) or "nothing",
)
def test_filters_that_say_the_same_have_one_canonical_form(given: dict[str, Any], same: dict[str, Any]) -> None:
    assert canonical(**given) == canonical(**same)
    assert canonical(**given).fingerprint == canonical(**same).fingerprint


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mood": "happy"}, "Extra inputs"),
        ({"genres": ["Comedy", "Sandwich"]}, 'there is no genre "Sandwich"'),
        ({"exclude_genres": ["none"]}, 'there is no genre "none"'),
        ({"genres": None}, "valid list"),
        ({"languages": ["english"]}, "a code of two letters"),
        ({"countries": ["D"]}, "a code of two letters"),
        ({"media_types": ["movies"]}, "'movie' or 'show'"),
        ({"min_rating": 8.125}, "at most two decimals"),
        ({"min_rating": 10.01}, "less than or equal to 10"),
        ({"min_rating": -0.01}, "greater than or equal to 0"),
        ({"min_rating": float("nan")}, "less than"),
        ({"min_rating": "8"}, "valid number"),
        ({"discovery": None}, "cannot be null"),
        ({"min_votes": 1.5}, "valid integer"),
        ({"year_from": 1999, "year_to": 1990}, "year_from must not be above year_to"),
        ({"runtime_from": 120, "runtime_to": 90}, "runtime_from must not be above runtime_to"),
        ({"last_years": 3, "year_from": 1990}, "last_years does not go together"),
        ({"last_years": 3, "year_to": 1990}, "last_years does not go together"),
        ({"last_years": 0}, "greater than or equal to 1"),
        ({"keywords": ["  "]}, "at least 1 character"),
        ({"title_words": ["\u200b"]}, "letter or a digit"),
        ({"discovery": "deep_discovery"}, "Input should be"),
        ({"watched": "sometimes"}, "Input should be"),
        ({"rated": "often"}, "Input should be"),
        ({"genres": ["comedy"] * 51}, "at most 50"),
    ],
    ids=lambda given: given if isinstance(given, str) else ",".join(given),
)
def test_what_no_filter_says_is_refused_and_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FiltersIn.model_validate(given)


@given(FILTERS)
def test_filters_survive_storing_and_the_way_out_and_in_again(filters: Filters) -> None:
    assert Filters.from_json(filters.to_json()) == filters
    answer = FiltersOut.of(filters).model_dump()
    assert canonical(**answer) == filters


@given(FILTERS, FILTERS)
def test_the_fingerprint_tells_filters_apart(one: Filters, other: Filters) -> None:
    assert (one == other) == (one.fingerprint == other.fingerprint)


@given(st.sampled_from(sorted(GENRES)))
def test_every_label_is_taken(slug: str) -> None:
    assert canonical(genres=[GENRES[slug]]).genres == (slug,)
