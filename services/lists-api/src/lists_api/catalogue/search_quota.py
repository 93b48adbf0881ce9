"""The quota of those who look into the catalogue."""

from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.lists.domain.quota import Quotas
from lists_api.store.uses import count_use


async def count_search(pool: Pool, user_id: str, *, quotas: Quotas, now: datetime) -> None:
    """Count a search. A preview and suggestions are searches too, and dearer ones.

    Raises:
        TooManySearchesError: the user has searched too often within this minute.
    """
    count, is_vip = await count_use(pool, user_id, "search", now=now)
    quotas.check_uses("search", count, is_vip=is_vip, now=now)
