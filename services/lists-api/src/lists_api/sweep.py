"""Forgetting, from time to time, what has had its time."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from chassis import inbox
from chassis.postgres import AWAY, Pool
from lists_api.settings import WorkerSettings
from lists_api.store import retention

log = structlog.get_logger()


async def sweep(pool: Pool, settings: WorkerSettings, *, now: datetime) -> dict[str, int]:
    """Delete what is older than the settings keep it; return how much of what."""
    return {
        "idempotency_keys": await retention.delete_keys(pool, until=now - settings.idempotency_keep),
        "sync_runs": await retention.delete_runs(pool, until=now - settings.run_keep),
        "tombstones": await retention.delete_tombstones(pool, until=now - settings.tombstone_keep),
        "inbox": await inbox.sweep(pool, settings.inbox_keep),
    }


async def sweep_for_ever(pool: Pool, settings: WorkerSettings, *, now: Callable[[], datetime]) -> None:
    """Sweep every `settings.sweep_every`. Several processes may do so at the same time."""
    while True:
        try:
            log.info("swept", **await sweep(pool, settings, now=now()))
        except AWAY as exc:
            log.warning("sweep_failed", error=repr(exc))  # the next one makes up for it
        await asyncio.sleep(settings.sweep_every.total_seconds())
