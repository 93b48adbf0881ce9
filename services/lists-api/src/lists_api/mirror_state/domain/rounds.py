"""Reports that come together are stored in rounds: all of a round are of different lists, Trakt lists and events.

So a round can be stored by one statement, and the rounds together leave what the reports leave one after the other.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def rounds(reports: Iterable[T], keys: Callable[[T], Sequence[Hashable]]) -> list[list[T]]:
    """Put each report into the first round behind those of all earlier reports with one of its keys."""
    made: list[list[T]] = []
    next_round: dict[Hashable, int] = {}
    for report in reports:
        own = keys(report)
        number = max((next_round.get(key, 0) for key in own), default=0)
        if number == len(made):
            made.append([])
        made[number].append(report)
        next_round.update(dict.fromkeys(own, number + 1))
    return made
