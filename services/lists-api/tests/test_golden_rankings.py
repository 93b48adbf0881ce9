"""Twenty lists over the shipped titles, as a reviewer reads them: `golden/rankings.txt`.

After a change of a weight, `REWRITE_GOLDEN=1 .venv/bin/pytest services/lists-api/tests/test_golden_rankings.py` writes
the file anew. Then look at it: each list has the reason why it is right, and the reason must still be true.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from chassis.postgres.database import create_pool
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.selection import select
from lists_api.lists.domain.titles import dynamic_title
from lists_api.testing import import_shipped_titles
from watchbuddy_contracts import MediaType

GOLDEN = Path(__file__).parent / "golden" / "rankings.txt"
TODAY = date(2026, 11, 26)
MOVIES: Final[tuple[MediaType, ...]] = ("movie",)
SHOWS: Final[tuple[MediaType, ...]] = ("show",)


@dataclass(frozen=True, slots=True)
class Golden:
    """A list, and why its first ten are right."""

    filters: Filters
    why: str


LISTS = [
    Golden(
        Filters(genres=("comedy",), media_types=MOVIES, year_from=1990, year_to=1999),
        "The decade's best loved comedies, with cult ones (Clerks, Office Space) between the hits. Pulp "
        "Fiction, which is funny and no comedy, is not there.",
    ),
    Golden(
        Filters(genres=("thriller",), languages=("ko",), discovery="obscure"),
        "Korean series of revenge and suspense that few outside their audience know; Squid Game is too well "
        "known for it. There are six of them.",
    ),
    Golden(
        Filters(genres=("animation", "family"), genre_mode="all", media_types=MOVIES),
        "What families watch again and again, Disney's nineties first; the second part of Toy Story stays "
        "behind the first.",
    ),
    Golden(
        Filters(genres=("science-fiction",), media_types=SHOWS, year_from=2015),
        "The series that people speak of. Its source has one genre for science fiction and fantasy, so House "
        "of the Dragon is among them.",
    ),
    Golden(
        Filters(),
        "Nothing asked: the films and series at the top of everybody's list, five of each, though the series "
        "have votes in the millions.",
    ),
    Golden(
        Filters(media_types=MOVIES, discovery="mainstream"),
        "The films with most votes of the sample come first, and good ones before those that were only seen.",
    ),
    Golden(
        Filters(media_types=MOVIES, discovery="very_obscure", min_rating=650),
        "Masters' works and documentaries that few voted for (Chungking Express, Fitzcarraldo); none has more "
        "than 261 votes.",
    ),
    Golden(
        Filters(genres=("western",), media_types=MOVIES),
        "The canon of the western: Leone three times, Eastwood, Zinnemann, Peckinpah.",
    ),
    Golden(
        Filters(genres=("horror",), media_types=MOVIES, year_from=1970, year_to=1989),
        "The two decades' landmarks; Aliens comes after Alien because a franchise does not fill a list.",
    ),
    Golden(
        Filters(genres=("crime", "drama"), genre_mode="all", media_types=SHOWS),
        "The great crime dramas since The Wire; high ratings and fame agree here.",
    ),
    Golden(
        Filters(genres=("comedy",), media_types=SHOWS, discovery="popular"),
        "What most people laughed about on television, sitcoms first. Fame counts, so Friends leads Rick and "
        "Morty, which is rated higher.",
    ),
    Golden(
        Filters(media_types=SHOWS, last_years=3),
        "New series by rating and votes: Shōgun and The Penguin before The Pitt, whose 8.9 has a sixth of their votes.",
    ),
    Golden(
        Filters(languages=("fr",)),
        "French films from Truffaut to Besson, and two series; films and series share the list though the "
        "series' votes are in the thousands.",
    ),
    Golden(
        Filters(languages=("ja",), genres=("animation",)),
        "Miyazaki and the great anime series; Attack on Titan has fewer votes in this source than it has in life.",
    ),
    Golden(
        Filters(genres=("romance", "comedy"), genre_mode="all", media_types=MOVIES),
        "Romantic comedies from Wilder to Groundhog Day; each is both.",
    ),
    Golden(
        Filters(genres=("war", "history")),
        "Holocaust, the wars of the century and feudal Japan: films and series on wars and history, those "
        "that are both first.",
    ),
    Golden(
        Filters(media_types=MOVIES, year_to=1949),
        "The classics before 1950, from eight different years.",
    ),
    Golden(
        Filters(genres=("documentary",)),
        "Nature, sport and crime as they were filmed. Dramas on true events are not among them.",
    ),
    Golden(
        Filters(media_types=MOVIES, runtime_to=85, exclude_genres=("animation", "family")),
        "Short films for grown-ups: cult horror, Hitchcock, Keaton, none over 85 minutes.",
    ),
    Golden(
        Filters(genres=("thriller", "mystery"), genre_mode="all", media_types=MOVIES, min_rating=700),
        "Hitchcock three times, and the puzzles of the nineties; all rated 7 or better.",
    ),
]


async def _rankings(dsn: str) -> str:
    await import_shipped_titles(dsn)
    pool = await create_pool(dsn)
    parts = []
    async with pool.acquire() as connection:
        for golden in LISTS:
            ranked = await select(connection, "nobody", golden.filters, limit=10, today=TODAY)
            lines = [
                f"{place:2}. {title.name} ({title.year}, {title.media_type}) [{one.score}] {one.explanation}"
                for place, one in enumerate(ranked, 1)
                for title in [one.title]
            ]
            asked = ", ".join(f"{name}={value}" for name, value in golden.filters.to_json().items()) or "nothing asked"
            head = [f"# {dynamic_title(golden.filters, year=TODAY.year)}", f"({asked})"]
            parts.append("\n".join([*head, *lines, f"Why: {golden.why}"]))
    await pool.close()
    return "\n\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def rankings(make_database: Callable[..., str]) -> str:
    return asyncio.run(_rankings(make_database("chassis", "lists_api")))


def test_the_first_ten_of_twenty_lists_are_those_that_were_looked_at(rankings: str) -> None:
    if os.environ.get("REWRITE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(rankings)
    assert rankings == GOLDEN.read_text()
    assert len(LISTS) == 20
    assert all(golden.why for golden in LISTS)
