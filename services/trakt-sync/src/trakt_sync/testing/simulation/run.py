"""One loop and one connection for all schedules of a run."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeAlias

import structlog
import uvloop

from chassis.postgres.database import connect
from trakt_sync.settings import Settings
from trakt_sync.testing.harness import make_settings
from trakt_sync.testing.simulation.operations import Operation
from trakt_sync.testing.simulation.simulation import Simulation
from trakt_sync.testing.simulation.trakt import STALE, URL

Run: TypeAlias = Callable[[Sequence[Operation]], None]
CRITICAL = 50


@contextmanager
def simulation_on(dsn: str) -> Iterator[Run]:
    """Yield what runs a schedule, and raises BrokenRuleError where a rule is broken.

    Args:
        dsn: of a migrated database that nobody else uses.
    """
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(CRITICAL))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        connection = runner.run(connect(dsn, purpose="simulation"))
        simulation = Simulation(settings_on(dsn), connection)

        def run(schedule: Sequence[Operation]) -> None:
            runner.run(simulation.run(schedule))

        try:
            yield run
        finally:
            structlog.configure(**before)
            runner.run(connection.close())


def settings_on(dsn: str) -> Settings:
    """Return the settings of production, but for histories: of days, looks at them would be most of the steps."""
    return make_settings(
        dsn,
        URL,
        trakt_write_interval=timedelta(seconds=1),
        trakt_create_settle=timedelta(minutes=2),
        trakt_stale_window=STALE,
        trakt_lease=timedelta(seconds=10),
        trakt_probe_interval=timedelta(seconds=2),
        trakt_history_interval=timedelta(hours=5),
    )
