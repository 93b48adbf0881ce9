"""The selector that asks our own catalogue."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from chassis.postgres.database import Connection
from lists_api.catalogue.domain.candidate import Candidate
from lists_api.catalogue.domain.matching import matches
from lists_api.catalogue.domain.text import fold
from lists_api.runs.domain.fill import Ranked
from lists_api.runs.selector import Wish
from lists_api.scoring.rank import rank
from lists_api.scoring.scored import Scored
from lists_api.store import candidates, present, taste
from lists_api.taste.domain.taste import Taste
from watchbuddy_contracts import Title, TitleKey


class CatalogueSelector:
    """Selects from the tables of the catalogue, of thumbs and of what was watched."""

    async def watched(self, connection: Connection, user_id: str, titles: Sequence[Title]) -> AbstractSet[TitleKey]:
        """See `Selector`."""
        return await present.read_watched_of(connection, user_id, titles)

    async def candidates(self, connection: Connection, wish: Wish) -> Callable[[], Sequence[Ranked]]:
        """See `Selector`."""
        known = await taste.read_taste(connection, wish.user_id)
        kept = await self._kept(connection, wish)
        found: list[Candidate] = []
        if len(kept) < wish.limit:
            found = await candidates.read_candidates(
                connection,
                wish.user_id,
                wish.filters,
                limit=wish.limit,
                today_year=wish.today.year,
                exclude=[*wish.exclude, *(one.title.ids for one in kept)],
            )
        return lambda: [_ranked(one) for one in _select(wish, known, kept, found)]

    async def _kept(self, connection: Connection, wish: Wish) -> list[Candidate]:
        if not wish.keep:
            return []
        known = await present.read_candidates_of(connection, wish.user_id, wish.keep)
        return [one for one in known if one.thumb >= 0 and _fits(wish, one)]


def _fits(wish: Wish, one: Candidate) -> bool:
    year = wish.today.year
    return matches(wish.filters, one.title, today_year=year, is_watched=one.is_watched, thumb=one.thumb)


def _select(wish: Wish, known: Taste, kept: Sequence[Candidate], found: Sequence[Candidate]) -> list[Scored]:
    """Return the titles that stay and the best of the others, ranked together."""
    free = wish.limit - len(kept)
    chosen = rank(found, wish.filters, known, today=wish.today, limit=free) if free > 0 else []
    if not kept:
        return chosen
    new = {one.title.title_id for one in chosen}
    together = [*kept, *(one for one in found if one.title.title_id in new)]
    return rank(together, wish.filters, known, today=wish.today, limit=wish.limit)


def _ranked(one: Scored) -> Ranked:
    title = one.title
    return Ranked(title.ids, one.score, one.explanation, fold(title.name), title.rating, title.year)
