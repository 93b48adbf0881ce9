"""The titles that are made from filters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.genres import GENRES
from lists_api.lists.domain.titles import MAX_LENGTH, dynamic_title

MOVIE, SHOW = ("movie",), ("show",)
ALL = tuple(GENRES)
KOREAN_AND_HIDDEN = {"languages": ("ko",), "discovery": "obscure"}


@pytest.mark.parametrize(
    ("title", "given"),
    [
        ("Movies & Shows", {}),
        ("Movies", {"media_types": MOVIE}),
        ("Shows", {"media_types": SHOW}),
        ("Comedy Movies (1990s)", {"genres": ("comedy",), "media_types": MOVIE, "year_from": 1990, "year_to": 1999}),
        ("Movies (1990-1994)", {"media_types": MOVIE, "year_from": 1990, "year_to": 1994}),
        ("Movies (1980-1999)", {"media_types": MOVIE, "year_from": 1980, "year_to": 1999}),
        ("Movies (1994)", {"media_types": MOVIE, "year_from": 1994, "year_to": 1994}),
        ("Movies (from 2000)", {"media_types": MOVIE, "year_from": 2000}),
        ("Movies (until 1980)", {"media_types": MOVIE, "year_to": 1980}),
        ("Shows (2024-2026)", {"media_types": SHOW, "last_years": 3}),
        ("Shows (2026)", {"media_types": SHOW, "last_years": 1}),
        ("Movies [EN]", {"media_types": MOVIE, "languages": ("en",)}),
        ("Movies [DA, EN]", {"media_types": MOVIE, "languages": ("en", "da")}),
        ("Movies [DA, DE, EN, FR]", {"media_types": MOVIE, "languages": ("en", "da", "fr", "de")}),
        ("Movies [DA, DE, EN, FR, +2]", {"media_types": MOVIE, "languages": ("en", "da", "fr", "de", "ko", "sv")}),
        ("Comedy or Romance Movies & Shows", {"genres": ("romance", "comedy")}),
        ("Comedy & Romance Movies & Shows", {"genres": ("romance", "comedy"), "genre_mode": "all"}),
        ("Action, Comedy or Crime Shows", {"genres": ("crime", "comedy", "action"), "media_types": SHOW}),
        (
            "Action, Comedy & Crime Shows",
            {"genres": ("crime", "comedy", "action"), "media_types": SHOW, "genre_mode": "all"},
        ),
        ("Science Fiction Shows (from 2015)", {"genres": ("science-fiction",), "media_types": SHOW, "year_from": 2015}),
        ("Blockbuster Action Movies", {"genres": ("action",), "media_types": MOVIE, "discovery": "mainstream"}),
        ("Popular Movies & Shows", {"discovery": "popular"}),
        ("Hidden Thriller Movies [KO]", {"genres": ("thriller",), "media_types": MOVIE} | KOREAN_AND_HIDDEN),
        ("Deep-Cut Horror Movies", {"genres": ("horror",), "media_types": MOVIE, "discovery": "very_obscure"}),
        ("Unseen Comedy Movies", {"genres": ("comedy",), "media_types": MOVIE, "watched": "not_watched"}),
        ("Seen Movies & Shows", {"watched": "only_watched"}),
        ("Favourite Drama Shows", {"genres": ("drama",), "media_types": SHOW, "rated": "only_liked"}),
        ("Unrated Movies & Shows", {"rated": "not_rated"}),
        ("Movies & Shows", {"rated": "not_disliked"}),
        (
            "Seen Favourite Popular Shows",
            {"watched": "only_watched", "rated": "only_liked", "discovery": "popular", "media_types": SHOW},
        ),
        ("Movies & Shows", {"min_rating": 800, "min_votes": 9, "keywords": ("heist",), "exclude_genres": ("war",)}),
        (
            "Unseen Deep-Cut Action, Adult, Adventure, Animation, … Movies & Shows (from 1990) [DA, DE, EN, FR]",
            {"genres": ALL, "watched": "not_watched", "discovery": "very_obscure", "year_from": 1990}
            | {"languages": ("en", "da", "fr", "de")},
        ),
    ],
)  # fmt: skip
def test_filters_have_this_title(title: str, given: dict[str, Any]) -> None:
    assert dynamic_title(Filters(**given), year=2026) == title


def test_a_title_of_relative_years_moves_on_with_the_year() -> None:
    filters = Filters(last_years=10, media_types=("movie",))
    assert dynamic_title(filters, year=2026) == "Movies (2017-2026)"
    assert dynamic_title(filters, year=2029) == "Movies (2020s)"


@given(
    st.builds(
        Filters,
        genres=st.lists(st.sampled_from(ALL)).map(tuple),
        genre_mode=st.sampled_from(["any", "all"]),
        languages=st.lists(st.sampled_from(["aa", "bb", "cc", "dd", "ee", "ff"])).map(tuple),
        year_from=st.just(1990),
        discovery=st.sampled_from(["very_obscure", "mainstream", "balanced"]),
        watched=st.sampled_from(["not_watched", "any"]),
        rated=st.sampled_from(["only_liked", "any"]),
    )
)
def test_a_title_is_never_too_long_and_never_cut_in_its_years_or_languages(filters: Filters) -> None:
    title = dynamic_title(filters, year=2026)
    assert len(title) <= MAX_LENGTH
    assert "Movies & Shows (from 1990)" in title
    assert title.endswith("]" if filters.languages else ")")
    assert "  " not in title
