"""Forgetting what has had its time."""

from datetime import datetime

from chassis.postgres import Pool
from trakt_sync import store_wanted
from trakt_sync.settings import Settings


async def sweep(pool: Pool, settings: Settings, *, now: datetime) -> dict[str, int]:
    """Delete what is past its retention; return how much of what."""
    return {"tombstones": await store_wanted.delete_tombstones(pool, until=now - settings.tombstone_retention)}
