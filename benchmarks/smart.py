"""Smart lists of 50 titles from 1.4 million: candidates and scoring, over 200 random filter sets."""

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks.catalogue_rows import ROWS, write_rows
from benchmarks.figures import Figure, at_most, percentile
from chassis.postgres.database import Connection, create_pool, migrate
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.selection import select
from lists_api.scoring.weights import MODES
from lists_api.store.candidates import count_matching, read_candidates
from lists_api.testing import import_titles
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer

SETS: Final = 200
ITEMS: Final = 50
SEED: Final = 8
TODAY: Final = date(2026, 11, 26)
WATCHED: Final = 1_000
RATED: Final = 100
GENRES: Final = [
    "action", "adventure", "animation", "comedy", "crime", "documentary", "drama", "family", "fantasy", "history",
    "horror", "music", "mystery", "romance", "science-fiction", "thriller", "war", "western",
]  # fmt: skip
LANGUAGES: Final = ["en", "en", "en", "fr", "ja", "ko", "de", "es", "it", "sv", "da"]
WORDS: Final = ["the", "love", "night", "star", "king", "heat", "dead", "life", "z"]
# A user with a history, so that the watched and the rated rule have something to do.
USER: Final = f"""
INSERT INTO watched (user_id, media_type, tmdb, imdb, plays)
SELECT 'ada', media_type, tmdb, imdb, 1 FROM catalogue_title WHERE title_id % 13 = 0 ORDER BY title_id LIMIT {WATCHED};
INSERT INTO rating (user_id, media_type, tmdb, imdb, thumb, rated_at)
SELECT 'ada', media_type, tmdb, imdb, CASE WHEN title_id % 3 = 0 THEN -1 ELSE 1 END, now() FROM catalogue_title
WHERE title_id % 17 = 0 ORDER BY title_id LIMIT {RATED};
ANALYZE watched; ANALYZE rating"""  # noqa: S608 - constants of this file


async def run(rows: int = ROWS) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="watchbuddy-bench-") as name:
        folder = Path(name)
        await asyncio.to_thread(folder.chmod, 0o755)  # as root, PostgreSQL runs as another account
        await asyncio.to_thread(write_rows, folder / "titles.csv", rows)
        binaries = PostgresBinaries.embedded(folder / "bin")
        server = PostgresServer(binaries, folder / "data", log=folder / "log", durable=False, databases=("lists_api",))
        await server.start()
        try:
            dsn = server.dsn("lists_api")
            await migrate(dsn, "chassis", "lists_api")
            await import_titles(dsn, folder / "titles.csv")
            return await measured(dsn)
        finally:
            await server.kill()


async def measured(dsn: str) -> list[Figure]:
    """Return the figures of a database that has its catalogue."""
    pool = await create_pool(dsn, max_size=1)
    try:
        async with pool.acquire() as connection:
            if not await connection.fetchval("SELECT count(*) FROM watched"):
                await connection.execute(USER)
            sets = filter_sets()
            for filters in sets[:10]:  # the caches of a server that has been running
                await _selected(connection, filters)
            whole = [await _selected(connection, filters) for filters in sets]
            found = [await _found(connection, filters) for filters in sets]
            counts = [await _counted(connection, filters) for filters in sets]
    finally:
        await pool.close()
    slowest = max(whole)
    return [
        Figure(
            "smart list, p95", percentile(whole, 0.95), "ms", at_most(150), f"{SETS} filter sets, {ITEMS} items each"
        ),
        Figure("smart list, median", percentile(whole, 0.5), "ms"),
        Figure("smart list, slowest", slowest, "ms", note=str(sets[whole.index(slowest)].to_json())),
        Figure("candidates alone, p95", percentile(found, 0.95), "ms"),
        Figure("count of matching titles (preview), p95", percentile(counts, 0.95), "ms"),
    ]


def filter_sets() -> Sequence[Filters]:
    """Return random filter sets, the same in every run: from the rare to the very common, of every filter."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    return [_filters(chance) for _ in range(SETS)]


def _filters(chance: random.Random) -> Filters:
    first = chance.randint(1930, 2020)
    possible: list[tuple[float, dict[str, Any]]] = [
        (0.7, {"genres": tuple(chance.sample(GENRES, chance.randint(1, 3)))}),
        (0.2, {"genre_mode": "all"}),
        (0.2, {"exclude_genres": tuple(chance.sample(GENRES, chance.randint(1, 2)))}),
        (0.3, {"languages": tuple(chance.sample(LANGUAGES, chance.randint(1, 2)))}),
        (0.4, {"year_from": first}),
        (0.3, {"year_to": first + chance.randint(0, 30)}),
        (0.5, {"media_types": (chance.choice(["movie", "show"]),)}),
        (0.3, {"min_rating": chance.choice([600, 700, 750, 800, 850])}),
        (0.2, {"min_votes": chance.choice([100, 1_000, 50_000])}),
        (0.15, {"runtime_to": chance.choice([60, 90, 100])}),
        (0.1, {"title_words": (chance.choice(WORDS),)}),
        (0.6, {"discovery": chance.choice(list(MODES))}),
        (0.4, {"watched": "not_watched"}),
        (0.05, {"watched": "only_watched"}),
        (0.2, {"rated": "not_disliked"}),
    ]
    values: dict[str, Any] = {}
    for share, one in possible:
        if chance.random() < share:
            values |= one
    return Filters(**values)


async def _selected(connection: Connection, filters: Filters) -> float:
    began = time.perf_counter()
    await select(connection, "ada", filters, limit=ITEMS, today=TODAY)
    return (time.perf_counter() - began) * 1000


async def _found(connection: Connection, filters: Filters) -> float:
    began = time.perf_counter()
    await read_candidates(connection, "ada", filters, limit=ITEMS, today_year=TODAY.year)
    return (time.perf_counter() - began) * 1000


async def _counted(connection: Connection, filters: Filters) -> float:
    began = time.perf_counter()
    await count_matching(connection, "ada", filters, today_year=TODAY.year)
    return (time.perf_counter() - began) * 1000
