"""Deletes what is past its retention, from time to time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from chassis.postgres.database import DATABASE_ERRORS

log = structlog.get_logger()

SWEEP_EVERY: Final = timedelta(hours=1)


async def sweep_for_ever(sweep: Callable[[], Awaitable[Mapping[str, int]]], every: timedelta = SWEEP_EVERY) -> None:
    """Call `sweep` now and every hour, until cancelled. It deletes, and returns how many of each kind.

    Several processes may do so at the same time.
    """
    while True:
        try:
            log.info("swept", **await sweep())
        except DATABASE_ERRORS as exc:
            log.warning("sweep_failed", error=repr(exc))  # the next sweep deletes the same rows
        await asyncio.sleep(every.total_seconds())
