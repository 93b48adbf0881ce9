"""`python -m lists_api run`: schedule and carry out the runs that fill lists."""

from uuid_utils.compat import uuid7

from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.outbox import outbox
from chassis.postgres.wakeup import Listener, Waker
from chassis.process import run_worker
from lists_api.runs import worker
from lists_api.runs.catalogue_selector import CatalogueSelector
from lists_api.runs.runner import Runner
from lists_api.settings import SERVICE, RunSettings


async def run(settings: RunSettings) -> None:
    """Schedule and carry out sync runs."""
    async with (
        bootstrap(SERVICE, settings, connections=settings.run_concurrency + 2) as base,
        Waker(base.pool, outbox.CHANNEL) as relay,
        Listener(base.dsn, worker.CHANNEL) as listener,
    ):
        runner = Runner(base.pool, CatalogueSelector(), settings.guard, relay.wake, utc_now, uuid7, settings.run_lease)
        working = worker.Worker(base.pool, runner, listener, utc_now, concurrency=settings.run_concurrency)
        base.health.add("listener", listener.check)
        base.health.add("worker", working.check)
        await run_worker(settings, base.health, working.run())
