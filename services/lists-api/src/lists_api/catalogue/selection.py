"""Filters to a ranked selection: what runs, previews and suggestions share."""

from collections.abc import Sequence
from datetime import date

from chassis.postgres.database import Connection
from lists_api.catalogue.domain.filters import Filters
from lists_api.scoring.rank import rank
from lists_api.scoring.scored import Scored
from lists_api.store import candidates, taste
from watchbuddy_contracts import Title


async def select(
    connection: Connection, user_id: str, filters: Filters, *, limit: int, today: date, exclude: Sequence[Title] = ()
) -> list[Scored]:
    """Return the best titles for the user, best first; fewer than `limit` when fewer match.

    Args:
        connection: its transaction, if it has one, only reads.
        today: relative years count from it.
        exclude: titles to leave out, by any of their ids.
    """
    known = await taste.read_taste(connection, user_id)
    found = await candidates.read_candidates(
        connection, user_id, filters, limit=limit, today_year=today.year, exclude=exclude
    )
    return rank(found, filters, known, today=today, limit=limit)
