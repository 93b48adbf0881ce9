"""Forgetting what has had its time."""

from chassis import inbox
from chassis.postgres import Pool
from notifier import store
from notifier.settings import Settings


async def sweep(pool: Pool, settings: Settings) -> dict[str, int]:
    """Delete what is past its retention; return how much of what."""
    return {
        "messages": await store.sweep(pool, settings.message_retention),
        "inbox": await inbox.sweep(pool, settings.inbox_retention),
    }
