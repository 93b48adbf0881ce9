"""Deleting old messages, those that are too many, and old entries of the inbox."""

from chassis import erasure
from chassis.clock import Clock
from chassis.outbox import inbox
from chassis.postgres.database import Pool
from notifier import condition_store, store
from notifier.settings import Settings


async def sweep(pool: Pool, settings: Settings, now: Clock) -> dict[str, int]:
    """Delete what is past its retention; return the number of rows by table."""
    return {
        "messages": await store.sweep(pool, now() - settings.message_retention),
        "surplus_messages": await store.trim(pool, settings.messages_per_user),
        "conditions": await condition_store.sweep(pool, now() - settings.message_retention),
        "erased_users": await erasure.sweep(pool, now=now()),
        "inbox": await inbox.sweep(pool, until=now() - settings.inbox_retention),
    }
