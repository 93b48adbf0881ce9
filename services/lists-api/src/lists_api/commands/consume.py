"""`python -m lists_api consume`: store what trakt-sync reports."""

from uuid_utils.compat import uuid7

from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.kafka.broker import ConsumerHealth, build_broker
from chassis.kafka.broker import consume as consume_from
from chassis.outbox import outbox
from chassis.postgres.wakeup import Waker
from chassis.process import run_worker
from chassis.retention import sweep_for_ever
from lists_api import subscribers
from lists_api.account.erasing import Erasing
from lists_api.lists import retention
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs import worker
from lists_api.settings import SERVICE, Settings
from lists_api.subscribers import TraktEvents


async def consume(settings: Settings) -> None:
    """Store what trakt-sync reports, make the lists that come from Trakt, and delete what is past its retention."""
    async with (
        bootstrap(SERVICE, settings) as base,
        Waker(base.pool, outbox.CHANNEL) as relay,
        Waker(base.pool, worker.CHANNEL) as workers,
    ):
        broker = build_broker(settings, group=subscribers.GROUP)
        cases = ListUseCases(base.pool, relay.wake, utc_now, uuid7, settings.quotas, wake_runs=workers.wake)
        subscribers.register(broker, TraktEvents.of(cases), Erasing(base.pool, relay.wake, utc_now))
        base.health.add("consumer", ConsumerHealth(broker).check)
        sweeping = sweep_for_ever(lambda: retention.sweep(base.pool, settings, now=utc_now()))
        await run_worker(settings, base.health, consume_from(broker), sweeping)
