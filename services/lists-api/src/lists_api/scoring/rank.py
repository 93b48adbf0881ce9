"""The ranking of a list: the same titles in any order give the same ranking, on every machine."""

import heapq
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final

from lists_api.catalogue.domain.candidate import Candidate
from lists_api.catalogue.domain.filters import Filters
from lists_api.scoring import weights
from lists_api.scoring.factors import Judge
from lists_api.scoring.franchise import beginnings_of, stem_of
from lists_api.scoring.scored import Scored
from lists_api.taste.domain.taste import Taste

MAX_REASONS: Final = 4


def rank(candidates: Iterable[Candidate], filters: Filters, taste: Taste, *, today: date, limit: int) -> list[Scored]:
    """Return the best `limit` of the candidates, best first. Each candidate is a title of its own."""
    judge = Judge(filters, taste, today.year)
    judged = []
    for candidate in candidates:
        factors = list(judge.factors(candidate))
        reasons = tuple([said for _, said in factors if said][:MAX_REASONS])
        judged.append((sum(points for points, _ in factors), candidate, reasons))
    return _diversified(judged, limit)


class _Shown:
    """What is on the list already. A penalty only grows while the list does."""

    def __init__(self) -> None:
        self._stems: Counter[str] = Counter()
        self._beginnings: Counter[str] = Counter()
        self._years: Counter[int] = Counter()

    def penalty(self, candidate: Candidate) -> int:
        stem = stem_of(candidate.title.name)
        parts = self._beginnings[stem] + sum(self._stems[one] for one in beginnings_of(stem)[:-1])
        same_year = min(max(self._years[candidate.title.year or 0] - 1, 0), weights.SAME_YEAR_MOST)
        return weights.FRANCHISE * parts + weights.SAME_YEAR * same_year

    def add(self, candidate: Candidate) -> None:
        stem = stem_of(candidate.title.name)
        self._stems[stem] += 1
        self._beginnings.update(beginnings_of(stem))
        if candidate.title.year is not None:
            self._years[candidate.title.year] += 1


def _diversified(judged: list[tuple[int, Candidate, tuple[str, ...]]], limit: int) -> list[Scored]:
    """Take the best title again and again; each title makes those of its franchise and its year a little worse."""
    shown = _Shown()
    heap = [(-score, one.tie_breaker, score, one, reasons) for score, one, reasons in judged]
    heapq.heapify(heap)
    ranked: list[Scored] = []
    while heap and len(ranked) < limit:
        negative, tie, score, candidate, reasons = heap[0]
        now = score + shown.penalty(candidate)
        if now != -negative:  # it has become worse since it was looked at
            heapq.heapreplace(heap, (-now, tie, score, candidate, reasons))
            continue
        heapq.heappop(heap)
        shown.add(candidate)
        ranked.append(Scored(candidate.title, now, reasons))
    return ranked
