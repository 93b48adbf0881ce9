"""Deleting old messages and old entries of the inbox."""

from chassis.clock import Clock
from chassis.outbox import inbox
from chassis.postgres.database import Pool
from notifier import shortfall_store, store
from notifier.settings import Settings


async def sweep(pool: Pool, settings: Settings, now: Clock) -> dict[str, int]:
    """Delete what is past its retention; return the number of rows by table."""
    return {
        "messages": await store.sweep(pool, now() - settings.message_retention),
        "shortfall": await shortfall_store.sweep(pool, now() - settings.message_retention),
        "inbox": await inbox.sweep(pool, until=now() - settings.inbox_retention),
    }
