"""What every process of a service needs first: telemetry, the migrated database, a pool, the health checks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from chassis.health import Health
from chassis.postgres.database import Pool, migrate, open_pool, ping
from chassis.settings import DatabaseSettings
from chassis.telemetry import providers as telemetry
from chassis.telemetry.exporters import is_exported, is_measured
from chassis.telemetry.readings import READINGS, of_process, read_for_ever


@dataclass(frozen=True, slots=True)
class Foundation:
    """What a process is built on. It stays open for as long as the process works.

    Args:
        dsn: for connections outside the pool: LISTEN, session locks.
        health: with the check "postgres".
    """

    dsn: str
    pool: Pool
    health: Health


@asynccontextmanager
async def bootstrap(service: str, settings: DatabaseSettings, *, connections: int = 4) -> AsyncIterator[Foundation]:
    """Open the foundation of one process. The service's package has the service's name with underscores."""
    key = settings.trace_user_key
    measuring = telemetry.configure(
        service, level=settings.log_level, user_key=None if key is None else key.get_secret_value()
    )
    try:
        dsn = settings.database_url.get_secret_value()
        await migrate(dsn, "chassis", service.replace("-", "_"))
        async with open_pool(dsn, max_size=connections) as pool, _measured(pool, service):
            yield Foundation(dsn, pool, health_of(pool))
    finally:
        measuring.shutdown()


@asynccontextmanager
async def _measured(pool: Pool, service: str) -> AsyncIterator[None]:
    """Have the process and its database asked for the block, when anybody gets the metrics."""
    if not is_measured():
        yield
        return
    from chassis.postgres.gauges import readings_of  # noqa: PLC0415 - only who is measured loads it

    own = import_module(f"{service.replace('-', '_')}.gauges").GAUGES
    readings = [of_process(service), *readings_of(pool, own)]
    READINGS.add(*readings)
    pushing = asyncio.create_task(read_for_ever()) if is_exported("METRICS") else None
    try:
        yield
    finally:
        READINGS.remove(*readings)
        if pushing is not None:
            pushing.cancel()


def health_of(pool: Pool) -> Health:
    """Return the health checks of a process that has a pool."""
    health = Health()
    health.add("postgres", partial(ping, pool))
    return health


async def migrate_only(service: str, settings: DatabaseSettings) -> None:
    """Bring the service's database up to date."""
    async with bootstrap(service, settings):
        pass
