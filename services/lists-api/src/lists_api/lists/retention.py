"""Deleting what is past its retention."""

from datetime import datetime, timedelta
from typing import Final

from chassis import erasure
from chassis.outbox import inbox, rejected
from chassis.postgres.database import Pool
from lists_api.settings import Settings
from lists_api.store import erasures, sessions
from lists_api.store import retention as store

USES_KEPT_FOR: Final = timedelta(hours=1)
"""Quotas are counted by the minute: an older count says nothing."""


async def sweep(pool: Pool, settings: Settings, *, now: datetime) -> dict[str, int]:
    """Delete what is past its retention. Return how many rows of what."""
    return {
        "idempotency_keys": await store.delete_keys(pool, until=now - settings.idempotency_retention),
        "sync_runs": await store.delete_runs(pool, until=now - settings.run_retention),
        "trakt_imports": await store.delete_imports(pool, until=now - settings.run_retention),
        "tombstones": await store.delete_tombstones(pool, until=now - settings.tombstone_retention),
        "sessions": await sessions.delete_ended(pool, now=now),
        "use_counts": await store.delete_uses(pool, until=now - USES_KEPT_FOR),
        "rejected_events": await rejected.sweep(pool, now=now),
        "erasures": await erasures.sweep(pool, now - erasure.KEPT_FOR),
        "erased_users": await erasure.sweep(pool, now=now),
        "inbox": await inbox.sweep(pool, until=now - settings.inbox_retention),
    }
