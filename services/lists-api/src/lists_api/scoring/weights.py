"""Every weight of scoring, with its reason. All are whole numbers, so that scores are the same on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from lists_api.catalogue.domain.filters import Discovery

Pool = Literal["known", "balanced", "hidden"]
"""The order in which titles are taken out of the catalogue before they are scored."""


@dataclass(frozen=True, slots=True)
class Blend:
    """How much quality and fame count, in thousandths. A negative one prefers what few know."""

    quality: int
    fame: int


@dataclass(frozen=True, slots=True)
class Mode:
    """What a discovery mode does.

    Args:
        fame_from, fame_to: the gate: a title outside is no candidate. 0 has no votes, 1000 is the best known.
    """

    blend: Blend
    pool: Pool
    fame_from: int = 0
    fame_to: int = 1000


# Fame is a logarithm: of a million titles 300 leaves the 16,000 best known, of the shipped movies the first 180.
MODES: Final[Mapping[Discovery, Mode]] = {
    # what everybody has seen: fame decides, and a blockbuster of low rating still falls behind a good one
    "mainstream": Mode(Blend(400, 600), "known", fame_from=300),
    "popular": Mode(Blend(600, 400), "known", fame_from=150),
    # the best of all; fame decides between equals, since a known title is the safer advice
    "balanced": Mode(Blend(800, 200), "balanced"),
    # good titles that few know. Without a vote nobody can say that they are good.
    "obscure": Mode(Blend(800, -200), "hidden", fame_from=1, fame_to=200),
    "very_obscure": Mode(Blend(700, -300), "hidden", fame_from=1, fame_to=100),
}
POOLS: Final[Mapping[Pool, Blend]] = {
    # each lies between the modes that draw from it
    "known": Blend(500, 500),
    "balanced": Blend(800, 200),
    "hidden": Blend(750, -250),
}

GENRE_FOCUS: Final = 120
"""For a title that has the wanted genres and no other: where comedy is asked for, a comedy is better than a war drama
with jokes, by as much as half a standard deviation of the rating."""
GENRE_BREADTH: Final = 60
"""For a title that has all of the wanted genres where any will do."""
FRESHNESS: Final = 40
"""For a title of this year, falling to nothing at `FRESH_YEARS`: little, since a good old film is no worse."""
FRESH_YEARS: Final = 20
LANGUAGE: Final = 40
"""Times the share of the user's titles that have the language."""
LIKED: Final = 300
"""For a thumb up: above everything but what is half as good again."""
DISLIKED: Final = -3000
"""For a thumb down: behind every other title, whatever else speaks for it."""
LIKENESS: Final = 40
"""For each title with a thumb up that is like it, up to `LIKENESS_MOST`; against it for each with a thumb down."""
LIKENESS_MOST: Final = 4
HISTORY: Final = 60
"""Times the share of the user's history that has its genres."""
WATCHED: Final = -80
"""A title that was watched, on a list that takes watched ones: an unseen one of nearly the same score goes first."""

FRANCHISE: Final = -120
"""For each title of its franchise that is already on the list: the second part comes later, the fifth much later."""
SAME_YEAR: Final = -12
"""For each title of its year that is already on the list beyond the first, up to `SAME_YEAR_MOST`: many years are shown
where many are wanted."""
SAME_YEAR_MOST: Final = 6
