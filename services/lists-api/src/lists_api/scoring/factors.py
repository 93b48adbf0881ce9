"""What speaks for a title and against it: points, and the words for them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lists_api.catalogue.domain.candidate import Candidate
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.genres import GENRES
from lists_api.catalogue.domain.matching import years_of
from lists_api.scoring import weights
from lists_api.taste.domain.taste import Taste

WHOLE: Final = 1000
OFTEN: Final = 250
"""Thousandths of a history that make a genre one that its owner watches often."""
ENOUGH: Final = 10
"""Titles of a history that say something."""
WELL_KNOWN: Final = 600

Factor = tuple[int, str]
"""Points, and the reason in words; empty: it is not worth saying."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs candidates for one list.

    Args:
        year: the present one.
    """

    filters: Filters
    taste: Taste
    year: int
    # Many candidates have the same genres.
    _likeness: dict[tuple[str, ...], Factor] = field(default_factory=dict, init=False)

    def factors(self, candidate: Candidate) -> Iterator[Factor]:
        """Yield every factor, in the order in which an explanation names them."""
        yield self._quality(candidate)
        yield self._genres(candidate)
        yield _thumb(candidate)
        yield self._like(candidate)
        yield self._history(candidate)
        yield self._fame(candidate)
        yield self._freshness(candidate)
        yield self._language(candidate)
        yield (weights.WATCHED, "you have watched it") if candidate.is_watched else (0, "")

    def _quality(self, candidate: Candidate) -> Factor:
        title = candidate.title
        weight = weights.MODES[self.filters.discovery].blend.quality
        said = "" if title.rating is None else f"{_points(title.rating)} from {title.votes:,} votes"
        return weight * candidate.quality // WHOLE, said

    def _fame(self, candidate: Candidate) -> Factor:
        weight = weights.MODES[self.filters.discovery].blend.fame
        said = "few know it" if weight < 0 else "widely known" if candidate.fame >= WELL_KNOWN else ""
        return weight * candidate.fame // WHOLE, said

    def _genres(self, candidate: Candidate) -> Factor:
        wanted, own = self.filters.genres, candidate.title.genres
        shared = [slug for slug in wanted if slug in own]
        if not shared:
            return 0, ""
        focus = weights.GENRE_FOCUS * len(shared) // len(own)
        breadth = weights.GENRE_BREADTH * (len(shared) - 1) // max(len(wanted) - 1, 1)
        return focus + breadth, "matches " + ", ".join(GENRES.get(slug, slug) for slug in shared)

    def _like(self, candidate: Candidate) -> Factor:
        genres = candidate.title.genres
        if genres not in self._likeness:
            self._likeness[genres] = self._like_genres(frozenset(genres))
        return self._likeness[genres]

    def _like_genres(self, own: frozenset[str]) -> Factor:
        likes = sum(_is_like(own, other) for other in self.taste.liked)
        dislikes = sum(_is_like(own, other) for other in self.taste.disliked)
        points = min(likes, weights.LIKENESS_MOST) - min(dislikes, weights.LIKENESS_MOST)
        said = f"you liked {_number(likes)} like it" if points > 0 else ""
        said = f"you disliked {_number(dislikes)} like it" if points < 0 else said
        return weights.LIKENESS * points, said

    def _history(self, candidate: Candidate) -> Factor:
        taste, own = self.taste, candidate.title.genres
        if taste.watched_titles < ENOUGH or not own:
            return 0, ""
        counts = Counter({slug: taste.watched_genres.get(slug, 0) for slug in own})
        share = WHOLE * sum(counts.values()) // (len(own) * taste.watched_titles)
        slug, count = min(counts.items(), key=lambda one: (-one[1], one[0]))
        often = WHOLE * count >= OFTEN * taste.watched_titles
        return weights.HISTORY * share // WHOLE, f"you often watch {GENRES.get(slug, slug)}" if often else ""

    def _freshness(self, candidate: Candidate) -> Factor:
        _, last = years_of(self.filters, today_year=self.year)
        if candidate.title.year is None or (last is not None and last < self.year):
            return 0, ""
        age = max(self.year - candidate.title.year, 0)
        points = weights.FRESHNESS * max(weights.FRESH_YEARS - age, 0) // weights.FRESH_YEARS
        return points, "new this year" if age == 0 else ""

    def _language(self, candidate: Candidate) -> Factor:
        languages, own = self.taste.languages, candidate.title.language
        total = sum(languages.values())
        if own is None or total < ENOUGH:
            return 0, ""
        return weights.LANGUAGE * languages.get(own, 0) // total, ""


def _thumb(candidate: Candidate) -> Factor:
    match candidate.thumb:
        case 1:
            return weights.LIKED, "you liked it"
        case -1:
            return weights.DISLIKED, "you disliked it"
        case _:
            return 0, ""


def _is_like(own: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two titles share two genres, or all that one of them has."""
    return 0 < min(2, len(own), len(other)) <= len(own & other)


def _points(hundredths: int) -> str:
    tenths = (hundredths + 5) // 10
    return f"{tenths // 10}.{tenths % 10}"


def _number(count: int) -> str:
    return "one" if count == 1 else str(count)
