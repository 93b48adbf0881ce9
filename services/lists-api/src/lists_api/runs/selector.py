"""What a run asks of the catalogue."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chassis.postgres.database import Connection
from lists_api.catalogue.domain.filters import Filters
from lists_api.runs.domain.fill import Ranked
from watchbuddy_contracts import Title, TitleKey


@dataclass(frozen=True, slots=True)
class Wish:
    """Which titles a run looks for.

    Args:
        limit: most titles.
        today: relative years count from it.
        exclude: titles that are not wanted, by any of their ids.
        keep: titles that stay if they still fit; None: everything is ranked anew.
    """

    user_id: str
    filters: Filters
    limit: int
    today: date
    exclude: Sequence[Title] = ()
    keep: Sequence[Title] | None = None


class Selector(Protocol):
    """Reads the catalogue, and what the user has watched."""

    async def watched(self, connection: Connection, user_id: str, titles: Sequence[Title]) -> AbstractSet[TitleKey]:
        """Return keys of those of the titles that the user has watched."""

    async def candidates(self, connection: Connection, wish: Wish) -> Callable[[], Sequence[Ranked]]:
        """Read what the ranking needs; return the ranking, which reads nothing more. The best title is the first."""
