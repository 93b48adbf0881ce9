"""Forgetting what is too old."""

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from chassis import inbox
from chassis.postgres import Pool
from chassis.wakeup import LOST
from notifier import store
from notifier.settings import Settings

log = structlog.get_logger()

SWEEP_EVERY: Final = timedelta(hours=1)


async def sweep_forever(pool: Pool, settings: Settings, *, every: timedelta = SWEEP_EVERY) -> None:
    """Sweep now and then every hour, until cancelled. Several replicas may: they only delete."""
    while True:
        try:
            await sweep(pool, settings)
        except LOST as exc:
            log.warning("sweep_failed", error=repr(exc))
        await asyncio.sleep(every.total_seconds())


async def sweep(pool: Pool, settings: Settings) -> None:
    """Remove messages and inbox entries past their retention."""
    messages = await store.sweep(pool, settings.message_retention)
    events = await inbox.sweep(pool, settings.inbox_retention)
    log.info("retention_swept", messages=messages, inbox=events)
