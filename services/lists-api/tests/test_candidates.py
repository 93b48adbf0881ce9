"""From filters to candidates, over the shipped titles on a real Postgres."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chassis.postgres.database import Connection, create_pool
from lists_api.catalogue.domain.candidate import Candidate
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.genres import GENRES
from lists_api.catalogue.domain.matching import matches
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.catalogue.selection import select
from lists_api.scoring.weights import MODES
from lists_api.store import candidates, priors
from lists_api.store.catalogue import READ_ALL_TITLES, title_of
from lists_api.testing import import_shipped_titles
from watchbuddy_contracts import Title

YEAR = 2026
EVERYTHING = 5000
# The shipped titles have no countries, keywords and original names; some adult and inactive titles belong to the test.
DRESS = """
UPDATE catalogue_title SET
    countries = CASE title_id % 3 WHEN 0 THEN '{US}' WHEN 1 THEN '{DK,US}' ELSE '{}' END::text[],
    keywords = CASE title_id % 5 WHEN 0 THEN '{heist}' WHEN 1 THEN '{heist,time travel}' ELSE '{}' END::text[],
    original_name = CASE WHEN title_id % 7 = 0 THEN 'Élan vital' END,
    folded = CASE WHEN title_id % 7 = 0 THEN folded || ' | elan vital' ELSE folded END,
    year = CASE WHEN title_id % 11 <> 0 THEN year END,
    rating = CASE WHEN title_id % 13 <> 0 THEN rating END,
    votes = CASE WHEN title_id % 17 <> 0 THEN votes ELSE 0 END,
    language = CASE WHEN title_id % 19 <> 0 THEN language END,
    is_adult = title_id % 23 = 0,
    is_active = title_id % 29 <> 0;
INSERT INTO watched (user_id, media_type, imdb, plays)
SELECT 'ada', media_type, imdb, 1 FROM catalogue_title WHERE title_id % 4 = 0;
INSERT INTO rating (user_id, media_type, tmdb, imdb, thumb, rated_at)
SELECT 'ada', media_type, tmdb, imdb, CASE WHEN title_id % 2 = 0 THEN 1 ELSE -1 END, now()
FROM catalogue_title WHERE title_id % 6 < 2;
"""


@pytest.fixture(scope="module")
def shipped(make_database: Callable[..., str]) -> str:
    """The shipped titles, and a user who has watched and rated many of them."""
    dsn = make_database("chassis", "lists_api")
    asyncio.run(_dress(dsn))
    return dsn


async def _dress(dsn: str) -> None:
    await import_shipped_titles(dsn)
    pool = await create_pool(dsn)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(DRESS)
        await priors.refresh_candidates(connection)
    await pool.close()


@pytest.fixture
async def connection(shipped: str) -> AsyncIterator[Connection]:
    pool = await create_pool(shipped)
    async with pool.acquire() as one:
        yield one
    await pool.close()


async def found(connection: Connection, filters: Filters, **others: Any) -> list[Candidate]:  # noqa: ANN401
    return await candidates.read_candidates(connection, "ada", filters, limit=EVERYTHING, today_year=YEAR, **others)


async def numbers(connection: Connection, filters: Filters, **others: Any) -> set[int]:  # noqa: ANN401
    return {one.title.title_id for one in await found(connection, filters, **others)}


async def every_title(connection: Connection) -> list[CatalogueTitle]:
    return [title_of(row) for row in await connection.fetch(READ_ALL_TITLES)]


def selected(filters: Filters, titles: list[CatalogueTitle]) -> set[int]:
    """Return what the pure rule selects for the user of this file."""
    return {
        title.title_id
        for title in titles
        if matches(
            filters,
            title,
            today_year=YEAR,
            is_watched=title.title_id % 4 == 0,
            thumb=0 if title.title_id % 6 > 1 else 1 if title.title_id % 2 == 0 else -1,
        )
    }


CHOICES: dict[str, list[Any]] = {
    "genres": [("comedy",), ("drama", "romance"), ("western",), ("science-fiction", "thriller"), tuple(GENRES)],
    "genre_mode": ["any", "all"],
    "exclude_genres": [("drama",), ("comedy", "animation")],
    "languages": [("en",), ("ko", "ja"), ("da",)],
    "countries": [("US",), ("DK",), ("FR",)],
    "year_from": [1980, 1995, 2015],
    "year_to": [1999, 2020],
    "last_years": [1, 3, 30],
    "media_types": [("movie",), ("show",)],
    "min_rating": [0, 700, 850],
    "min_votes": [1, 500, 100_000],
    "runtime_from": [90, 120],
    "runtime_to": [100, 180],
    "keywords": [("heist",), ("time travel",), ("heist", "nothing"), ("nothing",)],
    "title_words": [("the",), ("elan",), ("god",), ("lo", "st"), ("l'",), ("\\",)],
    "watched": ["not_watched", "only_watched"],
    "rated": ["not_rated", "only_liked", "not_disliked"],
}
RELATIVE = "last_years"


def some_filters(count: int) -> list[Filters]:
    """Return every filter alone, and many together."""
    picked = random.Random(8)  # noqa: S311 - the same in every run
    every = [{name: value} for name, values in CHOICES.items() for value in values]
    for _ in range(count):
        names = picked.sample(list(CHOICES), picked.randint(2, 4))
        if RELATIVE in names:
            names = [name for name in names if not name.startswith("year")]
        every.append({name: picked.choice(CHOICES[name]) for name in names})
    return [Filters(**values) for values in every]


async def test_the_statement_selects_what_the_pure_rule_selects(connection: Connection) -> None:
    titles = await every_title(connection)
    assert len(titles) == 4098
    for filters in [Filters(), *some_filters(40)]:
        expected = selected(filters, titles)
        assert await numbers(connection, filters) == expected, filters
        count = await candidates.count_matching(connection, "ada", filters, today_year=YEAR)
        assert count == min(len(expected), candidates.COUNT_LIMIT + 1), filters


async def test_the_pure_rule_and_the_gate_of_the_mode_make_the_selection_of_every_mode(connection: Connection) -> None:
    every = {one.title.title_id: one.fame for one in await found(connection, Filters())}
    sizes = {}
    for name, mode in MODES.items():
        inside = {number for number, fame in every.items() if mode.fame_from <= fame <= mode.fame_to}
        assert await numbers(connection, Filters(discovery=name)) == inside
        sizes[name] = len(inside)
    assert sizes["mainstream"] < sizes["popular"] < sizes["balanced"] == len(every)
    assert 100 < sizes["very_obscure"] < sizes["obscure"] + sizes["very_obscure"] < len(every) * 2


async def test_each_filter_changes_the_result(connection: Connection) -> None:
    everything = await numbers(connection, Filters())
    for name, values in CHOICES.items():
        if name == "genre_mode":
            pair = Filters(genres=("drama", "romance"))
            assert await numbers(connection, replace(pair, genre_mode="all")) < await numbers(connection, pair)
            continue
        results = [await numbers(connection, Filters(**{name: value})) for value in values]
        assert any(result < everything for result in results), name
        assert any(results), name
    for discovery in set(MODES) - {"balanced"}:
        assert await numbers(connection, Filters(discovery=discovery)) < everything


async def test_a_stricter_filter_never_adds_a_title(connection: Connection) -> None:
    picked = random.Random(1)  # noqa: S311 - the same in every run
    for filters in some_filters(20):
        name, stricter = picked.choice(
            [
                ("year_from", 1990),
                ("year_to", 2005),
                ("min_rating", 760),
                ("min_votes", 900),
                ("runtime_from", 95),
                ("exclude_genres", (*filters.exclude_genres, "crime")),
                ("title_words", (*filters.title_words, "a")),
                ("discovery", "popular"),
            ]
        )
        if getattr(filters, name) not in (None, (), "balanced") and not isinstance(stricter, tuple):
            continue
        if filters.last_years is not None and name.startswith("year"):
            continue
        change: dict[str, Any] = {name: stricter}
        more = replace(filters, **change)
        assert await numbers(connection, more) <= await numbers(connection, filters), more


async def test_mainstream_ranks_popular_titles_higher_than_obscure_does(connection: Connection) -> None:
    fame = {one.title.title_id: one.fame for one in await found(connection, Filters())}
    means = {}
    for discovery in MODES:
        ranked = await select(connection, "nobody", Filters(discovery=discovery), limit=50, today=date(YEAR, 1, 1))
        assert len(ranked) == 50
        means[discovery] = sum(fame[one.title.title_id] for one in ranked) // 50
    assert means["mainstream"] > means["popular"] > means["balanced"] > means["obscure"] > means["very_obscure"]


async def test_a_title_is_left_out_by_any_of_its_ids(connection: Connection) -> None:
    first, second, third = [one.title for one in await found(connection, Filters(media_types=("movie",)))][:3]
    exclude = [
        Title("movie", imdb=first.ids.imdb),
        Title("movie", tmdb=second.ids.tmdb),
        Title("show", tmdb=third.ids.tmdb),
    ]
    left = await numbers(connection, Filters(), exclude=exclude)
    assert not {first.title_id, second.title_id} & left
    assert third.title_id in left


async def test_a_short_list_draws_from_few_candidates_of_each_media_type(connection: Connection) -> None:
    few = await candidates.read_candidates(connection, "nobody", Filters(), limit=10, today_year=YEAR)
    kinds = [one.title.media_type for one in few]
    assert kinds.count("movie") == kinds.count("show") == candidates.POOL


async def test_candidates_say_what_their_reader_has_watched_and_rated(connection: Connection) -> None:
    for one in await found(connection, Filters()):
        number = one.title.title_id
        assert one.is_watched == (number % 4 == 0)
        assert one.thumb == (0 if number % 6 > 1 else 1 if number % 2 == 0 else -1)
    nobody = await candidates.read_candidates(connection, "nobody", Filters(), limit=10, today_year=YEAR)
    assert not any(one.is_watched or one.thumb for one in nobody)


async def test_a_liked_title_is_a_candidate_however_far_behind_it_is(connection: Connection) -> None:
    *_, last = sorted(await found(connection, Filters()), key=lambda one: -one.quality)
    await connection.execute(
        "INSERT INTO rating (user_id, media_type, imdb, thumb, rated_at) VALUES ('grace', $1, $2, 1, now())",
        last.title.media_type,
        last.title.ids.imdb,
    )
    few = await candidates.read_candidates(connection, "grace", Filters(), limit=10, today_year=YEAR)
    assert last.title.title_id in {one.title.title_id for one in few}


async def test_priors_are_whole_numbers_within_the_media_type(connection: Connection) -> None:
    every = await found(connection, Filters())
    for media_type in ("movie", "show"):
        own = [one for one in every if one.title.media_type == media_type]
        best_known = max(own, key=lambda one: one.fame)
        assert 950 <= best_known.fame <= 1000
        assert all(0 <= one.quality <= 1000 and 0 <= one.fame <= 1000 for one in own)
        assert all((one.fame == 0) == (one.title.votes == 0) for one in own)
        mean = sum(one.quality for one in own) // len(own)
        assert 470 <= mean <= 530


async def test_making_the_candidates_again_changes_nothing(connection: Connection) -> None:
    before = await connection.fetch("SELECT * FROM catalogue_candidate ORDER BY title_id")
    async with connection.transaction():
        assert await priors.refresh_candidates(connection) == len(before)
    assert await connection.fetch("SELECT * FROM catalogue_candidate ORDER BY title_id") == before


async def test_the_whole_logarithm_is_exact_at_powers_of_two_and_rises_between_them(connection: Connection) -> None:
    powers = await connection.fetch("SELECT power, whole_log2(1::bigint << power) FROM generate_series(0, 31) AS power")
    assert [value for _, value in powers] == [1024 * power for power, _ in powers]
    rising = [row[0] for row in await connection.fetch("SELECT whole_log2(n) FROM generate_series(1, 3000) AS n")]
    assert rising == sorted(rising)
