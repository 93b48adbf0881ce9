"""Deleting what is past its retention."""

from datetime import datetime

from chassis import erasure
from chassis.outbox import rejected
from chassis.postgres.database import Pool
from trakt_sync.accounts.login import KEPT_FOR
from trakt_sync.erasing import finish_overdue
from trakt_sync.settings import Settings
from trakt_sync.store import desired_lists, imports, logins


async def sweep(pool: Pool, settings: Settings, *, now: datetime) -> dict[str, int]:
    """Delete what is past its retention; return how much of what."""
    until = now - settings.tombstone_retention
    return {
        "tombstones": await desired_lists.delete_tombstones(pool, until=until),
        "imports": await imports.delete_done(pool, until=until),
        "rejected_events": await rejected.sweep(pool, now=now),
        "erasures": await finish_overdue(pool, until=now - settings.erasure_deadline, now=now),
        "erased_users": await erasure.sweep(pool, now=now),
        "logins": await logins.delete_old(pool, until=now - KEPT_FOR),
    }
